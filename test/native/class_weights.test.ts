import { expect, test } from '@jest/globals';
import { native } from '../../src/binding.js';
import type { Classifier, Tensor } from '../../binding.js';
import { allRows, bits, createModel, dtypes, engines, parametersOf, randomBags, setLora } from './support/models.js';
import type { ModelOptions } from './support/models.js';
import { expectCloseNumbers } from './support/tolerance.js';

const vocabulary = 60;

/** Makes a model whose base is trained, without an output layer where it is linear. */
function create(options: ModelOptions, isLinear: boolean): { classifier: Classifier; trainable: Tensor[] } {
  const model = createModel(options);
  setLora(model, false);
  const { hidden } = model;
  const classifier = new native.Classifier({ hidden, output: null, engine: options.engine });
  if (isLinear) return { classifier, trainable: [hidden.weight, hidden.bias] };
  const trainable = Object.values(parametersOf(model)).filter((tensor) => tensor.requiresGrad);
  return { classifier: model.classifier, trainable };
}

test.each(
  dtypes.flatMap((dtype) =>
    [
      { hidden: 5, classes: 5, isLinear: true },
      { hidden: 7, classes: 2, isLinear: false },
      { hidden: 200, classes: 5, isLinear: false },
    ].map((sizes) => ({ dtype, rank: 1, ...sizes })),
  ),
)('when $dtype models of width $hidden train with weights then both engines agree, clipped and dropped', (sizes) => {
  const bags = randomBags(50, vocabulary, sizes.classes);
  const classWeights = Float64Array.from({ length: sizes.classes }, (_, k) => 0.25 + 1.5 * k);
  const [torch, fused] = engines.map((engine) => {
    const { classifier, trainable } = create({ ...sizes, vocabulary, engine }, sizes.isLinear);
    const optimizer = new native.Sgd(trainable, { lr: 0.05 });
    const options = { batchSize: 16, optimizer, loss: 'logits', classWeights, maxGradNorm: 0.1 } as const;
    const dropped = { ...options, inputDropout: 0.3, dropoutSeed: 4 };
    const losses = [
      ...classifier.trainBatches(bags, allRows(bags), dropped),
      ...classifier.trainBatches(bags, allRows(bags), options),
    ];
    return { losses, logits: classifier.forward(bags).toTypedArray() };
  });
  if (!torch || !fused) throw new Error('no models');
  const stored = (data: ArrayLike<number | bigint>) => ({
    dtype: sizes.dtype,
    shape: [data.length],
    data: Float64Array.from(data as ArrayLike<number>),
  });
  const terms = 8 * (vocabulary + sizes.hidden + bags.length);
  expectCloseNumbers(fused.losses, stored(torch.losses), terms);
  expectCloseNumbers(Array.from(fused.logits as Float64Array), stored(torch.logits), terms);
});

test.each(engines)('when all weights are 1 then the engine %s computes the bits without any', (engine) => {
  const bags = randomBags(50, vocabulary, 3);
  const [plain, weighted] = [undefined, Float64Array.of(1, 1, 1)].map((classWeights) => {
    const { classifier, trainable } = create({ engine, vocabulary, hidden: 7, rank: 2, classes: 3 }, false);
    const optimizer = new native.Sgd(trainable, { lr: 0.05 });
    const options = { batchSize: 16, optimizer, loss: 'softmax', ...(classWeights && { classWeights }) } as const;
    return [bits(classifier.trainBatches(bags, allRows(bags), options)), ...trainable.map(bits)];
  });
  expect(weighted).toEqual(plain);
});
