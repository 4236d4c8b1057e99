import { describe, expect, test } from '@jest/globals';
import type { LossForm } from '../../binding.js';
import { native } from '../../src/binding.js';
import {
  allRows,
  bits,
  createModel,
  dtypes,
  engines,
  fillB,
  parametersOf,
  randomBags,
  setLora,
  type Model,
  type ParameterName,
} from './support/models.js';
import { expectCloseNumbers } from './support/tolerance.js';

const vocabulary = 30;
const bags = randomBags(20, vocabulary);
const loss: LossForm = 'softmax';
const options = engines.flatMap((engine) => dtypes.map((dtype) => ({ engine, dtype, vocabulary, hidden: 7, rank: 2 })));

function bitsOfAll(model: Model): Record<ParameterName, string> {
  const entries = Object.entries(parametersOf(model)).map(([name, tensor]) => [name, bits(tensor)]);
  return Object.fromEntries(entries) as Record<ParameterName, string>;
}

function train(model: Model, steps = 5): Float64Array {
  const trainable = Object.values(parametersOf(model)).filter((tensor) => tensor.requiresGrad);
  const optimizer = new native.Sgd(trainable, { lr: 0.1 });
  const rows = allRows(bags).subarray(0, steps * 4);
  return model.classifier.trainBatches(bags, rows, { batchSize: 4, optimizer, loss });
}

function logits(model: Model): number[] {
  return Array.from(model.classifier.forward(bags).toTypedArray(), Number);
}

