import { resolve } from 'node:path';
import { aMap, aSignal, aString, anObject, fields, instance, listOf, optional, orNull } from '../arguments.js';
import { aDataset, type Dataset } from '../data/dataset.js';
import { chooseEngine } from '../model/classifier_model.js';
import { Bags, versions, type Device } from '../model/native.js';
import type { ModelParts } from '../model/text_classifier.js';
import { packageVersion } from '../setup/package_root.js';
import type { Adapter } from '../storage/adapter.js';
import type { ModelDescription } from '../storage/model_description.js';
import { absolutePaths } from '../storage/recorded_paths.js';
import type { LoraDocument, RunDocument, TrainDocument } from '../storage/run_document.js';
import { anAdapter } from '../storage/adapter.js';
import { RunDirectory } from '../storage/run_directory.js';
import type { CalibrationResult } from './calibration_result.js';
import { chooseMetric, type ChosenMetric } from './choose_metric.js';
import { withFeatureWeights } from './experiment_model.js';
import type { FullTrainingResult } from './full_training_result.js';
import type { LoraResult } from './lora_fine_tuning.js';
import { trainedFacts } from './trained_facts.js';
import { analyzeModel, type TrainedFacts } from './model_analysis.js';
import type { ExperimentOptions } from './options.js';
import { loraDocument, trainDocument, type BaseFacts, type RunFacts } from './run_documents.js';

/** A run directory, and what made the result that is to be saved in it. */
const inputFields = {
  directory: instance(RunDirectory),
  dataset: aDataset,
  device: aString,
  options: anObject,
  argv: listOf(aString),
  recordedOptions: anObject,
  signal: optional(aSignal),
} as const;
const checkInput = fields(inputFields);
const checkLoraInput = fields({ ...inputFields, test: instance(Bags), base: orNull(anObject) });

const checkTrained = fields({ full: anObject, module: aMap, test: instance(Bags) });
const checkTuned = fields({ lora: anObject, baseModule: aMap, adapter: anAdapter });

export interface SaveRunInput {
  directory: RunDirectory;
  dataset: Dataset;
  device: Device;
  options: ExperimentOptions;
  /** The arguments of the command line, with which a report says how to repeat the run. */
  argv: readonly string[];
  /**
   * The options as `run.json` is to keep them. Commands find the reviews again where it has `data` or `train`,
   * `vocabularySize`, `seed` and `loss`.
   */
  recordedOptions: NonNullable<RunDocument['options']>;
  signal?: AbortSignal | undefined;
}

/**
 * Saves a full training as the command `train` does: vocabulary, model, `model.json` and, at the end, `run.json`.
 * @returns the document that `train --json` prints
 * @throws ERR_OUTPUT when a file cannot be written; the reason of `signal`
 */
export async function saveTrainRun(input: SaveRunInput, result: FullTrainingResult): Promise<TrainDocument> {
  checkInput(input, 'input');
  checkTrained(result, 'result');
  const { directory, dataset } = input;
  const { module: tensors, test: bags } = result;
  const { vocabulary } = dataset;
  const offsets = result.linear?.training.decision.offsets;
  const description = { ...describeModel(input, result.calibration), ...(offsets && { decision: { offsets } }) };
  await directory.writeVocabulary(vocabulary);
  await directory.writeModel('model', tensors);
  await directory.writeDescription(description);
  const model = { description, vocabulary, tensors };
  const trained = trainedFacts(dataset, input.options.metric, result.full);
  const parts = { model, adapter: null, bags, base: null, trained };
  return finishRun(input, parts, (facts) => trainDocument(facts, result));
}

/**
 * Saves a fine-tuning as the command `lora` does: beside the files of a full training the adapter and, where it was
 * merged, the merged model.
 * @param input `test` are the test reviews, `base` is the run that fine-tuning started from; null after a pretraining
 * @returns the document that `lora --json` prints
 * @throws ERR_OUTPUT when a file cannot be written; the reason of `signal`
 */
export async function saveLoraRun(
  input: SaveRunInput & { test: Bags; base: BaseFacts | null },
  result: LoraResult,
): Promise<LoraDocument> {
  checkLoraInput(input, 'input');
  checkTuned(result, 'result');
  const { directory, dataset, test: bags, base } = input;
  const { adapter, mergedModule, calibration } = result;
  const { vocabulary, weights } = dataset;
  const tensors = withFeatureWeights(result.baseModule, weights);
  await directory.writeVocabulary(vocabulary);
  const { sha256: baseSha256 } = await directory.writeModel('model', tensors);
  const description = { ...describeModel(input, calibration), base: baseSha256 };
  await directory.writeAdapter({ ...adapter, baseSha256 });
  await directory.writeDescription(description);
  if (mergedModule !== null) {
    const merged = withFeatureWeights(mergedModule, weights);
    await directory.writeModel('merged', merged, { base_sha256: baseSha256 });
  }
  const model = { description, vocabulary, tensors };
  const trained = trainedFacts(dataset, input.options.metric, result.lora);
  const parts = { model, adapter, bags, base, trained };
  return finishRun(input, parts, (facts) => loraDocument(facts, result, base));
}

function describeModel(
  { dataset: { classes, features }, options: { hidden } }: SaveRunInput,
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

function factsOf({ directory, dataset, device, options }: SaveRunInput): RunFacts {
  const engine = chooseEngine(options.engine, device, options);
  const totalSeconds = performance.now() / 1000;
  return { run: directory.path, device, engine, dtype: options.dtype, dataset, totalSeconds };
}

/** Looks at the model and writes `run.json`, after which the run is complete. */
async function finishRun<Document extends TrainDocument | LoraDocument>(
  input: SaveRunInput,
  parts: {
    model: ModelParts;
    adapter: Adapter | null;
    bags: Bags;
    base: BaseFacts | null;
    trained: TrainedFacts | null;
  },
  describe: (facts: RunFacts) => Document,
): Promise<Document> {
  const { directory, dataset, argv, recordedOptions, options, signal } = input;
  const { base, ...analysed } = parts;
  const { decision } = parts.model.description;
  const { labels } = dataset.splits.test;
  const metric = metricToSay(input);
  const analysis = await analyzeModel({ ...analysed, labels, metric, signal });
  const files = await directory.listFiles();
  signal?.throwIfAborted();
  const document = { ...describe(factsOf(input)), ...(decision && { decision }), ...analysis, files };
  await directory.writeRun({
    ...document,
    argv: [...argv],
    options: recordedOptions,
    paths: { ...absolutePaths(recordedOptions), ...(base && { base: resolve(base.path) }) },
    seed: options.seed,
    versions: runVersions(),
  });
  return document;
}

/** Returns the metric that the documents name; null where it is accuracy because nothing else was asked for. */
function metricToSay({ dataset: { splits, classes }, options: { metric } }: SaveRunInput): ChosenMetric | null {
  return metric === 'accuracy' ? null : chooseMetric(metric, splits.train.labels, classes.length);
}

/** The versions that `run.json` records. */
export function runVersions(): NonNullable<RunDocument['versions']> {
  return { 'imdb-torch': packageVersion(), node: process.versions.node, ...versions() };
}
