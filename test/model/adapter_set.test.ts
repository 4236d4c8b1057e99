import { expect, test } from '@jest/globals';
import { AdapterSet } from '../../src/model/adapter_set.js';
import { createClassifier, type ClassifierModel } from '../../src/model/classifier_model.js';
import { Bags, Generator } from '../../src/model/native.js';
import { readModule } from '../../src/model/parameters.js';
import type { Adapter, AdapterBranch, LayerName } from '../../src/storage/adapter.js';
import type { StoredTensor } from '../../src/storage/stored_tensor.js';

const sizes = { vocabularySize: 7, hidden: 4, classes: 3, dtype: 'float64' } as const;
/** Sums of a few dozens of float64 numbers of about 1, in another order. */
const digits = 12;

/** Reproducible numbers between -1 and 1. */
function tensor(seed: number, ...shape: number[]): StoredTensor {
  const count = shape.reduce((a, b) => a * b, 1);
  return {
    dtype: 'float64',
    shape,
    data: Float64Array.from({ length: count }, (_, k) => Math.sin(seed * 100 + k * 1.7)),
  };
}

function branch(seed: number, layer: LayerName, rank: number, changes: Partial<AdapterBranch> = {}): AdapterBranch {
  const [out, inputs] = layer === 'fc1' ? [4, 7] : [3, 4];
  const [up, down] = [tensor(seed, out, rank), tensor(seed + 1, rank, inputs)];
  return { up, down, alpha: 2, magnitude: null, bias: null, ...changes };
}

function adapter(branches: Partial<Record<LayerName, AdapterBranch>>, changes: Partial<Adapter> = {}): Adapter {
  return {
    branches: new Map(Object.entries(branches)) as Adapter['branches'],
    useRslora: false,
    dropout: 0,
    pissa: false,
    replaced: new Map(),
    baseSha256: null,
    ...changes,
  };
}

function open(options?: { baseSha256: string; useDora?: boolean }): {
  model: ClassifierModel;
  adapters: AdapterSet;
  logits: () => number[];
} {
  const engine = options?.useDora === true ? 'torch' : 'auto';
  const model = createClassifier({ ...sizes, engine, generator: new Generator(3) });
  const bags = new Bags({
    ids: Int32Array.of(0, 2, 5, 1, 3, 4, 6),
    offsets: Int32Array.of(0, 3, 3, 7),
    labels: new Int32Array(3),
    vocabularySize: sizes.vocabularySize,
  });
  const logits = (): number[] => Array.from(model.classifier.forward(bags).toTypedArray(), Number);
  return { model, adapters: new AdapterSet(model, options), logits };
}

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, index) => {
    expect(value).toBeCloseTo(expected[index] ?? NaN, digits);
  });
}

const refused = (message: RegExp, code = 'ERR_USAGE'): unknown =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

test('when an adapter is put out of use then the model is what it was, bit for bit', () => {
  const { model, adapters, logits } = open();
  const before = [logits(), readModule(model)];
  const replaced = new Map([
    ['fc1.weight', tensor(8, 4, 7)],
    ['fc1.bias', tensor(9, 4)],
  ]);
  const fc2 = branch(3, 'fc2', 1, { bias: tensor(6, 3) });
  adapters.add('a', adapter({ fc1: branch(1, 'fc1', 2, { bias: tensor(7, 4) }), fc2 }));
  adapters.add('b', adapter({ fc2: branch(5, 'fc2', 2) }, { replaced }));
  expect([logits(), readModule(model)]).toEqual(before);
  for (const names of [['a'], ['b'], ['a', 'b']]) {
    adapters.use(...names);
    expect(adapters.active).toEqual(names);
    expect(logits()).not.toEqual(before[0]);
    adapters.use();
    expect([logits(), readModule(model)]).toEqual(before);
  }
});

