import { assertThreads, type EngineChoice } from './engine_choice.js';
import { openPortable } from './open_portable.js';
import type { TextClassifierOptions } from './opening.js';
import type { RunClassifier } from './run_classifier.js';

/** How a run is opened when what computes it is chosen as well. */
export interface OpeningOptions extends Omit<TextClassifierOptions, 'engine'> {
  /** Default: `auto`. */
  engine?: EngineChoice | undefined;
}

/**
 * Opens a run directory for the engine that is chosen; the first text that is encoded waits for the index.
 * @throws ImdbTorchError ERR_USAGE for several threads with the portable engine; what `TextClassifier.open` throws
 */
export async function openRunWith(path: string, options: OpeningOptions = {}): Promise<RunClassifier> {
  const { engine = 'auto', threads, ...others } = options;
  assertThreads(engine, threads);
  if (engine === 'portable' || (engine === 'auto' && !(await isAddonThere()))) {
    return openPortable(path, others);
  }
  const { openWithoutIndex } = await import('./text_classifier.js');
  return openWithoutIndex(path, { ...others, threads, engine });
}

async function isAddonThere(): Promise<boolean> {
  // What looks for it takes a while to load.
  const addon = await import('../setup/addon.js');
  return addon.isAddonThere();
}
