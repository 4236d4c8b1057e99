import type { Dataset } from '../data/dataset.js';
import { ImdbTorchError } from '../errors.js';
import { chooseMetric, type ChosenMetric } from '../experiments/choose_metric.js';
import { chooseDevice } from '../experiments/device.js';
import { chooseEngine } from '../model/classifier_model.js';
import { setNumThreads, type Device, type Engine } from '../model/native.js';
import type { ExperimentSettings } from '../settings/settings.js';
import { classWeightsOf } from '../training/class_weights.js';

/** Where an experiment computes, and what it goes by. */
export interface Surroundings {
  readonly device: Device;
  readonly engine: Engine;
  readonly metric: ChosenMetric;
}

/**
 * Chooses the device and the engine, and sets the number of threads of the process where it is given.
 * @throws ImdbTorchError ERR_USAGE for a weight of no class; ERR_DATASET when there is no feature; what `chooseDevice` throws
 */
export function prepareExperiment(settings: ExperimentSettings, dataset: Dataset): Surroundings {
  assertFeatures(settings, dataset);
  const { splits, classes } = dataset;
  classWeightsOf(settings.classWeight, splits.train.labels, classes);
  const device = chooseDevice(settings);
  const engine = chooseEngine(settings.engine, device, settings);
  if (settings.threads !== null) setNumThreads(settings.threads);
  return { device, engine, metric: chooseMetric(settings.metric, splits.train.labels, classes.length) };
}

function assertFeatures({ minCount }: ExperimentSettings, { source, vocabulary }: Dataset): void {
  if (vocabulary.size > 0) return;
  throw new ImdbTorchError(
    'ERR_DATASET',
    `Expected a word or another feature that at least ${minCount} of the training reviews of ${source.location} have but there is none; ` +
      'give more reviews, or a lower --min-count.',
  );
}
