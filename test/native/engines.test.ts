import { afterAll, describe, expect, test } from '@jest/globals';
import type { FloatDtype, LossForm } from '../../binding.js';
import { native } from '../../src/binding.js';
import {
  allRows,
  bits,
  createModel,
  dtypes,
  engines,
  fillB,
  parameterNames,
  parametersOf,
  randomBags,
  setLora,
  type Model,
  type ModelOptions,
} from './support/models.js';
import { expectClose, expectCloseNumbers } from './support/tolerance.js';

const threadsBefore = native.getNumThreads();
afterAll(() => {
  native.setNumThreads(threadsBefore);
});

const vocabulary = 60;
const widths = [1, 7, 200, 203];

function train(model: Model, lora: boolean, loss: LossForm, classes: number): Float64Array {
  setLora(model, lora);
  const bags = randomBags(50, vocabulary, classes);
  const trainable = Object.values(parametersOf(model)).filter((tensor) => tensor.requiresGrad);
  const optimizer = new native.Sgd(trainable, { lr: 0.05 });
  return model.classifier.trainBatches(bags, allRows(bags), { batchSize: 16, optimizer, loss });
}

/** All that a run computes, as bits: full training, LoRA, evaluation, gradients. */
function runBits(options: ModelOptions & { classes: number }, loss: LossForm): string[] {
  const model = createModel(options);
  const bags = randomBags(50, vocabulary, options.classes);
  const losses = [train(model, false, loss, options.classes), train(model, true, loss, options.classes)];
  const evaluation = model.classifier.evaluate(bags, { loss });
  const gradients = model.classifier.gradients(bags, allRows(bags), { loss });
  return [
    ...losses.map(bits),
    ...Object.values(parametersOf(model)).map(bits),
    bits(model.classifier.forward(bags)),
    JSON.stringify(evaluation),
    ...parameterNames.map((name) => (gradients[name] ? bits(gradients[name]) : 'null')),
  ];
}

const combinations = dtypes.flatMap((dtype) =>
  widths.flatMap((hidden) =>
    [1, 2, 3, 4, 5]
      .filter((rank) => rank <= hidden)
      .map(
        (rank) => ({ dtype, hidden, rank, classes: 2 + (rank % 2), loss: rank < 4 ? 'softmax' : 'logits' }) as const,
      ),
  ),
);

describe('the fused engine', () => {
  test.each(combinations)(
    'when it has 1, 2 or 3 threads then $dtype, width $hidden, rank $rank, $classes classes give the same bits',
    ({ loss, ...sizes }) => {
      const runs = [1, 2, 3, 1].map((threads) => {
        native.setNumThreads(threads);
        expect(native.getNumThreads()).toBe(threads);
        return runBits({ ...sizes, vocabulary, engine: 'fused' }, loss);
      });
      for (const run of runs.slice(1)) expect(run).toEqual(runs[0]);
    },
  );

  test.each(combinations)(
    'when it is set against torch then $dtype, width $hidden, rank $rank, $classes classes give the same numbers',
    ({ loss, dtype, ...sizes }) => {
      const [torch, fused] = engines.map((engine) => createModel({ ...sizes, dtype, vocabulary, engine }));
      if (!torch || !fused) throw new Error('no models');
      const bags = randomBags(50, vocabulary, sizes.classes);
      const terms = vocabulary + sizes.hidden + bags.length;
      for (const lora of [false, true]) {
        for (const model of [torch, fused]) {
          setLora(model, lora);
          // A small branch: the sums of many large terms would cancel and show rounding only.
          fillB(model);
          model.hidden.down.copy_(model.hidden.down.mul(0.1));
        }
        const expected = torch.classifier.gradients(bags, allRows(bags), { loss });
        const actual = fused.classifier.gradients(bags, allRows(bags), { loss });
        expectCloseNumbers([actual.loss], scalar(expected.loss, dtype), terms);
        for (const name of parameterNames) {
          expect(actual[name] === null).toBe(expected[name] === null);
          if (actual[name] && expected[name]) expectClose(actual[name], stored(expected[name], dtype), terms);
        }
        expectClose(fused.classifier.forward(bags), stored(torch.classifier.forward(bags), dtype), terms);
      }
    },
  );
});

