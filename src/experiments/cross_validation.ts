import assert from 'node:assert/strict';
import { assignFolds } from '../data/splits/folds.js';
import { joinReviews, selectReviews, type Reviews } from '../data/splits/reviews.js';
import type { LabelledLogits } from '../training/calibration.js';
import type { MetricValues } from '../training/metric_names.js';
import { readLogits } from '../training/metrics.js';
import type { Metrics } from '../training/evaluation.js';
import { runTraining, type TrainedPhase } from '../training/phase.js';
import { createFoldBags } from '../training/split_bags.js';
import { classWeightsFor, validationMetric, withNewModel, type ExperimentInput } from './experiment_model.js';

/** How well the options do on reviews that are held out. */
interface Validation {
  /** The training; with folds that of the first one. */
  full: TrainedPhase;
  folds: FoldResult[] | null;
  /** The logits of the reviews that were held out; with folds of all training reviews. */
  heldOut: LabelledLogits;
  /** The epoch to stop after. */
  epochs: number;
}

/** The training without one fold. */
export interface FoldResult {
  /** Number of reviews that were trained on. */
  train: number;
  /** Number of reviews that were held out. */
  valid: number;
  /** The epoch that counts: the last one unless early stopping chose another. */
  epoch: number;
  /** Metrics of the reviews that were held out, after that epoch. */
  metrics: Metrics & MetricValues;
}

/** Trains with the validation split held out, or with one fold after the other. */
export async function validate(input: ExperimentInput): Promise<Validation> {
  const { bags, dataset, options, classes } = input;
  if (options.folds !== null) return crossValidate(input, options.folds);
  return withNewModel(input, async (own) => {
    const { labels } = dataset.splits.valid;
    const classWeights = classWeightsFor(input, dataset.splits.train.labels);
    const metric = validationMetric(input, labels);
    const full = await runTraining({ ...input, ...own, classWeights, metric }, 'full', options.epochs);
    const logits = readLogits(own.model.classifier, bags.valid);
    return { full, folds: null, heldOut: { logits, labels, classes }, epochs: countedEpoch(full) };
  });
}

async function crossValidate(input: ExperimentInput, count: number): Promise<Validation> {
  const { splits } = input.dataset;
  const all = joinReviews([splits.train, splits.valid]);
  const foldOf = assignFolds(all, count);
  const rows = Int32Array.from(all.labels, (_, row) => row);
  const folds: FoldOutcome[] = [];
  for (let fold = 0; fold < count; fold += 1) {
    const heldOut = rows.filter((row) => foldOf[row] === fold);
    const others = rows.filter((row) => foldOf[row] !== fold);
    folds.push(await trainFold(input, selectReviews(all, others), selectReviews(all, heldOut)));
  }
  const [first] = folds;
  assert(first, 'there are at least two folds');
  const results = folds.map(({ result }) => result);
  return {
    full: first.trained,
    folds: results,
    heldOut: {
      logits: Float64Array.from(folds.flatMap(({ logits }) => Array.from(logits))),
      labels: Int32Array.from(folds.flatMap(({ labels }) => Array.from(labels))),
      classes: input.classes,
    },
    epochs: Math.round(results.reduce((sum, { epoch }) => sum + epoch, 0) / count),
  };
}

interface FoldOutcome {
  trained: TrainedPhase;
  result: FoldResult;
  /** Logits and labels of the reviews that were held out. */
  logits: Float64Array;
  labels: Int32Array;
}

async function trainFold(input: ExperimentInput, train: Reviews, heldOut: Reviews): Promise<FoldOutcome> {
  const bags = createFoldBags(input, train, heldOut);
  try {
    return await withNewModel(input, async (own) => {
      const classWeights = classWeightsFor(input, train.labels);
      const metric = validationMetric(input, heldOut.labels);
      const context = { ...input, ...own, classWeights, metric, bags: { train: bags.train, valid: bags.heldOut } };
      const trained = await runTraining(context, 'fold', input.options.epochs);
      const logits = readLogits(own.model.classifier, bags.heldOut);
      return { trained, result: foldResult(trained, train, heldOut), logits, labels: heldOut.labels };
    });
  } finally {
    bags.dispose();
  }
}

function foldResult(trained: TrainedPhase, train: Reviews, heldOut: Reviews): FoldResult {
  const epoch = countedEpoch(trained);
  const metrics = trained.epochs[epoch - 1]?.valid ?? { loss: NaN, accuracy: NaN };
  return { train: train.labels.length, valid: heldOut.labels.length, epoch, metrics };
}

function countedEpoch({ bestEpoch, epochs }: TrainedPhase): number {
  return bestEpoch ?? epochs.length;
}
