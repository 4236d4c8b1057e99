import { expect, test } from '@jest/globals';
import { chooseMetric } from '../../src/experiments/choose_metric.js';

function labelsOf(...counts: number[]): Int32Array {
  return Int32Array.from(counts.flatMap((count, label) => new Array<number>(count).fill(label)));
}

test.each([
  [[20, 80], 'accuracy', 'at most'],
  [[19, 80], 'macro-f1', 'more than'],
  [[30, 20, 100], 'macro-f1', 'more than'],
  [[30, 0], 'macro-f1', 'more than'],
])('when nothing is asked for and classes have %j reviews then the metric is %s', (counts, name, words) => {
  expect(chooseMetric('auto', labelsOf(...counts), counts.length)).toEqual({
    name,
    because: `the largest class has ${words} 4 times the training reviews of the smallest`,
  });
});

test('when a metric is asked for then it is taken', () => {
  expect(chooseMetric('roc-auc', labelsOf(1, 100), 2)).toEqual({ name: 'roc-auc' });
});