function scalar(value: number, dtype: FloatDtype): { dtype: FloatDtype; shape: number[]; data: Float64Array } {
  return { dtype, shape: [], data: Float64Array.of(value) };
}

function stored(tensor: { shape: number[]; toTypedArray(): unknown }, dtype: FloatDtype) {
  return { dtype, shape: tensor.shape, data: tensor.toTypedArray() as Float64Array };
}

describe.each(engines)('the engine %s', (engine) => {
  const setup = { engine, vocabulary, hidden: 7, rank: 2, classes: 2 };
  const bags = randomBags(50, vocabulary);

  test('when two runs start from one seed then they have the same bits', () => {
    expect(runBits(setup, 'softmax')).toEqual(runBits(setup, 'softmax'));
    expect(runBits({ ...setup, seed: 2 }, 'softmax')).not.toEqual(runBits(setup, 'softmax'));
  });

  test('when batches are trained one call at a time then the bits are those of one call', () => {
    const [together, apart] = [createModel(setup), createModel(setup)];
    const losses = train(together, false, 'softmax', 2);
    const optimizer = new native.Sgd(
      Object.values(parametersOf(apart)).filter((t) => t.requiresGrad),
      { lr: 0.05 },
    );
    const own: number[] = [];
    for (let start = 0; start < bags.length; start += 16) {
      const rows = allRows(bags).subarray(start, start + 16);
      own.push(...apart.classifier.trainBatches(bags, rows, { batchSize: 16, optimizer, loss: 'softmax' }));
    }
    expect(own).toEqual([...losses]);
    expect(Object.values(parametersOf(apart)).map(bits)).toEqual(Object.values(parametersOf(together)).map(bits));
  });

  test('when gradients are asked for then nothing changes', () => {
    const model = createModel(setup);
    const before = Object.values(parametersOf(model)).map(bits);
    model.classifier.gradients(bags, allRows(bags), { loss: 'logits' });
    expect(Object.values(parametersOf(model)).map(bits)).toEqual(before);
    expect(Object.values(parametersOf(model)).map((tensor) => tensor.grad)).toEqual(new Array(6).fill(null));
  });

  test('when parts are evaluated then they add up to the whole', () => {
    const { classifier } = createModel({ ...setup, dtype: 'float64' });
    const whole = classifier.evaluate(bags, { loss: 'logits' });
    const parts = [0, 20, 50].map((start, i, starts) =>
      classifier.evaluate(bags, { loss: 'logits', start, end: starts[i + 1] ?? 50 }),
    );
    const sum = (key: 'lossSum' | 'correct' | 'count'): number => parts.reduce((total, part) => total + part[key], 0);
    expectCloseNumbers([sum('lossSum')], scalar(whole.lossSum, 'float64'), bags.length);
    expect([sum('correct'), sum('count')]).toEqual([whole.correct, 50]);
  });

  test('when rows are chosen then forward returns them in that order', () => {
    const { classifier } = createModel(setup);
    const all = classifier.forward(bags).toTypedArray();
    const chosen = classifier.forward(bags, Int32Array.of(3, 0, 3)).toTypedArray();
    const expected = [3, 0, 3].flatMap((row) => [...all.subarray(2 * row, 2 * row + 2)]);
    expect([...chosen].map(Number)).toEqual(expected.map(Number));
  });

  test('when there are no rows then there are no losses', () => {
    const model = createModel(setup);
    const optimizer = new native.Sgd([model.hidden.weight], { lr: 1 });
    const training = { batchSize: 4, optimizer, loss: 'softmax' } as const;
    expect(model.classifier.trainBatches(bags, new Int32Array(0), training)).toHaveLength(0);
    expect(model.classifier.forward(bags, new Int32Array(0)).shape).toEqual([0, 2]);
  });

  test('when every bag is empty then each gives what the biases give', () => {
    const { classifier, hidden, output } = createModel(setup);
    const count = 20;
    const empty = new native.Bags({
      ids: new Int32Array(0),
      offsets: new Int32Array(count + 1),
      labels: new Int32Array(count),
      vocabularySize: vocabulary,
    });
    const one = output.forward(hidden.bias.relu().reshape([1, 7])).toTypedArray();
    const logits = classifier.forward(empty).toTypedArray();
    expect([...logits]).toEqual(Array.from({ length: count }, () => [...one]).flat());
    const optimizer = new native.Sgd([hidden.weight], { lr: 1 });
    const training = { batchSize: 12, optimizer, loss: 'softmax' } as const;
    expect(classifier.trainBatches(empty, allRows(empty), training).every(Number.isFinite)).toBe(true);
  });

  test('when ids come in two bytes each then they are the same ids', () => {
    const model = createModel(setup);
    const [offsets, labels] = [Int32Array.of(0, 2, 5), Int32Array.of(0, 1)];
    const [wide, narrow] = [Int32Array, Uint16Array].map((Ids) => {
      const ids = Ids.of(4, 59, 4, 5, 6);
      return model.classifier.forward(new native.Bags({ ids, offsets, labels, vocabularySize: vocabulary }));
    });
    expect(narrow?.toTypedArray()).toEqual(wide?.toTypedArray());
    expect(wide?.shape).toEqual([2, 2]);
  });

  test('when a word has a weight that is no number then it spoils the bags with that word only', () => {
    const model = createModel(setup);
    const weight = Float32Array.from(model.hidden.weight.toTypedArray(), Number);
    for (let column = 0; column < 7; column++) weight[column * vocabulary + 5] = NaN;
    model.hidden.weight.copy_(native.Tensor.from(weight, [7, vocabulary]));
    const two = new native.Bags({
      ids: Int32Array.of(4, 6, 4, 5, 6),
      offsets: Int32Array.of(0, 2, 5),
      labels: Int32Array.of(0, 1),
      vocabularySize: vocabulary,
    });
    const logits = Array.from(model.classifier.forward(two).toTypedArray(), Number);
    expect(logits.map(Number.isNaN)).toEqual([false, false, true, true]);
    expect(model.classifier.evaluate(two, { loss: 'softmax' }).lossSum).toBeNaN();
  });

  test.each<LossForm>(['softmax', 'logits'])(
    'when a batch has a loss %s that is no number then the losses end there and it changes nothing',
    (loss) => {
      const model = createModel(setup);
      const spoilt = Float32Array.from(model.hidden.weight.toTypedArray(), Number);
      spoilt[5] = NaN;
      model.hidden.weight.copy_(native.Tensor.from(spoilt, [7, vocabulary]));
      const three = new native.Bags({
        ids: Int32Array.of(4, 5, 6),
        offsets: Int32Array.of(0, 1, 2, 3),
        labels: Int32Array.of(0, 1, 0),
        vocabularySize: vocabulary,
      });
      const optimizer = new native.Sgd(
        Object.values(parametersOf(model)).filter((t) => t.requiresGrad),
        { lr: 0.1 },
      );
      const first = { batchSize: 1, optimizer, loss };
      const one = model.classifier.trainBatches(three, Int32Array.of(0), first);
      const before = Object.values(parametersOf(model)).map(bits);
      const rest = model.classifier.trainBatches(three, Int32Array.of(1, 2), first);
      expect(one.every(Number.isFinite)).toBe(true);
      expect([...rest]).toEqual([NaN]);
      expect(Object.values(parametersOf(model)).map(bits)).toEqual(before);
    },
  );
});

test('when threads run ahead of each other through a last batch that is smaller then every evaluation is the same', () => {
  // 256 bags are evaluated at once; more threads than cores make some of them wait.
  native.setNumThreads(5);
  const bags = randomBags(2 * 256 + 24, vocabulary, 2);
  const model = createModel({
    vocabulary,
    hidden: 200,
    rank: 2,
    classes: 2,
    dtype: 'float32',
    engine: 'fused',
  });
  setLora(model, true);
  fillB(model);
  const first = model.classifier.evaluate(bags, { loss: 'softmax' });
  for (let repeat = 0; repeat < 2000; repeat++) {
    expect(model.classifier.evaluate(bags, { loss: 'softmax' })).toEqual(first);
  }
});
