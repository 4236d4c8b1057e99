import type { MetricName } from '../../metric_names.js';
import { countClasses, lossesOf, rankingScores } from '../../numbers/metric_values.js';
import { midranks } from '../../numbers/roc_auc.js';
import type { Outcome } from './cross_fitting.js';

/**
 * Returns by how much each example moves a metric, up to a number that examples of one stratum share, `[n]`. The
 * standard error of the metric, and of the difference of two of the same examples, follows from their spread: the
 * infinitesimal jackknife (Efron 1982), which is a bootstrap with ever so many draws for metrics as smooth as these. For
 * the area under the ROC curve it is the method of DeLong et al. (1988).
 */
export function influencesOf(name: MetricName, labels: Int32Array, outcome: Outcome): Float64Array {
  const { length } = labels;
  const classes = outcome.probabilities.length / length;
  switch (name) {
    case 'accuracy':
      return Float64Array.from(labels, (label, row) => Number(label === outcome.predicted[row]) / length);
    case 'log-loss':
      return lossesOf(labels, outcome.probabilities, classes).map((loss) => loss / length);
    case 'macro-f1':
      return influencesOnF1(labels, outcome.predicted, classes);
    case 'roc-auc':
      return influencesOnArea(labels, outcome.probabilities, classes);
  }
}

/** The derivatives of `2 right / (labelled + predicted)` by the example, where the numbers of labels are fixed. */
function influencesOnF1(labels: Int32Array, predicted: Int32Array, classes: number): Float64Array {
  const counts = countClasses(labels, predicted, classes);
  const present = counts.labelled.reduce((sum, count) => sum + Number(count > 0), 0);
  return Float64Array.from(labels, (label, row) => {
    const k = predicted[row];
    if (counts.labelled[k] === 0) return 0;
    const total = counts.labelled[k] + counts.predicted[k];
    return (2 * Number(label === k) - (2 * counts.right[k]) / total) / total / present;
  });
}

function influencesOnArea(labels: Int32Array, probabilities: Float64Array, classes: number): Float64Array {
  const counts = new Float64Array(classes);
  for (const label of labels) counts[label] += 1;
  const ranked = (classes === 2 ? [1] : Array.from(counts.keys())).filter((k) => counts[k] % labels.length > 0);
  const sum = new Float64Array(labels.length);
  for (const positive of ranked) {
    const shares = placements(rankingScores(probabilities, classes, positive), labels, positive);
    for (let row = 0; row < sum.length; row += 1) {
      const own = labels[row] === positive ? counts[positive] : labels.length - counts[positive];
      sum[row] += shares[row] / own / ranked.length;
    }
  }
  return ranked.length === 0 ? sum.fill(NaN) : sum;
}

/** Of each example the share of the other side that it is in the right order with; equal ones count half. */
function placements(scores: Float64Array, labels: Int32Array, positive: number): Float64Array {
  const positives = scores.filter((_, row) => labels[row] === positive);
  const negatives = scores.filter((_, row) => labels[row] !== positive);
  const amongAll = midranks(scores, scores.toSorted());
  const amongPositives = midranks(scores, positives.toSorted());
  const amongNegatives = midranks(scores, negatives.toSorted());
  return amongAll.map((rank, row) =>
    labels[row] === positive
      ? (rank - amongPositives[row]) / negatives.length
      : 1 - (rank - amongNegatives[row]) / positives.length,
  );
}

/**
 * Returns the standard error of what is the sum of the influences.
 * @param strata `[n]`: examples whose numbers are fixed, by number from 0
 */
export function standardErrorOf(influences: Float64Array, strata: Int32Array): number {
  const last = strata.reduce((most, stratum) => Math.max(most, stratum), 0);
  const counts = new Float64Array(last + 1);
  const means = new Float64Array(last + 1);
  const squares = new Float64Array(last + 1);
  for (const stratum of strata) counts[stratum] += 1;
  for (let row = 0; row < strata.length; row += 1) means[strata[row]] += influences[row] / counts[strata[row]];
  for (let row = 0; row < strata.length; row += 1) squares[strata[row]] += (influences[row] - means[strata[row]]) ** 2;
  // One example alone says nothing about its spread.
  const variances = squares.map((square, h) => (counts[h] > 1 ? (square * counts[h]) / (counts[h] - 1) : 0));
  return Math.sqrt(variances.reduce((sum, variance) => sum + variance, 0));
}
