import { aFunction, aNumber, fields, instance, int32Array, listOf, oneOf, optional } from '../arguments.js';
import { performance } from 'node:perf_hooks';
import { Tensor } from '../model/native.js';
import { decide } from '../portable/numbers/decision.js';
import { probabilitiesOf } from '../portable/numbers/probabilities.js';
import { BestEpoch } from './best_epoch.js';
import { DataLoader } from './data_loader.js';
import { metricNames, metricOf, type MetricName, type MetricValues } from './metric_names.js';
import { evaluateModel, readLogits } from './metrics.js';
import type { Metrics } from './evaluation.js';
import { nonFinite, passFields, trainPass, type SliceLength, type PassOptions, type Progress } from './pass.js';

export interface EpochResult {
  /** From 1. */
  epoch: number;
  /** Time of the training alone. */
  seconds: number;
  /** Time of evaluating the training and the validation set. */
  evaluateSeconds: number;
  train: Metrics;
  /** Has the metric that was asked for as well. */
  valid: Metrics & MetricValues;
}

export interface TrainingResult {
  /** Metrics before the first step. */
  before: { train: Metrics };
  /** Time of evaluating the training set before the first step. */
  beforeSeconds: number;
  /** Losses of the first batches, each before its step. */
  firstSteps: number[];
  epochs: EpochResult[];
  /** The epoch whose parameters the model has in the end, where early stopping chose one. */
  bestEpoch?: number;
}

export interface TrainingEvents {
  onBefore?(train: Metrics): void | Promise<void>;
  /** After every slice of about 10 ms. */
  onProgress?(progress: Progress): void;
  onEpoch?(result: EpochResult): void | Promise<void>;
}

export interface EarlyStopping {
  /** Epochs without a better validation accuracy, or other metric that was asked for, before training stops. */
  patience: number;
  /** The parameters that are trained. They end as they were after the best epoch. */
  parameters: readonly Tensor[];
}

/** A metric with the labels that it needs. */
export interface ValidationMetric {
  name: MetricName;
  labels: Int32Array;
}

export interface TrainingOptions extends Omit<PassOptions, 'onProgress'> {
  valid: DataLoader;
  /** By default every epoch is trained, and the last one counts. */
  earlyStopping?: EarlyStopping | undefined;
  /** A metric of the validation set that early stopping goes by, with its labels, `[n]`; by default the accuracy. */
  metric?: ValidationMetric | undefined;
  events?: TrainingEvents | undefined;
}

/** `firstSteps` holds at most this number of losses. */
const checkTraining = fields({
  ...passFields,
  valid: instance(DataLoader),
  earlyStopping: optional(fields({ patience: aNumber, parameters: listOf(instance(Tensor)) })),
  metric: optional(fields({ name: oneOf(...metricNames), labels: int32Array })),
  events: optional(
    fields({ onBefore: optional(aFunction), onProgress: optional(aFunction), onEpoch: optional(aFunction) }),
  ),
});

const firstStepCount = 20;

/**
 * Evaluates the training set, then trains epoch by epoch, evaluating the training and the validation set after each.
 * @throws ImdbTorchError ERR_NON_FINITE at the first loss that is NaN or infinite; the reason of `signal`
 */
export async function trainModel(options: TrainingOptions): Promise<TrainingResult> {
  checkTraining(options, 'options');
  const { events } = options;
  const begun = performance.now();
  const before = await evaluatePass(options, options.train, 'before the first epoch');
  const result: TrainingResult = {
    before: { train: before },
    beforeSeconds: secondsSince(begun),
    firstSteps: [],
    epochs: [],
  };
  await events?.onBefore?.(before);
  const bestEpoch = await trainAndEvaluate(options, result);
  return bestEpoch === undefined ? result : { ...result, bestEpoch };
}

/** @returns the epoch that early stopping chose */
async function trainAndEvaluate(options: TrainingOptions, result: TrainingResult): Promise<number | undefined> {
  const { events, epochs, earlyStopping } = options;
  const best = earlyStopping && new BestEpoch(earlyStopping.parameters, options.metric?.name);
  const sliceLength = { batches: 1 };
  try {
    for (let epoch = 1; epoch <= epochs; epoch++) {
      const epochResult = await trainEpoch(options, epoch, result.firstSteps, sliceLength);
      result.epochs.push(epochResult);
      await events?.onEpoch?.(epochResult);
      best?.observe(epochResult);
      if (best && epoch - best.epoch >= earlyStopping.patience) break;
    }
    best?.restore();
    return best?.epoch;
  } finally {
    best?.dispose();
  }
}

async function trainEpoch(
  options: TrainingOptions,
  epoch: number,
  firstSteps: number[],
  sliceLength: SliceLength,
): Promise<EpochResult> {
  const begun = performance.now();
  const onProgress = (progress: Progress): void => options.events?.onProgress?.(progress);
  await trainPass({ ...options, onProgress }, epoch, sliceLength, (losses) => {
    firstSteps.push(...losses.subarray(0, firstStepCount - firstSteps.length));
  });
  const seconds = secondsSince(begun);
  const evaluated = performance.now();
  const train = await evaluatePass(options, options.train, `after epoch ${epoch}`);
  const valid = await evaluatePass(options, options.valid, `after epoch ${epoch}`);
  const further = metricValues(options);
  return { epoch, seconds, evaluateSeconds: secondsSince(evaluated), train, valid: { ...valid, ...further } };
}

/** Returns the metric of the validation set that was asked for, unless the evaluation has it anyway. */
function metricValues({ metric, valid, classifier }: TrainingOptions): MetricValues {
  if (metric === undefined || metric.name === 'accuracy') return {};
  const { name, labels } = metric;
  const { classes } = classifier;
  const probabilities = probabilitiesOf(readLogits(classifier, valid.bags), classes, null);
  return { [name]: metricOf(name, labels, decide(probabilities, classes, undefined), probabilities) };
}

async function evaluatePass(options: TrainingOptions, loader: DataLoader, when: string): Promise<Metrics> {
  const { classifier, loss, signal, name = 'training' } = options;
  loader.skipPass();
  const metrics = await evaluateModel(classifier, loader.bags, { loss, signal });
  if (!Number.isFinite(metrics.loss)) {
    const set = loader === options.valid ? 'validation' : 'training';
    throw nonFinite(`the loss on the ${set} set ${when} of the ${name} is ${metrics.loss}`);
  }
  return metrics;
}

function secondsSince(begun: number): number {
  return (performance.now() - begun) / 1000;
}
