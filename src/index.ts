/**
 * The library: what the command line uses is what is here.
 *
 * **Names.** Where a thing is PyTorch's it has PyTorch's name, in camel case: `torch.optim.SGD` is {@link Sgd},
 * `loss.backward()` is `backward()`, `in_features` is `inFeatures`, `cross_entropy` is {@link crossEntropy}. Python's
 * positional arguments beyond the first two are one object of options here. Methods that end in `_` work in place.
 *
 * **Time.** A native call is synchronous and computes on all threads. What takes long is a function that returns a
 * promise and works in slices: {@link trainModel}, {@link evaluateModel}, {@link loadDataset} and, for texts that are in memory,
 * {@link Featurizer.encodeInSlices} give the event loop a turn about every 10 ms. (Some steps of `loadDataset` are in one
 * piece: putting 25,000 reviews in order takes 30 ms, sorting a million n-grams 0.2 s; the search of {@link train} and {@link audit} has pieces of up to
 * 0.3 s.) Each takes an `AbortSignal` as
 * `signal`, rejects with its reason at the next turn, and reports through callbacks (`events`, `onProgress`). They are
 * callbacks rather than events of an `EventEmitter` so that those of `trainModel` that return a promise, `onBefore` and
 * `onEpoch`, are waited for; `onProgress: (progress) => emitter.emit('progress', progress)` makes events of them.
 * Neither where a training is cut into slices nor another training in the same process changes a bit of its result.
 * Single native calls that take long on a large layer, about 0.1 s for 4 million weights: its constructor, `merge`, and
 * the first evaluation or step after LoRA is switched on.
 *
 * **Memory.** Objects with a `dispose()` hold native memory. It is freed by `dispose()`, at the end of a block that
 * declares them with `using`, or by the garbage collector, which V8 runs in time because it is told of that memory.
 *
 * **Errors.** The native classes throw `TypeError`, `RangeError` and `Error` with a `code` such as `ERR_SHAPE`.
 * Everything else throws an {@link ImdbTorchError}, and for an argument of another type a `TypeError` with the code
 * `ERR_ARG_TYPE` and the place, such as `texts[3]`. Calls that do what commands do refuse unknown options; in others they
 * do not count.
 *
 * The addon must be there before this module is imported: run `npx imdb-torch setup` once.
 * `imdb-torch/safetensors` needs no addon, and neither does `imdb-torch/portable/node`, which opens what was trained.
 * @module imdb-torch
 */
