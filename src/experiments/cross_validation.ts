import assert from 'node:assert/strict';
import { assignFolds } from '../data/splits/folds.js';
import { joinReviews, selectReviews, type Reviews } from '../data/splits/reviews.js';
import type { LabelledLogits } from '../training/calibration.js';
import { readLogits, type Metrics } from '../training/metrics.js';
import { runTraining, type TrainedPhase } from '../training/phase.js';
import { createFitBags } from '../training/split_bags.js';
import { withNewModel, type ExperimentInput } from './experiment_model.js';

/** How well the options do on reviews that are held out. */
export interface Validation {
  /** With folds that of the first one. */
  full: TrainedPhase;
  folds: FoldResult[] | null;
  /** Of the reviews that were held out; with folds of all training reviews. */
  held: LabelledLogits;
  /** The epoch to stop after. */
  epochs: number;
}

export interface FoldResult {
  /** Reviews that were trained on, and those that were held out. */
  train: number;
  valid: number;
  /** The epoch that counts: the last one unless early stopping chose another. */
  epoch: number;
  /** After it, of the reviews that were held out. */
  metrics: Metrics;
}

/** Trains with the validation split held out, or with one fold after the other. */
export async function validate(input: ExperimentInput): Promise<Validation> {
  const { bags, dataset, options, classes } = input;
  if (options.folds !== null) return crossValidate(input, options.folds);
  return withNewModel(input, async (own) => {
    const full = await runTraining({ ...input, ...own }, 'full', options.epochs);
    const { labels } = dataset.splits.valid;
    const logits = readLogits(own.model.classifier, bags.valid);
    return { full, folds: null, held: { logits, labels, classes }, epochs: countedEpoch(full) };
  });
}

async function crossValidate(input: ExperimentInput, count: number): Promise<Validation> {
  const { splits } = input.dataset;
  const all = joinReviews([splits.train, splits.valid]);
  const foldOf = assignFolds(all, count);
  const rows = Int32Array.from(all.labels, (_, row) => row);
  const held = { logits: [] as number[], labels: [] as number[], classes: input.classes };
  const folds: FoldResult[] = [];
  let first: TrainedPhase | undefined;
  for (let fold = 0; fold < count; fold += 1) {
    const others = selectReviews(
      all,
      rows.filter((row) => foldOf[row] !== fold),
    );
    const left = selectReviews(
      all,
      rows.filter((row) => foldOf[row] === fold),
    );
    const { trained, logits } = await trainFold(input, others, left);
    first ??= trained;
    folds.push(foldResult(trained, others, left));
    for (const logit of logits) held.logits.push(logit);
    held.labels.push(...left.labels);
  }
  const epochs = Math.round(folds.reduce((sum, { epoch }) => sum + epoch, 0) / count);
  const { logits, labels, classes } = held;
  assert(first, 'there are at least two folds');
  return {
    full: first,
    folds,
    held: { logits: Float64Array.from(logits), labels: Int32Array.from(labels), classes },
    epochs,
  };
}

/** @returns with the logits of the reviews that were left out */
async function trainFold(
  input: ExperimentInput,
  train: Reviews,
  left: Reviews,
): Promise<{ trained: TrainedPhase; logits: Float64Array }> {
  const fit = createFitBags(input.dataset, train, left);
  try {
    return await withNewModel(input, async (own) => {
      const context = { ...input, ...own, bags: { train: fit.train, valid: fit.held } };
      const trained = await runTraining(context, 'fold', input.options.epochs);
      return { trained, logits: readLogits(own.model.classifier, fit.held) };
    });
  } finally {
    fit.dispose();
  }
}

function foldResult(trained: TrainedPhase, train: Reviews, left: Reviews): FoldResult {
  const epoch = countedEpoch(trained);
  const metrics = trained.epochs[epoch - 1]?.valid ?? { loss: NaN, accuracy: NaN };
  return { train: train.labels.length, valid: left.labels.length, epoch, metrics };
}

function countedEpoch({ bestEpoch, epochs }: TrainedPhase): number {
  return bestEpoch ?? epochs.length;
}
