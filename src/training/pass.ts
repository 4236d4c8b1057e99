import {
  aBoolean,
  aFunction,
  aNumber,
  aSignal,
  aString,
  anObject,
  fields,
  float64Array,
  instance,
  oneOf,
  optional,
} from '../arguments.js';
import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import { ImdbTorchError } from '../errors.js';
import { Classifier, Generator, type LossForm, type Optimizer } from '../model/native.js';
import { DataLoader } from './data_loader.js';
import { lrFactors } from './schedule.js';
import { checkSteps, plainSteps, type StepOptions } from './step_options.js';

export interface Progress {
  epoch: number;
  epochs: number;
  /** Examples of this epoch that have been trained on, out of `total`. */
  done: number;
  total: number;
  /** Time since the epoch began. */
  seconds: number;
}

/** The types of what the passes of a training take. */
export const passFields = {
  classifier: instance(Classifier),
  optimizer: anObject,
  train: instance(DataLoader),
  batch: aNumber,
  epochs: aNumber,
  loss: oneOf('softmax', 'logits'),
  classWeights: optional(float64Array),
  steps: optional(checkSteps),
  generator: optional(instance(Generator)),
  branchDropout: optional(aBoolean),
  name: optional(aString),
  signal: optional(aSignal),
} as const;

const checkPass = fields({ ...passFields, onProgress: optional(aFunction) });

export interface PassOptions {
  classifier: Classifier;
  optimizer: Optimizer;
  train: DataLoader;
  batch: number;
  /** Number of epochs of the whole training, which the schedule goes over. */
  epochs: number;
  loss: LossForm;
  /** `[classes]`: the factors of the losses of examples of each class; see `TrainBatchesOptions`. By default all are 1. */
  classWeights?: Float64Array | undefined;
  /** By default `plainSteps`. */
  steps?: Readonly<StepOptions> | undefined;
  /** Draws a seed for each epoch's dropout; needed with `dropout` or `branchDropout`. */
  generator?: Generator | undefined;
  /** Whether the LoRA branch has a dropout of its own; false by default. */
  branchDropout?: boolean | undefined;
  /** The name of the training in the messages of errors; `training` by default. */
  name?: string;
  signal?: AbortSignal | undefined;
  /** After every slice of about 10 ms. */
  onProgress?: ((progress: Progress) => void) | undefined;
}

/** Long enough to keep the event loop's share small, short enough for a progress bar and Ctrl-C. */
const sliceMilliseconds = 10;

/** The number of batches that are trained at once: each slice sets it for the next, also of the next pass. */
export interface SliceLength {
  batches: number;
}

/**
 * One pass over the training set, a few batches at a time: where it is cut does not change a number.
 * @param epoch from 1
 * @param onLosses is given the losses of the batches, each before its step
 * @throws ImdbTorchError ERR_NON_FINITE at the first loss that is NaN or infinite; the reason of `signal`
 */
export async function trainPass(
  options: PassOptions,
  epoch: number,
  sliceLength: SliceLength,
  onLosses?: (losses: Float64Array) => void,
): Promise<void> {
  const { classifier, optimizer, train, batch, loss, classWeights, steps = plainSteps, signal, epochs } = options;
  const begun = performance.now();
  const rows = train.nextOrder();
  const dropout = dropoutOf(steps, options);
  const batches = Math.ceil(rows.length / batch);
  for (let start = 0; start < rows.length;) {
    signal?.throwIfAborted();
    const sliceBegun = performance.now();
    const slice = rows.subarray(start, start + sliceLength.batches * batch);
    const first = (epoch - 1) * batches + start / batch;
    const factors = lrFactors(steps, first, first + Math.ceil(slice.length / batch), epochs * batches);
    const losses = classifier.trainBatches(train.bags, slice, {
      batchSize: batch,
      optimizer,
      loss,
      ...(classWeights && { classWeights }),
      ...dropout,
      ...(factors && { lrFactors: factors }),
      ...(steps.clip !== null && { maxGradNorm: steps.clip }),
    });
    assertFinite(options, losses, epoch, start / batch);
    onLosses?.(losses);
    start += slice.length;
    sliceLength.batches = nextSliceLength(Math.ceil(slice.length / batch), performance.now() - sliceBegun);
    const seconds = (performance.now() - begun) / 1000;
    options.onProgress?.({ epoch, epochs, done: start, total: rows.length, seconds });
    await setImmediate();
  }
}

/**
 * Trains epoch by epoch as `train` does, but evaluates nothing on the way.
 * @param last the epoch to end with, where the schedule goes over more of them
 * @throws ImdbTorchError ERR_NON_FINITE at the first loss that is NaN or infinite; the reason of `signal`
 */
export async function trainEpochs(options: PassOptions, last?: number): Promise<void> {
  checkPass(options, 'options');
  optional(aNumber)(last, 'last');
  const sliceLength = { batches: 1 };
  for (let epoch = 1; epoch <= (last ?? options.epochs); epoch += 1) await trainPass(options, epoch, sliceLength);
}

/** Draws only where something is dropped: the notebook's stream has no such draw. */
function dropoutOf(
  { dropout: inputDropout }: StepOptions,
  { generator, branchDropout = false }: PassOptions,
): { inputDropout: number; dropoutSeed: bigint } | undefined {
  if (inputDropout === 0 && !branchDropout) return undefined;
  if (generator !== undefined) return { inputDropout, dropoutSeed: generator.randomInt64() };
  throw new ImdbTorchError('ERR_USAGE', 'Expected a generator with dropout but received none; give one.');
}

/** Batches to train at once, from how long the last slice took. Grows slowly: the first slice is slow. */
function nextSliceLength(batches: number, milliseconds: number): number {
  const wanted = Math.round((batches * sliceMilliseconds) / Math.max(milliseconds, 0.01));
  return Math.max(1, Math.min(wanted, 4 * batches));
}

function assertFinite(
  { name = 'training' }: PassOptions,
  losses: Float64Array,
  epoch: number,
  batchesBefore: number,
): void {
  const last = losses.at(-1) ?? NaN;
  if (Number.isFinite(last)) return;
  const batch = batchesBefore + losses.length;
  throw nonFinite(`the loss of batch ${batch} in epoch ${epoch} of the ${name} is ${last}`);
}

export function nonFinite(what: string): ImdbTorchError {
  return new ImdbTorchError('ERR_NON_FINITE', `Training stopped: ${what}; try a smaller learning rate.`);
}
