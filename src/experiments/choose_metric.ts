import { metricNames, type MetricName } from '../training/metric_names.js';

/** The metrics that can be asked for; `auto` goes by how many training reviews each class has. */
export const metricChoices = ['auto', ...metricNames] as const;
export type MetricChoice = (typeof metricChoices)[number];

export interface ChosenMetric {
  name: MetricName;
  /** Why it was taken, where it was not asked for. */
  because?: string;
}

/** Up to this ratio of the largest to the smallest class accuracy says enough: each class counts in it. */
const balancedRatio = 4;

/**
 * Chooses the metric that models are compared by: where `auto` is asked for, accuracy if the largest class has at most
 * four times the reviews of the smallest, else macro-F1, for which a rare class counts as much as any other.
 * @param labels of the training reviews
 * @param classes number of classes
 */
export function chooseMetric(choice: MetricChoice, labels: Int32Array, classes: number): ChosenMetric {
  if (choice !== 'auto') return { name: choice };
  const counts = countLabels(labels, classes);
  const ratio = Math.max(...counts) / Math.min(...counts);
  const isBalanced = ratio <= balancedRatio;
  return {
    name: isBalanced ? 'accuracy' : 'macro-f1',
    because: `the largest class has ${isBalanced ? 'at most' : 'more than'} ${balancedRatio} times the training reviews of the smallest`,
  };
}

/** Returns the number of examples of each class. */
export function countLabels(labels: Int32Array, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const label of labels) counts[label] = (counts[label] ?? 0) + 1;
  return counts;
}
