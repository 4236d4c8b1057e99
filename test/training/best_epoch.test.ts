import { expect, test } from '@jest/globals';
import { Tensor } from '../../src/model/native.js';
import { BestEpoch } from '../../src/training/best_epoch.js';

function numbersOf(tensor: Tensor): number[] {
  return Array.from(tensor.toTypedArray(), Number);
}

test('when validation gets worse then the parameters of the best epoch, the first of equal ones, come back', () => {
  const parameters = [Tensor.from(Float32Array.of(0, 0), [2]), Tensor.from(Float64Array.of(0), [1, 1])];
  const [first, second] = parameters as [Tensor, Tensor];
  const best = new BestEpoch(parameters);
  [0.6, 0.8, 0.8, 0.7].forEach((accuracy, index) => {
    const epoch = index + 1;
    first.copy_(Tensor.from(Float32Array.of(epoch, -epoch), [2]));
    second.copy_(Tensor.from(Float64Array.of(10 * epoch), [1, 1]));
    best.observe({ epoch, valid: { loss: 1, accuracy } });
  });
  best.restore();
  expect(best.epoch).toBe(2);
  expect([numbersOf(first), numbersOf(second)]).toEqual([[2, -2], [20]]);
  best.dispose();
});

test.each([
  ['accuracy', 2],
  ['macro-f1', 3],
  ['log-loss', 1],
  ['roc-auc', 0],
] as const)('when the metric is %s then epoch %i is the best; an epoch without it is never', (metric, expected) => {
  const best = new BestEpoch([Tensor.from(Float32Array.of(0), [1])], metric);
  [0.5, 0.9, 0.8].forEach((accuracy, index) => {
    const others = { 'macro-f1': index / 10, 'log-loss': index / 10, 'roc-auc': NaN };
    best.observe({ epoch: index + 1, valid: { loss: 1, accuracy, ...others } });
  });
  expect(best.epoch).toBe(expected);
  best.dispose();
});
