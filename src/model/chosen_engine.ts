import { ImdbTorchError } from '../errors.js';
import { assertThreads, type EngineChoice, type SettledEngine } from './engine_choice.js';

/** The engine that computes in this process. */
export interface ChosenEngine {
  readonly engine: SettledEngine;
  /** Undefined: whatever the engine takes by itself. */
  readonly threads: number | undefined;
  /** Whole sentences on why it is another than might be expected. */
  readonly notes: readonly string[];
}

/**
 * Settles what computes where that is left open: the addon where it is there and loads, which it then has, else the portable
 * engine. Nothing is fetched or compiled.
 * @throws ImdbTorchError ERR_USAGE for several threads with the portable engine
 */
export async function chooseEngine(
  engine: EngineChoice | SettledEngine = 'auto',
  threads?: number,
): Promise<ChosenEngine> {
  assertThreads(engine, threads);
  if (engine !== 'auto') return { engine, threads: engine === 'portable' ? undefined : threads, notes: [] };
  const lack = await lackOfAddon();
  if (lack === null) return { engine: 'native', threads, notes: [] };
  const notes = lack.reason === null ? [] : [`Plain JavaScript computes rather than the addon: ${lack.reason}`];
  if (threads !== undefined && threads > 1) {
    const remedy = lack.reason === null ? '; `npx imdb-torch setup` gets the addon' : '';
    notes.push(`Without the addon one thread computes rather than ${threads}${remedy}.`);
  }
  return { engine: 'portable', threads: undefined, notes };
}

/** Loads the addon. @returns null when it is loaded, else a reason, which is null where there simply is none */
async function lackOfAddon(): Promise<{ reason: string | null } | null> {
  // What looks for it takes a while to load.
  const { lookForAddon } = await import('../setup/addon.js');
  const { path, problem } = lookForAddon();
  if (path === null) return { reason: problem };
  try {
    await import('../binding.js');
    return null;
  } catch (error) {
    if (error instanceof ImdbTorchError && error.code === 'ERR_ADDON_LOAD') return { reason: error.message };
    throw error;
  }
}
