import { expect, test } from '@jest/globals';
import { native } from '../../src/binding.js';
import { dtypes } from './support/models.js';

test.each(dtypes)('when there is no generator then all parameters of %s are 0 and can be loaded', (dtype) => {
  const shape = { inFeatures: 5, outFeatures: 3, dtype };
  const layers = [new native.Linear(shape), new native.LoraLinear({ ...shape, rank: 2, alpha: 4, useDora: false })];
  for (const { weight, bias } of layers) {
    expect(Array.from(weight.toTypedArray(), Number)).toEqual(new Array(15).fill(0));
    expect(Array.from(bias.toTypedArray(), Number)).toEqual([0, 0, 0]);
    weight.copy_(native.Tensor.ones([3, 5], { dtype }));
    expect(weight.requiresGrad).toBe(true);
  }
  const [, lora] = layers as [unknown, InstanceType<typeof native.LoraLinear>];
  expect([lora.up, lora.down].map((tensor) => Array.from(tensor.toTypedArray(), Number))).toEqual([
    new Array(6).fill(0),
    new Array(10).fill(0),
  ]);
  expect([lora.rank, lora.alpha, lora.magnitude]).toEqual([2, 4, null]);
});
