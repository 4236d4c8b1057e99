/** The library: the native classes, the model, training, the experiments, text, data and files. */
export { ImdbTorchError, type ErrorCode } from './errors.js';
export * from './model/native.js';
export {
  chooseEngine,
  createClassifier,
  type ClassifierModel,
  type ClassifierOptions,
  type ParameterName,
  type Parameters,
} from './model/classifier.js';
export {
  countParameters,
  loadModule,
  readModule,
  trainableParameters,
  type ParameterCounts,
} from './model/parameters.js';
export { DataLoader, type DataLoaderOptions } from './training/data_loader.js';
export {
  train,
  type EpochResult,
  type Progress,
  type TrainingEvents,
  type TrainingOptions,
  type TrainingResult,
} from './training/loop.js';
export { evaluate, type EvaluateOptions, type Metrics } from './training/metrics.js';
export type { Phase, PhaseEvents, PhaseResult, Tested } from './training/phase.js';
export { createSplitBags, type SplitBags } from './training/split_bags.js';
export { notebook, type ExperimentOptions } from './experiments/options.js';
export {
  runFullTraining,
  type ExperimentInput,
  type FullTrainingResult,
} from './experiments/full_training.js';
export { runLoraFineTuning, type LoraInput, type LoraResult } from './experiments/lora_fine_tuning.js';
export type { Check } from './report/checks.js';
export { loadDataset, type Dataset, type DatasetOptions } from './data/dataset.js';
export { tokenize } from './text/tokenizer.js';
export { readSafetensors, writeSafetensors } from './storage/safetensors.js';
export type { StoredDtype, StoredTensor } from './storage/stored_tensor.js';
export { createRunDirectory, RunDirectory } from './storage/run_directory.js';
export { readRun, type StoredRun } from './storage/read_run.js';
export type { Calibration, ModelDescription } from './storage/model_description.js';
export { TextClassifier, type Prediction, type TextClassifierOptions } from './model/text_classifier.js';
export { notebookFeatures, type FeatureOptions } from './text/features.js';
export {
  Featurizer,
  type EncodedText,
  type EncodedTexts,
  type FeaturizerOptions,
} from './text/featurizer.js';
export type { TokenSpan } from './text/tokenizer.js';
