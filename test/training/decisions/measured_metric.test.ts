import { expect, test } from '@jest/globals';
import { measureMetric, pairedDifference } from '../../../src/training/decisions/measured_metric.js';
import { readDecisionsFixture } from '../../support/decisions_fixture.js';

const { bootstrap } = readDecisionsFixture();
const labels = Int32Array.from(bootstrap.labels);

function outcomeOf(scores: readonly number[]) {
  const probabilities = Float64Array.from(
    scores.flatMap((score) => [1 / (1 + Math.exp(score)), 1 / (1 + Math.exp(-score))]),
  );
  return { predicted: Int32Array.from(scores, (score) => Number(score > 0)), probabilities };
}

const [one, other] = [outcomeOf(bootstrap.one), outcomeOf(bootstrap.other)];

test.each(['macro-f1', 'roc-auc'] as const)(
  'when %s is measured then its standard errors are those of a bootstrap of each class',
  (name) => {
    const [first, second] = [one, other].map((outcome) => measureMetric(name, labels, [outcome]));
    if (first === undefined || second === undefined) throw new Error('unreachable');
    // 2,000 draws have a standard error of 1.6 % of a standard deviation; this is four of it.
    const isClose = (value: number, expected: number) => Math.abs(value / expected - 1) < 0.064;
    expect(isClose(first.standardError, bootstrap[name].one)).toBe(true);
    const paired = pairedDifference(first, second, labels);
    expect(paired.difference).toBeCloseTo(first.value - second.value, 12);
    expect(isClose(paired.standardError, bootstrap[name].difference)).toBe(true);
  },
);

test('when accuracy is measured then its standard error is that of a share', () => {
  const { value, standardError } = measureMetric('accuracy', labels, [one]);
  expect(standardError).toBeCloseTo(Math.sqrt((value * (1 - value)) / (labels.length - 1)), 12);
});

test('when a metric is to be lowered then the lower one is better by the difference', () => {
  const [first, second] = [
    measureMetric('log-loss', labels, [one]),
    measureMetric('log-loss', labels, [outcomeOf(bootstrap.one.map((score) => -score))]),
  ];
  expect(first.value).toBeLessThan(second.value);
  expect(pairedDifference(first, second, labels).difference).toBeCloseTo(second.value - first.value, 12);
});

test('when a cross-validation is repeated then examples are averaged over the repeats first', () => {
  const repeated = measureMetric('accuracy', labels, [one, other]);
  const hits = Array.from(
    labels,
    (label, row) => (Number(one.predicted[row] === label) + Number(other.predicted[row] === label)) / 2,
  );
  const mean = hits.reduce((sum, hit) => sum + hit, 0) / hits.length;
  const square = hits.reduce((sum, hit) => sum + (hit - mean) ** 2, 0);
  expect(repeated.value).toBeCloseTo(mean, 12);
  expect(repeated.standardError).toBeCloseTo(Math.sqrt(square / (hits.length - 1) / hits.length), 12);
});

test('when two predict the same then there is no difference, and no error of it', () => {
  for (const name of ['accuracy', 'macro-f1', 'log-loss', 'roc-auc'] as const) {
    const measured = measureMetric(name, labels, [one]);
    expect(pairedDifference(measured, measured, labels)).toEqual({
      difference: expect.closeTo(0, 15),
      standardError: 0,
    });
  }
});
