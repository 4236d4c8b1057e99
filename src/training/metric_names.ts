import { accuracyOf, countClasses, logLoss, macroF1, meanRocAuc } from './numbers/metric_values.js';

/** The metrics by which models are compared and decisions are fitted. */
export const metricNames = ['accuracy', 'macro-f1', 'log-loss', 'roc-auc'] as const;
export type MetricName = (typeof metricNames)[number];

/** Values of other metrics than accuracy, by their names. */
export type MetricValues = Partial<Record<Exclude<MetricName, 'accuracy'>, number>>;

/** Says whether a value of a metric is better than another; a NaN is no better than anything. */
export function isBetter(name: MetricName, value: number, than: number): boolean {
  return isLargerBetter(name) ? value > than : value < than;
}

/** The value that any other is better than. */
export function worstOf(name: MetricName): number {
  return isLargerBetter(name) ? -Infinity : Infinity;
}

/** Says whether a larger value of a metric is a better one. */
export function isLargerBetter(name: MetricName): boolean {
  return name !== 'log-loss';
}

/**
 * Returns the value of a metric. `accuracy` and `macro-f1` (the mean over the classes that have examples) look at the
 * predicted classes; `log-loss` and `roc-auc` (of the second of two classes; of more, the mean of each against the rest)
 * look at the probabilities. NaN where the metric is not defined.
 * @param labels `[n]`
 * @param predicted `[n]`: classes
 * @param probabilities `[n, classes]`, row-major
 */
export function metricOf(
  name: MetricName,
  labels: Int32Array,
  predicted: Int32Array,
  probabilities: Float64Array,
): number {
  const classes = probabilities.length / labels.length;
  switch (name) {
    case 'accuracy':
      return accuracyOf(labels, predicted);
    case 'macro-f1':
      return macroF1(countClasses(labels, predicted, classes));
    case 'log-loss':
      return logLoss(labels, probabilities, classes);
    case 'roc-auc':
      return meanRocAuc(labels, probabilities, classes);
  }
}