test('when adapters are used together then cat of them gives the same, whatever they change', () => {
  const { adapters, logits } = open();
  const replaced = new Map([['fc1.bias', tensor(8, 4)]]);
  adapters.add('a', adapter({ fc1: branch(1, 'fc1', 2, { bias: tensor(7, 4) }) }, { replaced }));
  adapters.add('b', adapter({ fc1: branch(3, 'fc1', 1), fc2: branch(5, 'fc2', 2) }, { useRslora: true }));
  adapters.use('a', 'b');
  adapters.setScale('a', 0.75);
  adapters.setScale('b', -0.5);
  const together = logits();
  adapters.setScale('a', 1);
  adapters.setScale('b', 1);
  expect(logits()).not.toEqual(together);
  for (const [name, rank] of [
    ['cat', 1],
    ['svd', 3],
  ] as const) {
    adapters.combine(name, { adapters: ['a', 'b'], weights: [0.75, -0.5], combination: name, rank });
    adapters.use(name);
    expectClose(logits(), together);
  }
  expect(adapters.get('svd').branches.get('fc1')?.down.shape).toEqual([3, 7]);
  adapters.combine('rough', { adapters: ['a', 'b'], weights: [0.75, -0.5], rank: 1 });
  expect(adapters.get('rough').branches.get('fc1')?.up.shape).toEqual([4, 1]);
});

test('when one adapter counts once then what it replaces has its bits', () => {
  const { model, adapters } = open();
  const weight = tensor(8, 3, 4);
  const replaced = new Map([
    ['fc2.weight', weight],
    ['fc2.bias', tensor(9, 3)],
  ]);
  adapters.add('a', adapter({ fc1: branch(1, 'fc1', 1) }, { replaced }));
  adapters.use('a');
  expect(model.output?.weight.toTypedArray()).toEqual(weight.data);
});

test('when adapters are merged then logits stay, and unmerging brings every bit back', () => {
  const { model, adapters, logits } = open();
  adapters.add('a', adapter({ fc1: branch(1, 'fc1', 2), fc2: branch(3, 'fc2', 1) }));
  adapters.add('b', adapter({ fc1: branch(5, 'fc1', 1) }));
  adapters.use('a', 'b');
  const before = [logits(), readModule(model)];
  adapters.merge();
  expect(adapters.merged).toBe(true);
  expectClose(logits(), before[0] as number[]);
  const calls = [
    () => {
      adapters.use();
    },
    () => {
      adapters.merge();
    },
    () => {
      adapters.setScale('a', 2);
    },
    () => {
      adapters.delete('a');
    },
    () => {
      adapters.add('c', adapter({ fc1: branch(1, 'fc1', 1) }));
    },
  ];
  for (const call of calls) expect(call).toThrow(refused(/call unmerge\(\) first/));
  adapters.unmerge();
  expect([logits(), readModule(model)]).toEqual(before);
  expect([adapters.merged, adapters.names, adapters.active]).toEqual([false, ['a', 'b'], ['a', 'b']]);
});

test.each(['fc1', 'fc2'] as const)(
  'when a branch on %s is not finite then merging is refused and nothing changes',
  (layer) => {
    const { model, adapters } = open();
    const fc1 = branch(1, 'fc1', 1);
    const infinite = { ...branch(2, layer, 1), alpha: 1e308 };
    infinite.up.data.fill(100 as never);
    adapters.add('a', adapter({ fc1, [layer]: infinite }));
    adapters.use('a');
    const before = readModule(model);
    expect(() => {
      adapters.merge();
    }).toThrow(refused(/finite/, 'ERR_NON_FINITE'));
    expect(readModule(model)).toEqual(before);
    expect(adapters.merged).toBe(false);
  },
);

