import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import { ImdbTorchError } from '../errors.js';
import type { Classifier, LossForm, Optimizer } from '../model/native.js';
import type { DataLoader } from './data_loader.js';
import { evaluate, type Metrics } from './metrics.js';

export interface EpochResult {
  /** From 1. */
  epoch: number;
  /** Of training alone. */
  seconds: number;
  /** Of evaluating the training and the validation set. */
  evaluateSeconds: number;
  train: Metrics;
  valid: Metrics;
}

export interface TrainingResult {
  /** Before the first step. */
  before: { train: Metrics };
  /** Of evaluating the training set before the first step. */
  beforeSeconds: number;
  /** Losses of the first batches, each before its step. */
  firstSteps: number[];
  epochs: EpochResult[];
}

export interface Progress {
  epoch: number;
  epochs: number;
  /** Examples of this epoch that have been trained on, out of `total`. */
  done: number;
  total: number;
  /** Since the epoch began. */
  seconds: number;
}

export interface TrainingEvents {
  onBefore?(train: Metrics): void | Promise<void>;
  /** After every slice of about 10 ms. */
  onProgress?(progress: Progress): void;
  onEpoch?(result: EpochResult): void | Promise<void>;
}

export interface TrainingOptions {
  classifier: Classifier;
  optimizer: Optimizer;
  train: DataLoader;
  valid: DataLoader;
  batchSize: number;
  epochs: number;
  loss: LossForm;
  /** What the training is called in the messages of errors; `training` by default. */
  name?: string;
  signal?: AbortSignal | undefined;
  events?: TrainingEvents | undefined;
}

/** How many losses `firstSteps` holds at most. */
const firstStepCount = 20;
/** Long enough to keep the event loop's share small, short enough for a progress bar and Ctrl-C. */
const sliceMilliseconds = 10;

/**
 * Evaluates the training set, then trains epoch by epoch, evaluating the training and the validation set after each.
 * @throws ImdbTorchError ERR_NON_FINITE at the first loss that is NaN or infinite; the reason of `signal`
 */
export async function train(options: TrainingOptions): Promise<TrainingResult> {
  const { events, epochs } = options;
  const begun = performance.now();
  const before = await evaluatePass(options, options.train, 'before the first epoch');
  const result: TrainingResult = {
    before: { train: before },
    beforeSeconds: secondsSince(begun),
    firstSteps: [],
    epochs: [],
  };
  await events?.onBefore?.(before);
  const pace = { batches: 1 };
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const epochResult = await trainEpoch(options, epoch, result.firstSteps, pace);
    result.epochs.push(epochResult);
    await events?.onEpoch?.(epochResult);
  }
  return result;
}

async function trainEpoch(
  options: TrainingOptions,
  epoch: number,
  firstSteps: number[],
  pace: Pace,
): Promise<EpochResult> {
  const begun = performance.now();
  await trainPass(options, epoch, firstSteps, pace);
  const seconds = secondsSince(begun);
  const evaluated = performance.now();
  const train = await evaluatePass(options, options.train, `after epoch ${epoch}`);
  const valid = await evaluatePass(options, options.valid, `after epoch ${epoch}`);
  return { epoch, seconds, evaluateSeconds: secondsSince(evaluated), train, valid };
}

/** One pass over the training set, a few batches at a time: where it is cut does not change a number. */
async function trainPass(
  options: TrainingOptions,
  epoch: number,
  firstSteps: number[],
  pace: Pace,
): Promise<void> {
  const { classifier, optimizer, train, batchSize, loss, signal, events, epochs } = options;
  const begun = performance.now();
  const rows = train.nextOrder();
  for (let start = 0; start < rows.length;) {
    signal?.throwIfAborted();
    const sliceBegun = performance.now();
    const slice = rows.subarray(start, start + pace.batches * batchSize);
    const losses = classifier.trainBatches(train.bags, slice, { batchSize, optimizer, loss });
    assertFiniteStep(options, losses, epoch, start / batchSize);
    firstSteps.push(...losses.subarray(0, firstStepCount - firstSteps.length));
    start += slice.length;
    pace.batches = nextSliceLength(Math.ceil(slice.length / batchSize), performance.now() - sliceBegun);
    events?.onProgress?.({ epoch, epochs, done: start, total: rows.length, seconds: secondsSince(begun) });
    await setImmediate();
  }
}

/** Batches to train at once. */
interface Pace {
  batches: number;
}

/** Batches to train at once, from how long the last slice took. Grows slowly: the first slice is slow. */
function nextSliceLength(batches: number, milliseconds: number): number {
  const wanted = Math.round((batches * sliceMilliseconds) / Math.max(milliseconds, 0.01));
  return Math.max(1, Math.min(wanted, 4 * batches));
}

async function evaluatePass(options: TrainingOptions, loader: DataLoader, when: string): Promise<Metrics> {
  const { classifier, loss, signal, name = 'training' } = options;
  loader.skipPass();
  const metrics = await evaluate(classifier, loader.bags, { loss, signal });
  if (!Number.isFinite(metrics.loss)) {
    const set = loader === options.valid ? 'validation' : 'training';
    throw nonFinite(`the loss on the ${set} set ${when} of the ${name} is ${metrics.loss}`);
  }
  return metrics;
}

function assertFiniteStep(
  { name = 'training' }: TrainingOptions,
  losses: Float64Array,
  epoch: number,
  batchesBefore: number,
): void {
  const last = losses.at(-1) ?? NaN;
  if (Number.isFinite(last)) return;
  const batch = batchesBefore + losses.length;
  throw nonFinite(`the loss of batch ${batch} in epoch ${epoch} of the ${name} is ${last}`);
}

function nonFinite(what: string): ImdbTorchError {
  return new ImdbTorchError('ERR_NON_FINITE', `Training stopped: ${what}; try a smaller learning rate.`);
}

function secondsSince(begun: number): number {
  return (performance.now() - begun) / 1000;
}
