import { isLargerBetter, metricOf, type MetricName } from '../metric_names.js';
import type { Outcome } from './numbers/cross_fitting.js';
import { influencesOf, standardErrorOf } from './numbers/influences.js';

/** A metric of some examples with its standard error. */
export interface MeasuredMetric {
  name: MetricName;
  value: number;
  /** That of drawing the examples; where a metric goes by class, of drawing them with these numbers of each class. */
  standardError: number;
  /** `[n]`: by how much each example moves the value. */
  influences: Float64Array;
}

/** How much better one of two is by a metric. */
export interface PairedDifference {
  /** Positive where the first is better, be the metric one to raise or to lower. */
  difference: number;
  standardError: number;
}

/**
 * Measures a metric of what was predicted for examples.
 * @param labels `[n]`
 * @param outcomes one, or one a repeat of the cross-validation, over which the value and what each example adds to it
 * are averaged
 */
export function measureMetric(name: MetricName, labels: Int32Array, outcomes: readonly Outcome[]): MeasuredMetric {
  const values = outcomes.map(({ predicted, probabilities }) => metricOf(name, labels, predicted, probabilities));
  const influences = new Float64Array(labels.length);
  for (const outcome of outcomes) {
    influencesOf(name, labels, outcome).forEach((influence, row) => {
      influences[row] = (influences[row] ?? NaN) + influence / outcomes.length;
    });
  }
  return {
    name,
    value: values.reduce((sum, value) => sum + value, 0) / values.length,
    standardError: standardErrorOf(influences, strataOf(name, labels)),
    influences,
  };
}

/** Compares the same metric of two models by the same examples, whose influences are paired. */
export function pairedDifference(one: MeasuredMetric, other: MeasuredMetric, labels: Int32Array): PairedDifference {
  const differences = one.influences.map((influence, row) => influence - (other.influences[row] ?? NaN));
  const difference = one.value - other.value;
  return {
    difference: isLargerBetter(one.name) ? difference : -difference,
    standardError: standardErrorOf(differences, strataOf(one.name, labels)),
  };
}

function strataOf(name: MetricName, labels: Int32Array): Int32Array {
  return name === 'macro-f1' || name === 'roc-auc' ? labels : new Int32Array(labels.length);
}
