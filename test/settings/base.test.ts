import { expect, test } from '@jest/globals';
import { inheritFrom } from '../../src/settings/base.js';
import { notebookDescription } from '../../src/storage/model_description.js';
import type { StoredRun } from '../../src/storage/read_run.js';

const options = {
  ...{ seed: 5, vocabularySize: 50, validationSize: 12, validFile: 'valid.csv', split: 'movie' },
  ...{ train: 'train.csv', test: 'test.csv', labels: ['a', 'b'] },
  ...{ batchSize: 8, learningRate: 0.5, loss: 'logits', schedule: 'linear', warmup: 0.1, maxGradNorm: 2 },
  ...{ optimizer: 'adam', momentum: 0, weightDecay: 0.01, betas: [0.8, 0.9], eps: 1e-6 },
  ...{ epochs: 9, rank: 4, nesterov: true, threads: 3, features: { ngrams: 2 } },
};
const weight = { dtype: 'float64', shape: [6, 50], data: new Float64Array(300) };
const run = {
  run: { schema: 1, command: 'train', options },
  description: notebookDescription(50, 6),
  tensors: new Map([['fc1.weight', weight]]),
} as unknown as StoredRun;

function inherited(beside: Partial<Parameters<typeof inheritFrom>[1]> = {}): ReturnType<typeof inheritFrom> {
  return inheritFrom({ path: 'base', run }, { preset: undefined, config: {}, given: {}, ...beside });
}

const always = { seed: 5, vocab: 50, split: 'movie' };
const reviews = { train: 'train.csv', valid: 'valid.csv', test: 'test.csv', labels: ['a', 'b'] };
const training = { batch: 8, lr: 0.5, loss: 'logits', schedule: 'linear', warmup: 0.1, clip: 2 };
const optimizer = { optimizer: 'adam', momentum: 0, weightDecay: 0.01, betas: [0.8, 0.9], eps: 1e-6 };

test('when nothing is given beside a base then how it was trained is taken over, and on what', () => {
  expect(inherited().usual).toEqual({ ...always, ...reviews, ...training, ...optimizer });
});

test('when a preset, an optimizer or reviews are given then what belongs to them is not taken over', () => {
  expect(inherited({ preset: 'stable' }).usual).toEqual({ ...always, ...reviews });
  expect(inherited({ given: { optimizer: 'sgd' } }).usual).toEqual({ ...always, ...reviews, ...training });
  expect(inherited({ config: { optimizer: 'sgd' } }).usual).not.toHaveProperty('betas');
  const others = { ...always, ...training, ...optimizer };
  expect(inherited({ given: { data: 'sample' } }).usual).toEqual(others);
  expect(inherited({ config: { train: 'x.csv' } }).usual).toEqual(others);
});

test('when a base is given then its model fixes the features, the hidden layer and the precision', () => {
  const { fixed } = inherited();
  expect(fixed).toMatchObject({ hidden: 6, dtype: 'float64', tokenizer: 'notebook', ngrams: 1, minCount: 1 });
  expect(inherited({ given: { hidden: 6 } }).fixed).toEqual(fixed);
  expect(() => inherited({ given: { hidden: 7, dtype: 'float32' } })).toThrow(
    'Expected --hidden 6, as the model of base has, but received 7.\nExpected --dtype float64, as',
  );
});
