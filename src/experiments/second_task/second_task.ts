import { performance } from 'node:perf_hooks';
import { createClassifier } from '../../model/classifier.js';
import { Generator } from '../../model/native.js';
import { readModule, type Module } from '../../model/parameters.js';
import type { Check } from '../../report/console/checks.js';
import { summarize } from '../../report/console/seeds.js';
import { evaluate, readLogits, type Metrics } from '../../training/metrics.js';
import { trainPresets } from '../presets.js';
import { Learner, type Kept, type Layers } from './learner.js';
import { allSettings, methods, type Method, type Settings } from './methods.js';
import type { TaskBags } from './task_bags.js';
import { trainEpochs } from './train_epochs.js';

export interface SecondTaskInput {
  bags: TaskBags;
  layers: Layers;
  /** Of what the methods draw. The base is drawn from the first one. */
  seeds: readonly [number, ...number[]];
  signal?: AbortSignal | undefined;
  events?: SecondTaskEvents | undefined;
}

export interface SecondTaskEvents {
  onBase?(base: BaseResult): void | Promise<void>;
  /** While a method is learned: trainings that are done, of all of all methods. */
  onProgress?(method: Method, done: number, total: number): void;
  onMethod?(result: MethodResult): void | Promise<void>;
}

/** The model of the first task. */
export interface BaseResult {
  module: Module;
  test: Metrics;
  /** Of training. */
  seconds: number;
}

/** Accuracies on validation, one a seed. */
export interface GridPoint extends Settings {
  valid: number[];
}

export interface MethodResult {
  method: Method;
  grid: GridPoint[];
  /** The point with the best mean. */
  chosen: GridPoint;
  /** Parameters that are trained. */
  trainable: number;
  /** Accuracies on the test reviews with the chosen settings, one a seed. */
  test: number[];
  /** Mean over the seeds: of an epoch, and of a whole training with the chosen settings. */
  secondsPerEpoch: number;
  seconds: number;
  /** Of the first seed. */
  kept: Kept;
}

export interface SecondTaskResult {
  base: BaseResult;
  methods: MethodResult[];
  checks: Check[];
}

/** One a seed. */
type Learners = readonly [Learner, ...Learner[]];

/** Reviews in a step of the second task: fewer than of the first, as there are fewer reviews. */
const batchSize = 64;

/**
 * Trains a base on sentiment, and each method from it, or beside it, on the second task: with every settings of the
 * grid from every seed, and with the best ones again for the test reviews, which are looked at then only.
 * @throws ImdbTorchError ERR_NON_FINITE; the reason of the signal
 */
export async function runSecondTask(input: SecondTaskInput): Promise<SecondTaskResult> {
  const { base, logits } = await trainBase(input);
  const results: MethodResult[] = [];
  const checks: Check[] = [];
  for (const method of methods) {
    const create = (seed: number): Learner => new Learner(method, { ...input, base: base.module, seed });
    const [seed, ...others] = input.seeds;
    const learners: Learners = [create(seed), ...others.map(create)];
    try {
      const result = await learn(method, learners, input, results.length);
      results.push(result);
      await input.events?.onMethod?.(result);
      if (method.rank !== null) checks.push(checkBase(method, learners, input, logits));
    } finally {
      for (const learner of learners) learner.dispose();
    }
  }
  return { base, methods: results, checks };
}

/** As the preset `fixed` of `train` does it. @returns with the logits of the test reviews */
async function trainBase({
  bags: { sentiment },
  layers,
  seeds: [seed],
  signal,
  events,
}: SecondTaskInput): Promise<{ base: BaseResult; logits: Float64Array }> {
  const generator = new Generator(seed);
  const model = createClassifier({ ...layers, generator });
  try {
    const begun = performance.now();
    await trainEpochs(model, {
      ...trainPresets.fixed,
      ...{ bags: sentiment.train, seed, name: 'training of the base', signal },
    });
    const seconds = (performance.now() - begun) / 1000;
    const test = await evaluate(model.classifier, sentiment.test, { loss: 'logits', signal });
    const base = { module: readModule(model), test, seconds };
    await events?.onBase?.(base);
    return { base, logits: readLogits(model.classifier, sentiment.test) };
  } finally {
    model.dispose();
    generator.dispose();
  }
}

/** @param methodsBefore number of methods that have been learned already */
async function learn(
  method: Method,
  learners: Learners,
  { bags: { strength }, seeds, signal, events }: SecondTaskInput,
  methodsBefore: number,
): Promise<MethodResult> {
  const settings = allSettings();
  const trainings = (settings.length + 1) * seeds.length;
  let done = methodsBefore * trainings;
  const train = async (
    learner: Learner,
    index: number,
    { learningRate, epochs }: Settings,
  ): Promise<number[]> => {
    const options = { bags: strength.train, batchSize, learningRate, epochs, seed: seeds[index] ?? NaN };
    const seconds = await learner.train({ ...options, name: `training of ${method.title}`, signal });
    done += 1;
    events?.onProgress?.(method, done, trainings * methods.length);
    return seconds;
  };
  const points: GridPoint[] = [];
  for (const point of settings) {
    const valid: number[] = [];
    for (const [index, learner] of learners.entries()) {
      await train(learner, index, point);
      valid.push(await learner.accuracy(strength.valid, signal));
    }
    points.push({ ...point, valid });
  }
  const chosen = bestOf(points);
  const seconds: number[][] = [];
  const test: number[] = [];
  for (const [index, learner] of learners.entries()) {
    seconds.push(await train(learner, index, chosen));
    test.push(await learner.accuracy(strength.test, signal));
  }
  const { trainable } = learners[0];
  return { method, grid: points, chosen, trainable, test, ...timesOf(seconds), kept: learners[0].keep() };
}

/** The first of those with the best mean accuracy. */
export function bestOf(points: readonly GridPoint[]): GridPoint {
  const meanOf = ({ valid }: GridPoint): number => summarize(valid).mean;
  return points.reduce((best, point) => (meanOf(point) > meanOf(best) ? point : best));
}

/** @param seconds of each epoch, one list a seed */
function timesOf(seconds: readonly (readonly number[])[]): Pick<MethodResult, 'seconds' | 'secondsPerEpoch'> {
  const epochs = seconds.flat();
  const sum = epochs.reduce((total, epoch) => total + epoch, 0);
  return { secondsPerEpoch: sum / epochs.length, seconds: sum / seconds.length };
}

/** Whether the models that were fine-tuned, with their adapters off, are still the base. */
function checkBase(
  { title }: Method,
  learners: Learners,
  { bags: { sentiment } }: SecondTaskInput,
  expected: Float64Array,
): Check {
  const passed = learners.every((learner) =>
    bytesOf(learner.logitsWithoutAdapter(sentiment.test)).equals(bytesOf(expected)),
  );
  return { name: `${title} off: every logit of the sentiment is that of the base, bit for bit`, passed };
}

function bytesOf({ buffer, byteOffset, byteLength }: Float64Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
