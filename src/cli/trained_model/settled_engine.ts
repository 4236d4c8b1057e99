import { assertThreads, type EngineChoice } from '../../model/engine_choice.js';
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
  { engine, threads, isLittle }: EngineWish,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<{ engine: EngineChoice; threads: number | undefined }> {
  assertThreads(engine, threads ?? undefined);
  if (engine === 'portable') return { engine, threads: undefined };
  if (engine === 'auto') {
    if (isLittle && threads === null) return { engine: 'portable', threads: undefined };
    const { isAddonThere } = await import('../../setup/addon.js');
    if (!isAddonThere()) {
      if (threads !== null && threads > 1) {
        terminal.note(
          `Without the addon one thread computes rather than ${threads}; \`npx imdb-torch setup\` gets the addon.`,
        );
      }
      return { engine: 'portable', threads: undefined };
    }
  }
  const { prepareAddon } = await import('../addon/prepare_addon.js');
  await prepareAddon(terminal, signal);
  return { engine, threads: threads ?? undefined };
}
