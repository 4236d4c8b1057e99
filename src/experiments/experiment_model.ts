import { aNumber, aSignal, aString, anObject, fields, optional } from '../arguments.js';
import { aDataset, type Dataset } from '../data/dataset.js';
import { chooseEngine, createClassifier, type ClassifierModel } from '../model/classifier_model.js';
import { Generator, type Device } from '../model/native.js';
import type { Module } from '../model/parameters.js';
import { classWeightsOf } from '../training/class_weights.js';
import type { ValidationMetric } from '../training/loop.js';
import type { SplitBags } from '../training/split_bags.js';
import { chooseMetric } from './choose_metric.js';
import type { ExperimentEvents } from './experiment_events.js';
import type { ExperimentOptions } from './options.js';

/** The reviews and options of an experiment, and where it computes. */
export interface ExperimentInput {
  dataset: Pick<Dataset, 'splits' | 'vocabulary' | 'features' | 'weights'> &
    Partial<Pick<Dataset, 'classes' | 'source'>>;
  /** The bags of the splits of `dataset`. */
  bags: SplitBags;
  /** Number of classes of the labels. */
  classes: number;
  device: Device;
  options: ExperimentOptions;
  signal?: AbortSignal | undefined;
  /** Ends a search with the best candidate so far. */
  stop?: AbortSignal | undefined;
  events?: ExperimentEvents | undefined;
}

/** The types of the input of both experiments; what is made of the options checks these. */
export const inputFields = {
  dataset: aDataset,
  bags: anObject,
  classes: aNumber,
  device: aString,
  options: anObject,
  signal: optional(aSignal),
  stop: optional(aSignal),
  events: optional(anObject),
} as const;

export const checkInput = fields(inputFields);

/** Returns the metric that held-out reviews are judged by. @param labels of these */
export function validationMetric(
  { dataset, classes, options }: Pick<ExperimentInput, 'dataset' | 'classes' | 'options'>,
  labels: Int32Array,
): ValidationMetric {
  return { name: chooseMetric(options.metric, dataset.splits.train.labels, classes).name, labels };
}

/** Gives `work` a new model and the generator that it was drawn from, and disposes of both. */
export async function withNewModel<T>(
  input: Pick<ExperimentInput, 'dataset' | 'classes' | 'device' | 'options'>,
  work: (own: { model: ClassifierModel; generator: Generator }) => Promise<T>,
): Promise<T> {
  const generator = new Generator(input.options.seed);
  const model = createExperimentModel(input, generator);
  try {
    return await work({ model, generator });
  } finally {
    model.dispose();
    generator.dispose();
  }
}

/** The model of both experiments, drawn from `generator`. */
function createExperimentModel(
  { dataset, classes, device, options }: Pick<ExperimentInput, 'dataset' | 'classes' | 'device' | 'options'>,
  generator: Generator,
): ClassifierModel {
  const { hidden, target, rank, alpha, useRslora, dtype, engine } = options;
  return createClassifier({
    vocabularySize: dataset.vocabulary.size,
    hidden,
    classes,
    target,
    rank,
    alpha,
    useRslora,
    dtype,
    device,
    engine: chooseEngine(engine, device, options),
    generator,
  });
}

/**
 * Returns the factors of the classes in the loss of a training.
 * @param labels of the reviews that are trained on
 * @throws ImdbTorchError ERR_USAGE for the name of no class
 */
export function classWeightsFor(
  { dataset, classes, options }: Pick<ExperimentInput, 'dataset' | 'classes' | 'options'>,
  labels: Int32Array,
): Float64Array | undefined {
  const names = dataset.classes ?? Array.from({ length: classes }, (_, label) => String(label));
  return classWeightsOf(options.classWeight ?? 'none', labels, names);
}

/** Adds the weights of the features, where they have any, in the dtype of the model. */
export function withFeatureWeights(module: Module, weights: Float32Array | null): Module {
  if (weights === null) return module;
  const dtype = module.get('fc1.weight')?.dtype === 'float64' ? 'float64' : 'float32';
  const data = dtype === 'float64' ? Float64Array.from(weights) : weights;
  return new Map(module).set('features.weight', { dtype, shape: [weights.length], data });
}
