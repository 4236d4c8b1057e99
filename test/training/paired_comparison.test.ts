import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { metricNames, metricOf, type MetricName } from '../../src/training/metric_names.js';
import { decide } from '../../src/portable/numbers/decision.js';
import { groupAlike } from '../../src/training/numbers/alike_examples.js';
import type { LabelledPredictions } from '../../src/training/numbers/classification_report.js';
import { mcNemarTest } from '../../src/training/numbers/mcnemar.js';
import { percentileInterval, Resampler } from '../../src/training/numbers/resampler.js';
import {
  weightedAccuracy,
  weightedLogLoss,
  weightedMacroF1,
  weightedRocAuc,
} from '../../src/training/numbers/weighted_metrics.js';
import { comparePredictions, usualBootstrap } from '../../src/training/paired_comparison.js';

interface Fixture {
  mcNemar: { counts: [number, number]; exactP: number; midP: number }[];
  comparisons: {
    labels: number[];
    classes: number;
    a: number[];
    b: number[];
    metrics: Record<MetricName, { a: number; b: number; interval: [number, number]; standardError: number }>;
  }[];
}

/** Of scripts/make_comparison_fixture.py. */
const fixture = JSON.parse(readFileSync(new URL('../fixtures/comparison.json', import.meta.url), 'utf8')) as Fixture;

function predictions(
  labels: readonly number[],
  probabilities: readonly number[],
  classes: number,
): LabelledPredictions {
  const numbers = Float64Array.from(probabilities);
  return { labels: Int32Array.from(labels), probabilities: numbers, logOdds: numbers, classes };
}

test.each(fixture.mcNemar)('when $counts are right alone then the p-values are those of scipy', (expected) => {
  const { midP, exactP } = mcNemarTest(...expected.counts);
  // Sums of up to 726 rounded logarithms, of up to some hundred each.
  expect(Math.abs(midP / expected.midP - 1)).toBeLessThan(1e-11);
  expect(Math.abs(exactP / expected.exactP - 1)).toBeLessThan(1e-11);
});

test('when the counts are those of Bentur et al. then the mid-p-value is that of Fagerland et al.', () => {
  expect(mcNemarTest(7, 1).midP.toFixed(4)).toBe('0.0391');
  expect(mcNemarTest(7, 1).exactP.toFixed(4)).toBe('0.0703');
});

test.each(fixture.comparisons)(
  'when $classes classes are compared then the figures are those of scipy',
  async (given) => {
    const { labels, classes, a, b, metrics } = given;
    const models = [predictions(labels, a, classes), predictions(labels, b, classes)] as const;
    const { differences } = await comparePredictions(...models, metricNames);
    expect(differences.map(({ metric }) => metric)).toEqual([...metricNames]);
    for (const { metric, a: first, b: second, difference, interval } of differences) {
      const expected = metrics[metric];
      expect(first).toBeCloseTo(expected.a, 12);
      expect(second).toBeCloseTo(expected.b, 12);
      expect(difference).toBe(second - first);
      // Five times the Monte-Carlo errors of both, of 6 % and of 4 % of a standard error, and a step of the accuracy.
      const tolerance = 0.36 * expected.standardError + 1 / labels.length;
      expect(Math.abs((interval?.[0] ?? NaN) - expected.interval[0])).toBeLessThan(tolerance);
      expect(Math.abs((interval?.[1] ?? NaN) - expected.interval[1])).toBeLessThan(tolerance);
    }
  },
);

test('when examples count several times then metrics are those of examples that are there as often', () => {
  for (const { labels, classes, a } of fixture.comparisons) {
    const given = predictions(labels, a, classes);
    const predicted = decide(given.probabilities, classes, undefined);
    const weighted = {
      accuracy: weightedAccuracy(given.labels, predicted),
      'macro-f1': weightedMacroF1(given.labels, predicted, classes),
      'log-loss': weightedLogLoss(given.labels, given.probabilities, classes),
      'roc-auc': weightedRocAuc(given.labels, given.probabilities, classes),
    };
    const weights = Int32Array.from(labels, (_, row) => (row * 7) % 4);
    const rows = [...weights].flatMap((weight, row) => Array.from({ length: weight }, () => row));
    const repeated = predictions(
      rows.map((row) => labels[row] ?? NaN),
      rows.flatMap((row) => a.slice(row * classes, (row + 1) * classes)),
      classes,
    );
    const own = decide(repeated.probabilities, classes, undefined);
    for (const name of metricNames) {
      expect(weighted[name](weights)).toBeCloseTo(metricOf(name, repeated.labels, own, repeated.probabilities), 12);
    }
  }
});

