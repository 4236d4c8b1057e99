import { fitLine, type Line } from './line.js';

/** Scores of which as many as this are equal to a part in some thousand count as their mean. */
const bins = 2048;
/** Fewer scores are not binned. */
const fewest = 2 * bins;

/** Scores of two classes, those that are close to each other put together, by fold. */
export interface BinnedScores {
  folds: number;
  /** `[folds + 1, cells]`: how many scores, and their sum, of each fold and of all; a cell is one class in one bin. */
  counts: Float64Array;
  sums: Float64Array;
  /** `[cells]`: the class. */
  labels: Int32Array;
}

/**
 * Puts scores into bins of equal width by class and fold. The mean of a cell stands for its scores, so that sigmoids are
 * exact to the square of a bin's width; fits of 5 folds then take some milliseconds however many scores there are.
 * @param fold `[n]`
 */
export function binScores(scores: Float64Array, labels: Int32Array, fold: Int32Array): BinnedScores {
  const [, last] = rangeOf(fold);
  const binned = scores.length >= fewest;
  const cells = binned ? 2 * bins : scores.length;
  const [least, most] = rangeOf(scores);
  const width = (most - least) / bins;
  const counts = new Float64Array((last + 2) * cells);
  const sums = new Float64Array((last + 2) * cells);
  for (let row = 0; row < scores.length; row += 1) {
    const bin = width > 0 ? Math.min(bins - 1, Math.floor((scores[row] - least) / width)) : 0;
    const cell = binned ? 2 * bin + labels[row] : row;
    for (const part of [fold[row], last + 1]) {
      counts[part * cells + cell] += 1;
      sums[part * cells + cell] += scores[row];
    }
  }
  const classOf = binned ? Int32Array.from({ length: cells }, (_, cell) => cell % 2) : labels;
  return { folds: last + 1, counts, sums, labels: classOf };
}

function rangeOf(values: Float64Array | Int32Array): [least: number, most: number] {
  let [least, most] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return [least, most];
}

/**
 * Fits Platt's sigmoid (1999, _Probabilistic Outputs for Support Vector Machines_): maximum likelihood with his targets
 * `(N + 1) / (N + 2)` in place of 1, which keep the line finite where scores tell the classes apart without a mistake.
 * @param without the fold whose scores are left out; null for none
 */
export function fitPlatt(binned: BinnedScores, without: number | null, start?: Line): Line {
  const cells = binned.labels.length;
  const weights = new Float64Array(cells);
  const scores = new Float64Array(cells);
  for (let fold = 0; fold <= binned.folds; fold += 1) {
    // All scores were summed in their order, so that folds do not change a bit of a fit without any.
    if (without === null ? fold < binned.folds : fold === without || fold === binned.folds) continue;
    for (let cell = 0; cell < cells; cell += 1) {
      weights[cell] += binned.counts[fold * cells + cell];
      scores[cell] += binned.sums[fold * cells + cell];
    }
  }
  const counts = [0, 0];
  for (let cell = 0; cell < cells; cell += 1) {
    counts[binned.labels[cell]] += weights[cell];
    if (weights[cell] > 0) scores[cell] /= weights[cell];
  }
  const targets = [1 / (counts[0] + 2), (counts[1] + 1) / (counts[1] + 2)] as const;
  // Newton's steps square the distance, so that what is left after this one is far below float32.
  const options = { targets, weights, smallestStep: 1e-6, ...(start && { start }) };
  return fitLine(scores, binned.labels, options);
}
