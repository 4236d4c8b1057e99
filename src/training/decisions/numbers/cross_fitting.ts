import { logitsOf, type LinearMap } from './linear_map.js';
import { gatherLabels, gatherRows, rowsWhere, type FoldedScores, type MapFitter } from './map_fitter.js';
import { bestThreshold, largestOfRow, orderOf, priorOffsets } from './offsets.js';

/** What is added to the logits before the largest is taken, `[classes]`; null for nothing. */
export type Offsets = number[] | null;

/** What was predicted for examples. */
export interface Outcome {
  /** `[n]`: classes */
  predicted: Int32Array;
  /** `[n, classes]`, row-major */
  probabilities: Float64Array;
}

/** Returns the offsets with which a map's logits of some examples have the largest macro-F1. */
export type OffsetFitter = (map: LinearMap, isIn: (fold: number) => boolean) => Offsets;

/** Offsets for the macro-F1. Scores of two classes are put in order once for all folds. */
export function macroF1Offsets({ scores, labels, classes, fold }: FoldedScores): OffsetFitter {
  if (classes !== 2) {
    return (map, isIn) => {
      const rows = rowsWhere(fold, isIn);
      const logits = logitsOf(map, gatherRows(scores, classes, rows));
      const offsets = priorOffsets(logits, gatherLabels(labels, rows), classes);
      return offsets.some((offset) => offset !== 0) ? offsets : null;
    };
  }
  const order = orderOf(scores);
  const orderedFold = gatherLabels(fold, order);
  return ({ map, bias }, isIn) => {
    const [scale, shift] = [map[1] - map[0], bias[1] - bias[0]];
    const rows = rowsWhere(orderedFold, isIn).map((place) => order[place]);
    if (scale < 0) rows.reverse();
    const logOdds = new Float64Array(rows.length);
    for (let i = 0; i < rows.length; i += 1) logOdds[i] = scale * scores[rows[i]] + shift;
    return [0, -bestThreshold(logOdds, gatherLabels(labels, rows))];
  };
}

/** Predicts the examples of each fold by what is fitted to the others. */
export function crossFit(of: FoldedScores, maps: MapFitter, offsetsOf: OffsetFitter): Outcome {
  const { scores, labels, classes, fold } = of;
  const columns = scores.length / labels.length;
  const outcome: Outcome = {
    predicted: new Int32Array(labels.length),
    probabilities: new Float64Array(labels.length * classes),
  };
  const folds = fold.reduce((most, value) => Math.max(most, value), 0) + 1;
  for (let left = 0; left < folds; left += 1) {
    const rows = rowsWhere(fold, (each) => each === left);
    if (rows.length === 0) continue;
    const map = maps.without(left);
    const offsets = offsetsOf(map, (each) => each !== left);
    const logits = logitsOf(map, gatherRows(scores, columns, rows));
    writeOutcome(outcome, rows, logits, offsets ?? new Array<number>(classes).fill(0));
  }
  return outcome;
}

function writeOutcome(outcome: Outcome, rows: Uint32Array, logits: Float64Array, offsets: readonly number[]): void {
  const classes = offsets.length;
  for (let i = 0; i < rows.length; i += 1) {
    const start = i * classes;
    outcome.predicted[rows[i]] = largestOfRow(logits, start, offsets);
    let [largest, sum] = [-Infinity, 0];
    for (let k = 0; k < classes; k += 1) largest = Math.max(largest, logits[start + k]);
    for (let k = 0; k < classes; k += 1) sum += Math.exp(logits[start + k] - largest);
    const shift = largest + Math.log(sum);
    for (let k = 0; k < classes; k += 1) {
      outcome.probabilities[rows[i] * classes + k] = Math.exp(logits[start + k] - shift);
    }
  }
}
