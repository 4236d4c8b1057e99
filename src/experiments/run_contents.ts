import type { Dataset } from '../data/dataset.js';
import { chooseEngine } from '../model/classifier_model.js';
import type { Bags, Device, LossForm } from '../model/native.js';
import type { Module } from '../model/parameters.js';
import type { ModelParts } from '../model/text_classifier.js';
import type { Adapter } from '../storage/adapter.js';
import type { ModelDescription } from '../storage/model_description.js';
import type { LoraDocument, RunDocument, TrainDocument } from '../storage/run_document.js';
import type { CalibrationResult } from './calibration_result.js';
import { chooseMetric, type ChosenMetric } from './choose_metric.js';
import { withFeatureWeights } from './experiment_model.js';
import type { FullTrainingResult } from './full_training_result.js';
import type { LoraResult } from './lora_fine_tuning.js';
import { analyzeModel, type AnalysisInput, type ModelAnalysis } from './model_analysis.js';
import type { ExperimentOptions } from './options.js';
import { loraDocument, trainDocument, type BaseFacts, type RunFacts, type Unsaved } from './run_documents.js';
import { isOwnData, trainedFacts } from './trained_facts.js';

/** All that a run directory is made of. */
export interface RunContents<Document extends TrainDocument | LoraDocument = TrainDocument | LoraDocument> {
  readonly model: ModelParts;
  /** What fine-tuning has learnt; null after a full training. */
  readonly adapter: Adapter | null;
  /** The model that the adapter is merged into, where it was. */
  readonly merged: Module | null;
  /** What the merged model is to say of itself; null where it says what `model.json` does. */
  readonly mergedDescription: ModelDescription | null;
  readonly document: Unsaved<Document> & ModelAnalysis;
  /** The run that fine-tuning started from. */
  readonly base: BaseFacts | null;
  /** The options as `run.json` keeps them. */
  readonly options: NonNullable<RunDocument['options']>;
  readonly seed: number;
  /** The form of the loss of the training. */
  readonly loss: LossForm;
  /** The document of `config.json`, with which a search is not made again; null without a search. */
  readonly config: object | null;
}

/** What an experiment was made with. */
export interface RunInput extends Pick<RunContents, 'config'> {
  readonly dataset: Dataset;
  readonly device: Device;
  readonly options: ExperimentOptions;
  /**
   * The options as `run.json` is to keep them. Commands find the reviews again where it has `data` or `train`,
   * `vocabularySize`, `seed` and `loss`.
   */
  readonly recordedOptions: RunContents['options'];
  /** When the work began, in milliseconds of `performance.now()`. */
  readonly begun: number;
  readonly signal?: AbortSignal | undefined;
}

/** Looks at the model of a full training, and describes it. @throws the reason of the signal */
export async function trainContents(input: RunInput, result: FullTrainingResult): Promise<RunContents<TrainDocument>> {
  const { module: tensors, test: bags } = result;
  const { vocabulary } = input.dataset;
  const offsets = result.linear?.training.decision.offsets;
  const description = { ...describeModel(input, result.calibration), ...(offsets && { decision: { offsets } }) };
  const trained = trainedFacts(input.dataset, input.options.metric, result.full);
  const model = { description, vocabulary, tensors };
  const parts = { model, adapter: null, merged: null, mergedDescription: null, base: null };
  const refused = result.refusedCalibration ?? null;
  return contentsOf(input, { ...parts, bags, trained, refused }, (facts) => trainDocument(facts, result));
}

/**
 * Looks at a fine-tuned model, and describes it.
 * @param test the test reviews
 * @param base the run that fine-tuning started from; null after a pretraining
 * @throws the reason of the signal
 */
export async function loraContents(
  input: RunInput & { readonly test: Bags; readonly base: BaseFacts | null },
  result: LoraResult,
): Promise<RunContents<LoraDocument>> {
  const { dataset, base, options, test: bags } = input;
  const { mergedModule, calibration, newOutput } = result;
  const { vocabulary, weights } = dataset;
  const tuned = describeModel(input, calibration);
  const adapter = { ...result.adapter, ...recordOf(dataset, tuned, newOutput) };
  const tensors = withFeatureWeights(result.baseModule, weights);
  const model = { description: newOutput ? describeBase(base) : tuned, vocabulary, tensors };
  const merged = mergedModule && withFeatureWeights(mergedModule, weights);
  const facts = trainedFacts(dataset, options.metric, result.lora);
  const trained = facts && { ...facts, hasWordsOfBase: base !== null };
  const parts = { model, adapter, merged, mergedDescription: newOutput ? tuned : null, base };
  const refused = result.refusedCalibration;
  return contentsOf(input, { ...parts, bags, trained, refused }, (facts) => loraDocument(facts, result, base));
}

/** Returns what `model.json` goes on saying where the classes of the adapter are others. */
function describeBase(base: BaseFacts | null): ModelDescription {
  if (base?.description !== undefined) return base.description;
  throw new Error('Expected the description of a base whose classes are others.');
}

/**
 * Returns what an adapter records of its outputs. Those for IMDb's reviews and for the sample record nothing: they are, bit
 * for bit, those of earlier versions, and `model.json` says it.
 */
function recordOf(
  { source }: Dataset,
  { classes, calibration }: ModelDescription,
  newOutput: boolean,
): Pick<Adapter, 'classes' | 'calibration'> {
  return newOutput || isOwnData(source) ? { classes, calibration } : {};
}

function describeModel(
  { dataset: { classes, features }, options: { hidden } }: RunInput,
  calibration: CalibrationResult | null,
): ModelDescription {
  return {
    schema: 1,
    classes,
    features,
    hidden,
    output: classes.length,
    calibration: calibration?.calibration ?? null,
  };
}

async function contentsOf<Document extends TrainDocument | LoraDocument>(
  input: RunInput,
  parts: Pick<RunContents, 'model' | 'adapter' | 'merged' | 'mergedDescription' | 'base'> &
    Pick<AnalysisInput, 'bags' | 'trained' | 'refused'>,
  describe: (facts: RunFacts) => Unsaved<Document>,
): Promise<RunContents<Document>> {
  const { recordedOptions, options, config, signal, dataset } = input;
  const { bags, trained, refused, ...contents } = parts;
  const { model, adapter } = contents;
  const { labels } = dataset.splits.test;
  const metric = metricToSay(input);
  const analysis = await analyzeModel({ model, adapter, bags, labels, metric, trained, refused, signal });
  const { decision } = adapter ?? model.description;
  signal?.throwIfAborted();
  const document = { ...describe(factsOf(input)), ...(decision && { decision }), ...analysis };
  return { ...contents, document, options: recordedOptions, seed: options.seed, loss: options.loss, config };
}

function factsOf({ dataset, device, options, begun }: RunInput): RunFacts {
  const engine = chooseEngine(options.engine, device, options);
  const totalSeconds = (performance.now() - begun) / 1000;
  return { device, engine, dtype: options.dtype, dataset, totalSeconds };
}

/** Returns the metric that the documents name; null where it is accuracy because nothing else was asked for. */
function metricToSay({ dataset: { splits, classes }, options: { metric } }: RunInput): ChosenMetric | null {
  return metric === 'accuracy' ? null : chooseMetric(metric, splits.train.labels, classes.length);
}
