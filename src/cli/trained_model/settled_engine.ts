import { chooseEngine, type ChosenEngine } from '../../model/chosen_engine.js';
import type { EngineChoice } from '../../model/engine_choice.js';
import type { Terminal } from '../terminal.js';

/** What is asked of an engine. */
export interface EngineWish {
  readonly engine: EngineChoice;
  /** Null: whatever the engine takes by itself. */
  readonly threads: number | null;
  /** Whether so little is asked that loading the addon would take longer than all the rest. */
  readonly isLittle: boolean;
}

/**
 * Chooses the engine where that is left to the command, and makes the addon ready where it is to compute. Without a wish for
 * an engine of the addon nothing is fetched or compiled.
 * @throws ImdbTorchError ERR_USAGE for several threads with the portable engine; what `prepareAddon` throws
 */
export async function settleEngine(
  { engine: asked, threads: wanted, isLittle }: EngineWish,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Pick<ChosenEngine, 'engine' | 'threads'>> {
  if (asked === 'auto' && isLittle && wanted === null) return { engine: 'portable', threads: undefined };
  const { engine, threads, notes } = await chooseEngine(asked, wanted ?? undefined);
  for (const note of notes) terminal.note(note);
  if (engine !== 'portable') {
    const { loadAddon, prepareAddon } = await import('../addon/prepare_addon.js');
    await (engine === 'native' ? loadAddon() : prepareAddon(terminal, signal));
  }
  return { engine, threads };
}
