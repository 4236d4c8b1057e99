import { TimeSlices } from '../system/time_slices.js';
import { metricOf, type MetricName } from './metric_names.js';
import { predictedClasses, type LabelledPredictions } from './numbers/classification_report.js';
import { mcNemarTest, type McNemarTest } from './numbers/mcnemar.js';
import { groupAlike, type AlikeExamples } from './numbers/alike_examples.js';
import { percentileInterval, Resampler } from './numbers/resampler.js';
import {
  weightedAccuracy,
  weightedLogLoss,
  weightedMacroF1,
  weightedRocAuc,
  type WeightedMetric,
} from './numbers/weighted_metrics.js';

/** A metric of two models on the same examples. */
export interface MetricDifference {
  metric: MetricName;
  a: number;
  b: number;
  /** `b` less `a`. */
  difference: number;
  /** The bounds of a bootstrap interval of the difference; null where no resample had one. */
  interval: [number, number] | null;
}

/** Two models, A and B, on the same examples. */
export interface PairedComparison {
  /** Number of examples. */
  reviews: number;
  bothRight: number;
  onlyA: number;
  onlyB: number;
  bothWrong: number;
  /** Of whether they are right equally often. */
  mcNemar: McNemarTest;
  differences: MetricDifference[];
  bootstrap: { draws: number; level: number; seed: number };
}

/** The Monte-Carlo error of a bound with so many draws is 6 % of a standard error. */
export const usualBootstrap = { draws: 2000, level: 0.95, seed: 1 } as const;

/**
 * Compares two models by what they predict for the same examples: McNemar's test, and for each metric the difference with a
 * percentile interval of the paired bootstrap (Efron and Tibshirani 1993), in which both models get the same resamples.
 * @param a predictions of model A
 * @param b predictions of model B, with the same labels
 * @throws the reason of `signal`
 */
export async function comparePredictions(
  a: LabelledPredictions,
  b: LabelledPredictions,
  metrics: readonly MetricName[],
  { draws, level, seed }: PairedComparison['bootstrap'] = usualBootstrap,
  signal?: AbortSignal,
): Promise<PairedComparison> {
  const { labels } = a;
  const counts = countRight(labels, predictedClasses(a), predictedClasses(b));
  const samples = await bootstrap(a, b, metrics, { draws, seed }, new TimeSlices(signal));
  const differences = metrics.map((metric): MetricDifference => {
    const [first, second] = [valueOf(metric, a), valueOf(metric, b)];
    const defined = samples.get(metric)?.filter((value) => !Number.isNaN(value)) ?? new Float64Array(0);
    const interval = defined.length === 0 ? null : percentileInterval(defined, level);
    return { metric, a: first, b: second, difference: second - first, interval };
  });
  return {
    reviews: labels.length,
    ...counts,
    mcNemar: mcNemarTest(counts.onlyA, counts.onlyB),
    differences,
    bootstrap: { draws, level, seed },
  };
}

function countRight(
  labels: Int32Array,
  a: Int32Array,
  b: Int32Array,
): Pick<PairedComparison, 'bothRight' | 'onlyA' | 'onlyB' | 'bothWrong'> {
  const counts = { bothRight: 0, onlyA: 0, onlyB: 0, bothWrong: 0 };
  labels.forEach((label, row) => {
    const [isA, isB] = [a[row] === label, b[row] === label];
    counts[isA ? (isB ? 'bothRight' : 'onlyA') : isB ? 'onlyB' : 'bothWrong'] += 1;
  });
  return counts;
}

/** Returns the differences of each metric in the resamples, which are the same for all metrics, `[draws]` each. */
async function bootstrap(
  a: LabelledPredictions,
  b: LabelledPredictions,
  metrics: readonly MetricName[],
  { draws, seed }: { draws: number; seed: number },
  slices: TimeSlices,
): Promise<Map<MetricName, Float64Array>> {
  const samples = new Map(metrics.map((metric) => [metric, new Float64Array(draws)]));
  const grouped = groupAlike(a.labels, predictedClasses(a), predictedClasses(b));
  const differences = metrics.map((metric) => differenceOf(metric, a, b, grouped));
  for (const isGrouped of [true, false]) {
    const own = differences.filter((each) => each.isGrouped === isGrouped);
    if (own.length === 0) continue;
    const groups = isGrouped ? grouped.groups : Int32Array.from(a.labels.keys());
    const weights = new Int32Array(isGrouped ? grouped.labels.length : groups.length);
    const resampler = new Resampler(seed);
    for (let draw = 0; draw < draws; draw += 1) {
      resampler.draw(groups, weights);
      for (const { metric, first, second } of own)
        samples.get(metric)?.fill(second(weights) - first(weights), draw, draw + 1);
      if (slices.isOver) await slices.next();
    }
  }
  return samples;
}

/** A metric of two models, as functions of how often each example, or each group of examples that are alike, counts. */
interface WeightedPair {
  metric: MetricName;
  isGrouped: boolean;
  first: WeightedMetric;
  second: WeightedMetric;
}

function differenceOf(
  metric: MetricName,
  a: LabelledPredictions,
  b: LabelledPredictions,
  { labels, first, second }: AlikeExamples,
): WeightedPair {
  const { classes } = a;
  switch (metric) {
    case 'accuracy': {
      const of = (predicted: Int32Array): WeightedMetric => weightedAccuracy(labels, predicted);
      return { metric, isGrouped: true, first: of(first), second: of(second) };
    }
    case 'macro-f1': {
      const of = (predicted: Int32Array): WeightedMetric => weightedMacroF1(labels, predicted, classes);
      return { metric, isGrouped: true, first: of(first), second: of(second) };
    }
    case 'log-loss':
    case 'roc-auc': {
      const weighted = metric === 'log-loss' ? weightedLogLoss : weightedRocAuc;
      const of = (own: LabelledPredictions): WeightedMetric => weighted(own.labels, own.probabilities, classes);
      return { metric, isGrouped: false, first: of(a), second: of(b) };
    }
  }
}

function valueOf(metric: MetricName, predictions: LabelledPredictions): number {
  return metricOf(metric, predictions.labels, predictedClasses(predictions), predictions.probabilities);
}
