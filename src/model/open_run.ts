import type { SettledEngine } from './engine_choice.js';
import { openPortable } from './open_portable.js';
import type { TextClassifierOptions } from './opening.js';
import type { RunClassifier } from './run_classifier.js';

/** How a run is opened when what computes it is settled: see `chooseEngine`. */
export interface OpeningOptions extends Omit<TextClassifierOptions, 'engine'> {
  engine: SettledEngine;
}

/**
 * Opens a run directory for an engine; the first text that is encoded waits for the index. The portable one has one thread.
 * @throws what `TextClassifier.open` throws
 */
export async function openRunWith(
  path: string,
  { engine, threads, ...others }: OpeningOptions,
): Promise<RunClassifier> {
  if (engine === 'portable') return openPortable(path, others);
  const { openWithoutIndex } = await import('./text_classifier.js');
  return openWithoutIndex(path, { ...others, threads, engine: engine === 'native' ? 'auto' : engine });
}
