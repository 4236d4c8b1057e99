import { expect, test } from '@jest/globals';
import { metricNames, metricOf } from '../../src/training/metric_names.js';
import { readDecisionsFixture } from '../support/decisions_fixture.js';

const fixture = readDecisionsFixture();
/** Sums of some hundred float64 numbers around 1. */
const digits = 12;

test.each(fixture.metrics.map((each) => ({ classes: each.probabilities[0]?.length, ...each })))(
  'when there are $classes classes then the metrics are those of scikit-learn',
  ({ labels, probabilities, predicted, values }) => {
    for (const name of metricNames) {
      const value = metricOf(
        name,
        Int32Array.from(labels),
        Int32Array.from(predicted),
        Float64Array.from(probabilities.flat()),
      );
      expect({ name, value }).toEqual({ name, value: expect.closeTo(values[name], digits) });
    }
  },
);

test('when probabilities round to 1 then the area under the curve still tells them apart', () => {
  const labels = Int32Array.of(1, 0, 1, 0);
  const probabilities = Float64Array.of(1e-30, 1, 1e-20, 1, 1e-40, 1, 0.5, 0.5);
  expect(metricOf('roc-auc', labels, Int32Array.of(1, 1, 1, 0), probabilities)).toBe(1);
});

test('when a label has no probability at all then the log loss is large and finite', () => {
  const probabilities = Float64Array.of(1, 0, 0, 1);
  const loss = metricOf('log-loss', Int32Array.of(1, 1), Int32Array.of(0, 1), probabilities);
  expect(loss).toBeCloseTo((1022 * Math.LN2) / 2, 9);
});

test('when a class has no examples then it does not count, and without two classes there is no area', () => {
  const labels = Int32Array.of(0, 0, 2, 2);
  const predicted = Int32Array.of(0, 1, 2, 2);
  const probabilities = Float64Array.from([0.8, 0.1, 0.1, 0.2, 0.7, 0.1, 0, 0, 1, 0, 0.1, 0.9]);
  expect(metricOf('macro-f1', labels, predicted, probabilities)).toBeCloseTo((2 / 3 + 1) / 2, digits);
  expect(metricOf('roc-auc', labels, predicted, probabilities)).toBe(1);
  expect(metricOf('roc-auc', Int32Array.of(1, 1), Int32Array.of(1, 1), Float64Array.of(0, 1, 0, 1))).toBeNaN();
});
