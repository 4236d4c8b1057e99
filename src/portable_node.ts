/**
 * Trained models in Node without the addon: a run directory is opened, and everything is computed in plain JavaScript. Nothing
 * is fetched or compiled, and libtorch is not needed. `imdb-torch` has the same calls, with the native engine, and trains.
 *
 * Errors are {@link ImdbTorchError} with a code, and `TypeError` for an argument of another type.
 * @module imdb-torch/portable/node
 */
import { openPortable, type PortableOptions } from './model/open_portable.js';
import type { PortableRun } from './model/portable_run.js';

export { ImdbTorchError, type ErrorCode } from './errors.js';
export { PortableRun } from './model/portable_run.js';
export type { PortableOptions } from './model/open_portable.js';
export type { SharedPortable } from './model/shared_portable.js';
export type { BaseClassifier, EngineName, FeatureValues, Prediction } from './portable/base_classifier.js';
export type { RunClassifier } from './model/run_classifier.js';
export type { Branch, Floats } from './portable/numbers/sparse_sums.js';
export type {
  PortableClassifier,
  PortableLayers,
  PortableNetwork,
  PortableParts,
} from './portable/portable_classifier.js';
export { explainText, topWords, type Explanation, type TopWord, type WordEffect } from './portable/explanation.js';
export { createService, type ServiceOptions } from './serve/create_service.js';
export { evaluate, type EvaluateCallOptions, type EvaluationDocument } from './library/evaluate.js';
export { explain, type ExplainOptions, type ExplanationDocument } from './library/explain.js';
export { loadDataset, type LoadedDataset, type LoadOptions } from './library/load_dataset.js';

/**
 * Opens the model of a run directory. The event loop goes on turning meanwhile, and the first text takes no longer than others.
 * @throws ERR_RUN when it is no complete run directory, has not the adapter that is asked for, or is not the model that the
 *   adapter is for; ERR_SAFETENSORS when a file of tensors is damaged; ERR_TOKENIZER when the tokenizer is another than the
 *   one that it was trained with
 */
export async function openRun(path: string, options: PortableOptions = {}): Promise<PortableRun> {
  const run = await openPortable(path, options);
  await run.featurizer.prepare();
  return run;
}