describe.each(options)('LoRA with engine $engine in $dtype', (setup) => {
  test('when the layer is new then switching the branch on changes no output', () => {
    const model = createModel(setup);
    const before = logits(model);
    setLora(model, true);
    const after = logits(model);
    // By ==, since 0 may have become -0.
    expect(after.every((value, i) => value === before[i])).toBe(true);
  });

  test('when `down` is garbage then it shows only while the branch is on', () => {
    const model = createModel(setup);
    const before = logits(model);
    fillB(model);
    expect(logits(model)).toEqual(before);
    setLora(model, true);
    expect(logits(model)).not.toEqual(before);
    setLora(model, false);
    expect(logits(model)).toEqual(before);
  });

  test('when the branch trains then the base keeps every bit and the rest moves', () => {
    const model = createModel(setup);
    setLora(model, true);
    const before = bitsOfAll(model);
    train(model);
    const after = bitsOfAll(model);
    const moved = Object.keys(after).filter((name) => after[name as ParameterName] !== before[name as ParameterName]);
    expect(moved).toEqual(['up', 'down', 'outputWeight', 'outputBias']);
  });

  test('when the base trains then the branch keeps every bit and the rest moves', () => {
    const model = createModel(setup);
    const before = bitsOfAll(model);
    train(model);
    const after = bitsOfAll(model);
    const moved = Object.keys(after).filter((name) => after[name as ParameterName] !== before[name as ParameterName]);
    expect(moved).toEqual(['weight', 'bias', 'outputWeight', 'outputBias']);
  });

  test('when the optimizer holds one parameter then only that one changes', () => {
    const model = createModel(setup);
    const before = bitsOfAll(model);
    const optimizer = new native.Sgd([model.output.bias], { lr: 0.1 });
    model.classifier.trainBatches(bags, allRows(bags), { batchSize: 4, optimizer, loss });
    const { outputBias: biasBefore, ...othersBefore } = before;
    const { outputBias: biasAfter, ...othersAfter } = bitsOfAll(model);
    expect(othersAfter).toEqual(othersBefore);
    expect(biasAfter).not.toBe(biasBefore);
  });

  test('when the branch is merged then outputs stay, the branch is off and new, and the bias has its bits', () => {
    const model = createModel(setup);
    fillB(model);
    setLora(model, true);
    train(model);
    const before = logits(model);
    const bitsBefore = bitsOfAll(model);
    const { hidden, generator } = model;
    hidden.merge({ generator });
    const bitsAfter = bitsOfAll(model);
    expectCloseNumbers(logits(model), { ...setup, shape: [], data: Float64Array.from(before) }, 2 * vocabulary);
    expect(hidden.loraEnabled).toBe(false);
    expect([hidden.weight, hidden.bias, hidden.up, hidden.down].map((t) => t.requiresGrad)).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(Array.from(hidden.down.toTypedArray(), Number)).toEqual(new Array<number>(2 * vocabulary).fill(0));
    expect(bitsAfter.bias).toBe(bitsBefore.bias);
    expect(bitsAfter.weight).not.toBe(bitsBefore.weight);
    expect(bitsAfter.up).not.toBe(bitsBefore.up);
  });

  test('when the branch is merged and kept then up and down have their bits', () => {
    const model = createModel(setup);
    fillB(model);
    const before = bitsOfAll(model);
    model.hidden.merge({ keepAdapter: true });
    const after = bitsOfAll(model);
    expect([after.up, after.down]).toEqual([before.up, before.down]);
    expect(after.weight).not.toBe(before.weight);
  });

  test('when a merged branch is unmerged then every bit is what it was', () => {
    const model = createModel(setup);
    const { hidden, generator } = model;
    fillB(model);
    setLora(model, true);
    const before = [bitsOfAll(model), logits(model)];
    hidden.merge({ keepAdapter: true });
    expect(hidden.merged).toBe(true);
    expect(bitsOfAll(model)).not.toEqual(before[0]);
    const refused = [
      () => (hidden.loraEnabled = true),
      () => {
        hidden.merge({ generator });
      },
      () => {
        hidden.setAdapter({ up: hidden.up, down: hidden.down, scale: 1 });
      },
      () => {
        hidden.initializeAdapter({ rank: 1, alpha: 1, generator });
      },
    ];
    for (const call of refused) expect(call).toThrow(expect.objectContaining({ code: 'ERR_STATE' }));
    hidden.unmerge();
    expect([bitsOfAll(model), logits(model)]).toEqual(before);
    expect([hidden.merged, hidden.loraEnabled]).toEqual([false, true]);
    expect([hidden.weight, hidden.bias, hidden.up, hidden.down].map((t) => t.requiresGrad)).toEqual([
      false,
      false,
      true,
      true,
    ]);
    expect(() => {
      hidden.unmerge();
    }).toThrow(expect.objectContaining({ code: 'ERR_STATE' }));
  });

  test('when the branch is replaced then its old tensors keep their bits and the new one counts', () => {
    const model = createModel(setup);
    const { hidden, generator } = model;
    setLora(model, true);
    fillB(model);
    const old = [hidden.up, hidden.down];
    const oldBits = old.map(bits);
    hidden.initializeAdapter({ rank: 3, alpha: 6, useRslora: true, initialization: 'gaussian', generator });
    expect(old.map(bits)).toEqual(oldBits);
    expect([hidden.up.shape, hidden.down.shape]).toEqual([
      [7, 3],
      [3, vocabulary],
    ]);
    expect(hidden.scale).toBe(6 / Math.sqrt(3));
    expect([hidden.loraEnabled, hidden.up.requiresGrad, hidden.weight.requiresGrad]).toEqual([true, true, false]);
    const before = logits(model);
    train(model);
    expect(logits(model)).not.toEqual(before);
    expect(old.map(bits)).toEqual(oldBits);
  });

  test.each([NaN, Infinity])('when `down` has %p then merging fails and changes nothing', (value) => {
    const model = createModel(setup);
    setLora(model, true);
    model.hidden.down.copy_(native.Tensor.from(new Float32Array(2 * vocabulary).fill(value), [2, vocabulary]));
    const before = bitsOfAll(model);
    const { hidden, generator } = model;
    expect(() => {
      hidden.merge({ generator });
    }).toThrow(expect.objectContaining({ code: 'ERR_NON_FINITE' }));
    expect(bitsOfAll(model)).toEqual(before);
    expect(hidden.loraEnabled).toBe(true);
    expect(hidden.up.requiresGrad).toBe(true);
    expect(generator.randomInt64()).toBe(createModel(setup).generator.randomInt64());
  });

  test('when scale is set then the branch counts that much', () => {
    const model = createModel({ ...setup, alpha: 3 });
    const { hidden } = model;
    fillB(model);
    expect(hidden.scale).toBe(1.5);
    const delta = hidden.deltaWeight();
    hidden.scale = 3;
    expect(bits(hidden.deltaWeight())).toBe(bits(delta.mul(2)));
    hidden.scale = 0;
    const before = logits(model);
    setLora(model, true);
    expect(logits(model).every((logit, i) => logit === before[i])).toBe(true);
  });

  type Change = (model: Model) => void;
  test.each<[string, Change]>([
    [
      'weight is overwritten',
      ({ hidden }) => {
        hidden.weight.copy_(hidden.weight.mul(2));
      },
    ],
    [
      'weight is overwritten through another handle',
      ({ hidden }) => {
        hidden.weight.detach().copy_(hidden.weight.mul(2));
      },
    ],
    [
      'weight is overwritten through a view',
      ({ hidden }) => {
        hidden.weight.t().copy_(hidden.weight.t().mul(2));
      },
    ],
    [
      'bias is overwritten',
      ({ hidden }) => {
        hidden.bias.copy_(hidden.bias.add(1));
      },
    ],
    [
      'the adapter is merged',
      (model) => {
        model.hidden.merge(model);
        fillB(model, 3);
        setLora(model, true);
      },
    ],
    [
      'the base trains',
      (model) => {
        setLora(model, false);
        train(model);
        setLora(model, true);
      },
    ],
    [
      'the base trains with the branch on',
      (model) => {
        model.hidden.setTrainable({ base: true, lora: true });
        train(model);
        setLora(model, true);
      },
    ],
    [
      'an optimizer steps',
      ({ hidden }) => {
        hidden.weight.requiresGrad = true;
        hidden.weight.sum().backward();
        new native.Sgd([hidden.weight], { lr: 0.5 }).step();
        hidden.weight.requiresGrad = false;
      },
    ],
  ])('when %s after an evaluation then the next one sees it', (_, change) => {
    const model = createModel(setup);
    fillB(model);
    setLora(model, true);
    const before = model.classifier.evaluate(bags, { loss });
    change(model);
    const { hidden, output } = model;
    const fresh = new native.Classifier({ hidden, output, engine: setup.engine });
    const after = model.classifier.evaluate(bags, { loss });
    expect(after).toEqual(fresh.evaluate(bags, { loss }));
    expect(after.lossSum).not.toBe(before.lossSum);
    expect(logits(model)).toEqual(Array.from(fresh.forward(bags).toTypedArray(), Number));
  });
});
