import type { LossForm } from '../../../binding.js';
import { indexOfLargest } from './largest.js';

/** What is known of labelled examples: the sum of their losses, and how many of them are predicted right. */
export interface LossSums {
  lossSum: number;
  correct: number;
  count: number;
}

/**
 * Adds up the cross entropy of examples, and counts those whose label has the largest logit, the first of equal ones.
 * @param logits `[n, classes]`, row-major
 * @param labels `[n]`: class numbers
 * @param form `softmax`: the notebook's, which takes the probabilities for logits
 */
export function sumLosses(logits: Float64Array, labels: Int32Array, form: LossForm): LossSums {
  const { length: count } = labels;
  const classes = logits.length / count;
  let [lossSum, correct] = [0, 0];
  for (let example = 0; example < count; example += 1) {
    const row = logits.subarray(example * classes, (example + 1) * classes);
    const label = labels[example];
    if (indexOfLargest(row) === label) correct += 1;
    const sum = logSumExp(row);
    const scores = form === 'logits' ? row : row.map((logit) => Math.exp(logit - sum));
    lossSum += (form === 'logits' ? sum : logSumExp(scores)) - scores[label];
  }
  return { lossSum, correct, count };
}

function logSumExp(row: Float64Array): number {
  const largest = row[indexOfLargest(row)];
  let sum = 0;
  for (const value of row) sum += Math.exp(value - largest);
  return largest + Math.log(sum);
}
