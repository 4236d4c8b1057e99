import { rocAuc } from './roc_auc.js';

/** Probabilities below the smallest normal number count as it, so that no loss is infinite. */
const leastProbability = 2 ** -1022;

/** Returns the share of the examples that are given their label. */
export function accuracyOf(labels: Int32Array, predicted: Int32Array): number {
  let right = 0;
  for (let row = 0; row < labels.length; row += 1) right += Number(predicted[row] === labels[row]);
  return right / labels.length;
}

/** How often each class is the label, is predicted, and both, `[classes]` each. */
export interface ClassCounts {
  labelled: Float64Array;
  predicted: Float64Array;
  right: Float64Array;
}

/** Counts of the examples by class. */
export function countClasses(labels: Int32Array, predicted: Int32Array, classes: number): ClassCounts {
  const counts = {
    labelled: new Float64Array(classes),
    predicted: new Float64Array(classes),
    right: new Float64Array(classes),
  };
  for (let row = 0; row < labels.length; row += 1) {
    counts.labelled[labels[row]] += 1;
    counts.predicted[predicted[row]] += 1;
    if (labels[row] === predicted[row]) counts.right[labels[row]] += 1;
  }
  return counts;
}

/** Returns the mean F1 of the classes that have examples, as the classification report has it. */
export function macroF1({ labelled, predicted, right }: ClassCounts): number {
  let [sum, present] = [0, 0];
  for (let k = 0; k < labelled.length; k += 1) {
    if (labelled[k] === 0) continue;
    present += 1;
    sum += (2 * right[k]) / (labelled[k] + predicted[k]);
  }
  return sum / present;
}

/** Returns -ln of the probability of each example's label, `[n]`. @param probabilities `[n, classes]`, row-major */
export function lossesOf(labels: Int32Array, probabilities: Float64Array, classes: number): Float64Array {
  return Float64Array.from(labels, (label, row) => -logOf(probabilities[row * classes + label]));
}

function logOf(probability: number): number {
  return Math.log(Math.max(probability, leastProbability));
}

/** Returns the mean of -ln of the probability of the label. */
export function logLoss(labels: Int32Array, probabilities: Float64Array, classes: number): number {
  return lossesOf(labels, probabilities, classes).reduce((sum, loss) => sum + loss, 0) / labels.length;
}

/**
 * Returns one number an example by which a class is ranked against the rest, `[n]`. Of two classes it is the log-odds,
 * which differ where a probability rounds to 1.
 */
export function rankingScores(probabilities: Float64Array, classes: number, positive: number): Float64Array {
  return Float64Array.from({ length: probabilities.length / classes }, (_, row) => {
    const own = probabilities[row * classes + positive];
    return classes === 2 ? logOf(own) - logOf(probabilities[row * classes + 1 - positive]) : own;
  });
}

/**
 * Returns the area under the ROC curve of the second of two classes; of more classes, the mean of each against the rest
 * (Provost and Domingos 2000 without weights; scikit-learn's `multi_class="ovr"`), over those with examples on both
 * sides. NaN where there is none.
 */
export function meanRocAuc(labels: Int32Array, probabilities: Float64Array, classes: number): number {
  const ranked = classes === 2 ? [1] : Array.from({ length: classes }, (_, k) => k);
  const areas = ranked
    .map((positive) => rocAuc(rankingScores(probabilities, classes, positive), labels, positive))
    .filter((area) => !Number.isNaN(area));
  return areas.reduce((sum, area) => sum + area, 0) / areas.length;
}