test('when both models are compared on a few examples then who is right is counted', async () => {
  const sure = (classes: readonly number[]): number[] => classes.flatMap((of) => (of === 0 ? [0.9, 0.1] : [0.1, 0.9]));
  const labels = [0, 0, 1, 1, 1, 0];
  const a = predictions(labels, sure([0, 0, 1, 0, 0, 1]), 2);
  const b = predictions(labels, sure([0, 1, 1, 1, 0, 0]), 2);
  expect(await comparePredictions(a, b, ['accuracy'])).toMatchObject({
    reviews: 6,
    ...{ bothRight: 2, onlyA: 1, onlyB: 2, bothWrong: 1 },
    mcNemar: mcNemarTest(1, 2),
    differences: [{ metric: 'accuracy', a: 3 / 6, b: 4 / 6 }],
    bootstrap: { draws: 2000, level: 0.95 },
  });
});

test('when metrics are compared together then each has the interval that it has alone, which a seed decides', async () => {
  const [{ labels, classes, a, b } = { labels: [], classes: 2, a: [], b: [] }] = fixture.comparisons;
  const models = [predictions(labels, a, classes), predictions(labels, b, classes)] as const;
  const options = { ...usualBootstrap, draws: 50 };
  const together = await comparePredictions(...models, metricNames, options);
  for (const [index, name] of metricNames.entries()) {
    const { differences } = await comparePredictions(...models, [name], options);
    expect(differences).toEqual([together.differences[index]]);
  }
  const other = await comparePredictions(...models, metricNames, { ...options, seed: 2 });
  expect(other.differences[2]?.interval).not.toEqual(together.differences[2]?.interval);
});

test('when no resample has a metric then it has no interval', async () => {
  const a = predictions([0, 0], [0.9, 0.1, 0.2, 0.8], 2);
  const { differences } = await comparePredictions(a, a, ['roc-auc']);
  expect(differences).toEqual([{ metric: 'roc-auc', a: NaN, b: NaN, difference: NaN, interval: null }]);
});

test('when it is aborted then it ends with the reason', async () => {
  const labels = Array.from({ length: 20_000 }, (_, row) => row % 2);
  const model = predictions(
    labels,
    labels.flatMap((label) => [1 - label, label]),
    2,
  );
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(comparePredictions(model, model, ['log-loss'], usualBootstrap, signal)).rejects.toThrow('enough');
});

test('when examples are resampled then as many are drawn, each equally often in the long run', () => {
  const groups = Int32Array.from({ length: 50 }, (_, row) => row);
  const weights = new Int32Array(50);
  const sums = new Float64Array(50);
  const resampler = new Resampler(7);
  const draws = 4000;
  for (let draw = 0; draw < draws; draw += 1) {
    resampler.draw(groups, weights);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBe(50);
    weights.forEach((weight, row) => sums.fill((sums[row] ?? NaN) + weight, row, row + 1));
  }
  // Five standard deviations.
  for (const sum of sums) expect(Math.abs(sum - draws)).toBeLessThan(5 * Math.sqrt(draws));
});

test('when examples have the same label and predictions then they are one group', () => {
  const { groups, labels, first, second } = groupAlike(
    Int32Array.of(0, 1, 0, 0),
    Int32Array.of(0, 1, 0, 1),
    Int32Array.of(1, 1, 1, 1),
  );
  expect([...groups]).toEqual([0, 1, 0, 2]);
  expect([labels, first, second].map((each) => [...each])).toEqual([
    [0, 1, 0],
    [0, 1, 1],
    [1, 1, 1],
  ]);
});

test('when bounds fall between two numbers then they are interpolated as numpy does', () => {
  expect(percentileInterval(Float64Array.of(4, 1, 3, 2), 0.5)).toEqual([1.75, 3.25]);
});
