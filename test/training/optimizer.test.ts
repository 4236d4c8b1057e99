import { expect, test } from '@jest/globals';
import { notebook } from '../../src/experiments/options.js';
import { createClassifier } from '../../src/model/classifier_model.js';
import { Bags, Generator, Linear, SparseAdam, Tensor } from '../../src/model/native.js';
import { readModule, trainableParameters, type Module } from '../../src/model/parameters.js';
import { createOptimizer } from '../../src/training/optimizer.js';

const moments = { betas: [0.5, 0.6], eps: 0.25 } as const;

test.each(['adam', 'adamw'] as const)('when %s has betas and eps then its steps are made with them', (optimizer) => {
  using generator = new Generator(1);
  using layer = new Linear({ inFeatures: 3, outFeatures: 2, dtype: 'float64', generator });
  const { weight } = layer;
  const gradients = [0.5, -2];
  const stepper = createOptimizer({ ...notebook, ...moments, optimizer, lr: 0.1 }, [weight]);
  let expected = Array.from(weight.toTypedArray(), Number);
  let [mean, square] = [0, 0];
  for (const [index, gradient] of gradients.entries()) {
    stepper.zeroGrad();
    weight
      .mul(Tensor.from(Float64Array.of(gradient), [1]))
      .sum()
      .backward();
    stepper.step();
    mean = 0.5 * mean + 0.5 * gradient;
    square = 0.6 * square + 0.4 * gradient ** 2;
    const [corrected, spread] = [mean / (1 - 0.5 ** (index + 1)), square / (1 - 0.6 ** (index + 1))];
    const step = (0.1 * corrected) / (Math.sqrt(spread) + 0.25);
    // AdamW decays weights apart from the gradient, here by nothing.
    expected = expected.map((value) => value - step);
  }
  const actual = Array.from(weight.toTypedArray(), Number);
  expect(actual).toEqual(expected.map((value) => expect.closeTo(value, 12)));
});

/** A small model after three steps. */
function trained(optimizerOf: (parameters: Tensor[]) => ReturnType<typeof createOptimizer>): Module {
  using generator = new Generator(1);
  const model = createClassifier({ vocabularySize: 4, hidden: 3, generator });
  using bags = new Bags({
    ids: Int32Array.of(0, 1, 1, 2, 3),
    offsets: Int32Array.of(0, 2, 4, 5),
    labels: Int32Array.of(0, 1, 0),
    vocabularySize: 4,
  });
  const optimizer = optimizerOf(trainableParameters(model));
  const options = { batchSize: 1, optimizer, loss: 'logits' } as const;
  model.classifier.trainBatches(bags, Int32Array.of(0, 1, 2), options);
  return readModule(model);
}

test('when sparse-adam has betas and eps then its steps are made with them', () => {
  const options = { ...notebook, optimizer: 'sparse-adam', lr: 0.1 } as const;
  const given = trained((parameters) => createOptimizer({ ...options, ...moments }, parameters));
  expect(given).toEqual(trained((parameters) => new SparseAdam(parameters, { lr: 0.1, ...moments })));
  const usual = trained((parameters) => createOptimizer(options, parameters));
  expect(usual).toEqual(trained((parameters) => new SparseAdam(parameters, { lr: 0.1 })));
  expect(given).not.toEqual(usual);
});