test('when an adapter with DoRA is used then it is alone on the hidden layer', () => {
  const { adapters, logits } = open({ baseSha256: 'aa', useDora: true });
  const before = logits();
  adapters.add('dora', adapter({ fc1: branch(1, 'fc1', 2, { magnitude: tensor(4, 4) }) }));
  adapters.add('a', adapter({ fc1: branch(3, 'fc1', 1) }));
  adapters.use('dora');
  const alone = logits();
  expect(alone).not.toEqual(before);
  const calls = [
    () => {
      adapters.use('a', 'dora');
    },
    () => {
      adapters.combine('c', { adapters: ['a', 'dora'], weights: [1, 1] });
    },
  ];
  for (const call of calls) expect(call).toThrow(refused(/without DoRA/));
  expect([adapters.active, logits()]).toEqual([['dora'], alone]);
});

test('when an adapter is deleted then it is out of use and its name is free', () => {
  const { adapters, logits } = open();
  const before = logits();
  const one = adapter({ fc1: branch(1, 'fc1', 2) });
  adapters.add('a', one);
  adapters.use('a');
  expect(() => {
    adapters.add('a', one);
  }).toThrow(refused(/there is an adapter a already/));
  adapters.delete('a');
  expect([adapters.names, adapters.active, logits()]).toEqual([[], [], before]);
  adapters.add('a', one);
  for (const call of [
    () => {
      adapters.use('b');
    },
    () => {
      adapters.delete('b');
    },
    () => adapters.get('b'),
  ]) {
    expect(call).toThrow(refused(/Expected one of the adapters a but received b/));
  }
});

test('when an adapter does not fit or belongs elsewhere then it is refused with all reasons', () => {
  const { adapters } = open({ baseSha256: 'aa' });
  const wrong = adapter({ fc1: branch(1, 'fc2', 2) }, { replaced: new Map([['fc2.bias', tensor(1, 2)]]) });
  expect(() => {
    adapters.add('a', wrong);
  }).toThrow(refused(/lora_B.weight is .*; .*lora_A.weight is .*; .*fc2.bias is \[2\], expected \[3\]/, 'ERR_RUN'));
  expect(() => {
    adapters.add('a', adapter({ fc1: branch(1, 'fc1', 2) }, { baseSha256: 'bb' }));
  }).toThrow(refused(/SHA-256 aa but a was trained on the one with bb/, 'ERR_RUN'));
  adapters.add('a', adapter({ fc1: branch(1, 'fc1', 2) }, { baseSha256: 'aa' }));
});

test('when one adapter replaces a layer on which another has a branch then they are used together, not combined', () => {
  const { adapters, logits } = open();
  const replaced = new Map([
    ['fc2.weight', tensor(8, 3, 4)],
    ['fc2.bias', tensor(9, 3)],
  ]);
  adapters.add('a', adapter({ fc1: branch(1, 'fc1', 1) }, { replaced }));
  adapters.add('b', adapter({ fc2: branch(3, 'fc2', 1) }));
  expect(() => {
    adapters.combine('c', { adapters: ['a', 'b'], weights: [1, 1] });
  }).toThrow(refused(/all replace fc2 or all have a branch on it/));
  const before = logits();
  adapters.use('a', 'b');
  expect(logits()).not.toEqual(before);
});

test.each([
  [{ adapters: [], weights: [] }, /a finite weight for each/],
  [{ adapters: ['a'], weights: [1, 2] }, /a finite weight for each/],
  [{ adapters: ['a'], weights: [NaN] }, /a finite weight for each/],
  [{ adapters: ['a', 'b'], weights: [1, 1], combination: 'linear' }, /branches of one rank .* received 2, 1/],
] as const)('when adapters are combined with %j then that is refused', (options, message) => {
  const { adapters } = open();
  adapters.add('a', adapter({ fc1: branch(1, 'fc1', 2) }));
  adapters.add('b', adapter({ fc1: branch(1, 'fc1', 1) }));
  expect(() => {
    adapters.combine('c', options);
  }).toThrow(refused(message));
  expect(adapters.names).toEqual(['a', 'b']);
});
