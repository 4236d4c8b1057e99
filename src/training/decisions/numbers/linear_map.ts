import type { Line } from './line.js';
import { fitSoftmaxRegression, type SoftmaxFit } from './softmax_regression.js';
import type { Standardized } from './standardized.js';

/** Logits of the classes as a linear map of scores: `logits_k = sum over c of map[k, c] * score_c + bias_k`. */
export interface LinearMap {
  /** `[classes, columns]`, row-major */
  map: Float64Array;
  /** `[classes]` */
  bias: Float64Array;
}

/** Scores with their classes. */
export interface LabelledScores {
  /** The scores `[n, columns]`, each column standardised. */
  scores: Standardized;
  /** `[n]` */
  labels: Int32Array;
  classes: number;
}

/** Returns the logits `[n, classes]`. @param scores `[n, columns]`, row-major */
export function logitsOf({ map, bias }: LinearMap, scores: Float64Array): Float64Array {
  const classes = bias.length;
  const columns = map.length / classes;
  const rows = scores.length / columns;
  const logits = new Float64Array(rows * classes);
  if (columns === classes && isDiagonal(map, classes)) {
    for (let i = 0; i < logits.length; i += 1)
      logits[i] = bias[i % classes] + map[(i % classes) * (classes + 1)] * scores[i];
    return logits;
  }
  for (let row = 0; row < rows; row += 1) {
    for (let k = 0; k < classes; k += 1) {
      let logit = bias[k];
      for (let c = 0; c < columns; c += 1) logit += map[k * columns + c] * scores[row * columns + c];
      logits[row * classes + k] = logit;
    }
  }
  return logits;
}

/** So are the maps of many classes, of which a whole matrix would take long. */
function isDiagonal(map: Float64Array, classes: number): boolean {
  return map.every((weight, i) => weight === 0 || i % (classes + 1) === 0);
}

/** Returns the map of raw scores that does what `map` does with standardised ones. */
function ofRawScores({ map, bias }: LinearMap, { means, deviations }: Standardized): LinearMap {
  const columns = means.length;
  const raw = map.map((weight, i) => weight / deviations[i % columns]);
  const shifted = bias.slice();
  for (let i = 0; i < raw.length; i += 1) shifted[Math.floor(i / columns)] -= raw[i] * means[i % columns];
  return { map: raw, bias: shifted };
}

/** The map of one score whose difference of two logits is a line. */
export function mapOfLine({ scale, bias }: Line, scores: Standardized): LinearMap {
  return ofRawScores(
    { map: Float64Array.of(-scale / 2, scale / 2), bias: Float64Array.of(-bias / 2, bias / 2) },
    scores,
  );
}

/** The map that multiplies all scores by a factor. */
export function mapOfFactor(factor: number, classes: number): LinearMap {
  const map = new Float64Array(classes * classes);
  for (let k = 0; k < classes; k += 1) map[k * classes + k] = factor;
  return { map, bias: new Float64Array(classes) };
}

/** A fitted matrix, and what fits of similar scores start from. */
export interface FittedMatrix extends LinearMap {
  fit: SoftmaxFit;
  /** The classes that have examples, in the order of the fit's rows. */
  present: Int32Array;
}

/**
 * Fits a linear map of all scores to logits by multinomial logistic regression. Classes without examples cannot be
 * fitted: their logits do not depend on the scores and give each of them about one example in n + classes.
 */
export function fitMatrix({ scores, labels, classes }: LabelledScores, near?: FittedMatrix): FittedMatrix {
  const columns = scores.means.length;
  const present = Int32Array.from(new Set(labels)).sort();
  const numbers = new Int32Array(classes).fill(-1);
  present.forEach((k, i) => (numbers[k] = i));
  const examples = {
    inputs: scores.values,
    columns,
    labels: labels.map((label) => numbers[label]),
    classes: present.length,
  };
  const isSimilar = near?.present.join() === present.join();
  const fit = fitSoftmaxRegression(examples, isSimilar ? near.fit : undefined);
  const rows = Array.from(present, (_, i) => fit.parameters.subarray(i * (columns + 1), (i + 1) * (columns + 1)));
  const small: LinearMap = {
    map: Float64Array.from(rows.flatMap((row) => [...row.subarray(0, columns)])),
    bias: Float64Array.from(rows, (row) => row[columns]),
  };
  const map = new Float64Array(classes * columns);
  const bias = new Float64Array(classes);
  if (present.length < classes) bias.fill(meanLogSum(small, scores.values) - Math.log(labels.length + classes));
  present.forEach((k, i) => {
    map.set(small.map.subarray(i * columns, (i + 1) * columns), k * columns);
    bias[k] = small.bias[i];
  });
  return { ...ofRawScores({ map, bias }, scores), fit, present };
}

/** The mean over the examples of the logarithm of the sum of exp(logit). */
function meanLogSum(map: LinearMap, scores: Float64Array): number {
  const classes = map.bias.length;
  const logits = logitsOf(map, scores);
  let sum = 0;
  for (let start = 0; start < logits.length; start += classes) {
    const row = logits.subarray(start, start + classes);
    const largest = row.reduce((most, value) => Math.max(most, value), -Infinity);
    sum += largest + Math.log(row.reduce((total, value) => total + Math.exp(value - largest), 0));
  }
  return (sum * classes) / logits.length;
}
