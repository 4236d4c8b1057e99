import assert from 'node:assert/strict';
import { expect, test } from '@jest/globals';
import { native } from '../../src/binding.js';
import { allRows, bits, createModel, randomBags, setLora, type Model } from './support/models.js';

const vocabulary = 30;
const bags = randomBags(20, vocabulary);
const rows = allRows(bags);

/** With a branch and magnitudes that change something. */
function createDora(engine: 'torch' | 'fused'): Model {
  const model = createModel({ engine, vocabulary, hidden: 7, dtype: 'float64' });
  const { hidden, generator } = model;
  hidden.initializeAdapter({ rank: 2, alpha: 3, useDora: true, initialization: 'gaussian', generator });
  hidden.up.copy_(native.Tensor.randn(hidden.up.shape, { generator }));
  setLora(model, true);
  return model;
}

test('when the engine is fused then a branch with DoRA is refused while it is on', () => {
  const { classifier, hidden } = createDora('fused');
  const optimizer = new native.Sgd([hidden.up], { lr: 0.1 });
  const options = { loss: 'softmax', batchSize: 4, optimizer } as const;
  const calls = [
    () => classifier.forward(bags),
    () => classifier.evaluate(bags, options),
    () => classifier.gradients(bags, rows, options),
    () => classifier.trainBatches(bags, rows, options),
  ];
  for (const call of calls) expect(call).toThrow(expect.objectContaining({ code: 'ERR_STATE' }));
  hidden.loraEnabled = false;
  expect(classifier.forward(bags).isFinite()).toBe(true);
});

test('when gradients are asked for then they include those of the magnitudes, and nothing changes', () => {
  const { classifier, hidden } = createDora('torch');
  const { magnitude } = hidden;
  const { magnitude: gradient, weight } = classifier.gradients(bags, rows, { loss: 'logits' });
  expect(weight).toBeNull();
  expect(magnitude?.grad).toBeNull();
  assert(magnitude && gradient);
  const optimizer = new native.Sgd([magnitude], { lr: 1 });
  const before = magnitude.add(0);
  classifier.trainBatches(bags, rows, { batchSize: rows.length, optimizer, loss: 'logits' });
  expect(bits(magnitude)).toBe(bits(before.sub(gradient)));
});