export { ImdbTorchError, type ErrorCode } from './errors.js';
export * from './model/native.js';
export {
  chooseEngine,
  createClassifier,
  type ClassifierModel,
  type ClassifierOptions,
  type ParameterName,
  type Parameters,
} from './model/classifier_model.js';
export {
  countParameters,
  loadModule,
  readModule,
  readOutput,
  readTensor,
  trainableParameters,
  type Module,
  type ParameterCounts,
} from './model/parameters.js';
export type { SharedModel } from './model/shared_model.js';
export { Snapshot } from './model/snapshot.js';
export { readTrainedAdapter } from './model/trained_adapter.js';
export { DataLoader, type DataLoaderOptions } from './training/data_loader.js';
export {
  trainModel,
  type EarlyStopping,
  type EpochResult,
  type TrainingEvents,
  type TrainingOptions,
  type TrainingResult,
  type ValidationMetric,
} from './training/loop.js';
export type { MetricName, MetricValues } from './training/metric_names.js';
export type { ChosenMetric, MetricChoice } from './experiments/choose_metric.js';
export { trainEpochs, type PassOptions, type Progress } from './training/pass.js';
export type { StepOptions } from './training/step_options.js';
export { lrFactor, type Schedule } from './training/schedule.js';
export { createOptimizer } from './training/optimizer.js';
export type { OptimizerOptions } from './training/optimizer_options.js';
export {
  calibrationKinds,
  fitCalibration,
  scoreProbabilities,
  type CalibrationKind,
  type CalibrationScores,
  type LabelledLogits,
  type ProbabilityScores,
} from './training/calibration.js';
export { evaluateModel, readLogits } from './training/metrics.js';
export type { EvaluateOptions, Metrics } from './training/evaluation.js';
export type {
  Phase,
  PhaseEvents,
  PhaseOptions,
  PhaseResult,
  RefitResult,
  Tested,
  TrainedPhase,
} from './training/phase.js';
export { createBags, type BagWeighting } from './model/bags.js';
export { createSplitBags, type SplitBags } from './training/split_bags.js';
export { notebook, type ExperimentOptions } from './experiments/options.js';
export { loraPresets, trainPresets, type Preset } from './experiments/presets.js';
export type { ExperimentInput } from './experiments/experiment_model.js';
export type { CalibrationResult } from './experiments/calibration_result.js';
export type { FoldResult } from './experiments/cross_validation.js';
export type { LayerExcerpts, LayerParameter, PerLayer, PerParameter } from './experiments/layer_state.js';
export type { MergeComparison, MergeResult } from './experiments/merge.js';
export type { ExperimentEvents, RecordEvents } from './experiments/experiment_events.js';
export type { BaseFacts, Unsaved } from './experiments/run_documents.js';
export type { LoraDocument, RunDocument, TrainDocument } from './storage/run_document.js';
export type { ExplanationAnswer } from './report/documents/answers.js';
export type { CommandLineOf } from './report/html/read_runs.js';
export { writeReport, type WrittenReport } from './report/html/write_report.js';
export type { Check } from './experiments/check.js';
export type { Dataset } from './data/dataset.js';
export type { Row, Rows, RowsOfSplits } from './data/rows/row_sets.js';
export { loadDataset, type LoadedDataset, type LoadOptions } from './library/load_dataset.js';
export { audit, type AuditCallOptions, type AuditDocument } from './library/audit.js';
export { compare, type CompareOptions, type ComparisonDocument } from './library/compare.js';
export { evaluate, type EvaluateCallOptions, type EvaluationDocument } from './library/evaluate.js';
export { explain, type ExplainOptions, type ExplanationDocument, type TopWordsByClass } from './library/explain.js';
export { exportRun, type ExportDocument, type ExportRunOptions } from './library/export_run.js';
export type { ChosenSplit, MeasuredExport } from './export/export_opened.js';
export type { ExportCost } from './export/model_file/export_model.js';
export type { ExportTarget } from './export/targets.js';
export type { WrittenFile } from './export/write_export.js';
export type { Precision } from './portable/model_file.js';
export { lora, type LoraCallOptions } from './library/lora.js';
export { train, tune, type CallControl, type CallEvents, type TrainOptions } from './library/train.js';
export type { BranchFigures, ModelAnalysis } from './experiments/model_analysis.js';
export type { WeightChange } from './model/numbers/weight_change.js';
export type { Warning, WarningKind } from './training/weaknesses.js';
export { classifierOf, type LoraResult, type TrainResult } from './library/result.js';
export { saveRun, type Saved, type SaveOptions } from './library/save_run.js';
export type { Files } from './settings/list_kinds.js';
export type { Columns, SourceNotes, SplitName } from './data/collected_reviews.js';
export type { BadRow, BadRows, LeftOut, ReadAccount } from './data/read_account.js';
export { describeBadRow } from './data/tables/bad_rows.js';
export { starsOf } from './data/imdb/stars.js';
export { selectReviews, type Reviews } from './data/splits/reviews.js';
export type { EncodedSplit, EncodedSplits, EncodeOptions, Preview } from './data/splits/encoded_splits.js';
export { originNames, type NumberedTable, type Origins, type TableFile } from './data/origins.js';
export type { DataFiles, SourceOptions, SourceProgress } from './data/source_types.js';
export type { TableFormat } from './data/tables/format.js';
export { tokenize } from './text/tokens/tokenizer.js';
export { readSafetensors, writeSafetensors, type SafetensorsFile } from './storage/safetensors.js';
export type { StoredDtype, StoredTensor } from './storage/stored_tensor.js';
export { createRunDirectory, RunDirectory, type RunDirectoryOptions } from './storage/run_directory.js';
export type { Scalar } from './storage/event_file.js';
export type { StoredFile } from './storage/recorded_files.js';
export { readRun, type ReadRunOptions, type StoredRun } from './storage/read_run.js';
export type { Calibration, Decision, DecisionName, ModelDescription } from './storage/model_description.js';
export {
  TextClassifier,
  type CreateClassifierOptions,
  type ModelParts,
  type Prediction,
  type SharedClassifier,
  type TextClassifierOptions,
} from './model/text_classifier.js';
export type { RunClassifier } from './model/run_classifier.js';
export type { BaseClassifier, EngineName, FeatureValues } from './portable/base_classifier.js';
export type { ByClass } from './portable/by_class.js';
export { createService, type ServiceOptions } from './serve/create_service.js';
export type { RequestLimits } from './serve/limits.js';
export { explainText, topWords, type Explanation, type TopWord, type WordEffect } from './portable/explanation.js';
export { evaluateLabelled, type LabelledEvaluation } from './training/labelled_evaluation.js';
export type { MetricDifference, PairedComparison } from './training/paired_comparison.js';
export type { McNemarTest } from './training/numbers/mcnemar.js';
export {
  classificationReport,
  mostConfidentMistakes,
  type ClassificationReport,
  type ClassScores,
  type NamedScores,
  type LabelledPredictions,
  type Mistake,
  type ReliabilityBin,
} from './training/numbers/classification_report.js';
export { notebookFeatures, type FeatureOptions } from './text/features.js';
export type { CharacterRange } from './text/characters/character_ngrams.js';
export type { Weighting } from './text/weighting/weightings.js';
export type { FeatureChoice, TrainingSize } from './data/splits/chosen_features.js';
export type { ClassWeighting } from './training/class_weights.js';
export { Vocabulary, type SharedVocabulary } from './text/vocabulary.js';
export {
  Featurizer,
  type EncodeSlicesOptions,
  type EncodeProgress,
  type FeaturizerOptions,
  type SharedFeaturizer,
} from './text/featurizer.js';
export type { EncodedText, FeatureEncoder, FeatureEncoderOptions } from './text/feature_encoder.js';
export type { FeatureNames } from './text/feature_names.js';
export type { IndexTables } from './text/ngrams/index_tables.js';
export type { PackedPairs } from './text/ngrams/packed_pairs.js';
export type { SharedTokens } from './text/tokens/token_interner.js';
export type { EncodedTexts, FeatureIds } from './text/bag_writer.js';
export type { OwnTokenizer, OwnTokenizerName } from './text/tokens/own_tokenizer.js';
export type { BuiltInTokenizer, TokenizerName } from './text/features.js';
export type { TokenSpan } from './text/tokens/token_span.js';
export type { Adapter, AdapterBranch, LayerName } from './storage/adapter.js';
export { AdapterSet, type AdapterSetOptions, type CombineOptions } from './model/adapter_set.js';
export type { AdapterTask, FittedToLogits } from './model/adapter_task.js';
export type { Combination } from './model/adapter_algebra.js';
