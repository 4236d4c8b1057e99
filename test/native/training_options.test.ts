/** Every optimizer on weighted bags, with and without hidden layer, branch, clipping and dropout. */
import { afterAll, describe, expect, test } from '@jest/globals';
import type { Bags } from '../../binding.js';
import { native } from '../../src/binding.js';
import { bits, dtypes, engines, numbersOf, randomBags, weightedBags } from './support/models.js';
import { expectClose, expectCloseNumbers } from './support/tolerance.js';
import {
  createTrained,
  optimizers,
  train,
  trainedBits,
  type OptimizerName,
  type Training,
} from './support/trainings.js';

const threadsBefore = native.getNumThreads();
afterAll(() => {
  native.setNumThreads(threadsBefore);
});

const vocabulary = 60;
const bagCount = 50;
const names = Object.keys(optimizers) as OptimizerName[];

/** Rows narrower than a vector, and hidden layers of some cache lines: one, several, more than a thread's share. */
const shapes = [
  { hidden: 0, classes: 3 },
  { hidden: 0, classes: 2, rank: 2 },
  { hidden: 5, classes: 2 },
  { hidden: 3, classes: 2, rank: 3 },
  { hidden: 16, classes: 2 },
  { hidden: 203, classes: 2 },
  { hidden: 16, classes: 2, rank: 3 },
  { hidden: 203, classes: 2, rank: 1 },
  { hidden: 203, classes: 2, rank: 2, branchDropout: 0.3 },
];
const options = [{}, { clip: 0.1 }, { dropout: 0.4 }];

const combinations = shapes.flatMap((shape) =>
  options.flatMap((option) =>
    names.flatMap((optimizer) => dtypes.map((dtype) => ({ ...shape, ...option, optimizer, dtype }))),
  ),
);
const title =
  '$optimizer, $dtype, width $hidden, rank $rank, clip $clip, dropout $dropout and $branchDropout give the same';

/** 200 bags of 100 words each of a vocabulary of 100,000, the first of them frequent ones. */
function bagsOfRareWords(): Bags {
  const labels = Int32Array.from({ length: 200 }, (_, bag) => bag % 2);
  const ids = Array.from(labels, (_, bag) => {
    const words = Array.from({ length: 100 }, (_none, k) => (k < 20 ? k * 3 : (bag * 7919 + k * 977) % 100_000));
    return [...new Set(words)].sort((one, other) => one - other);
  });
  const offsets = new Int32Array(labels.length + 1);
  ids.forEach((own, bag) => {
    offsets[bag + 1] = (offsets[bag] ?? 0) + own.length;
  });
  return new native.Bags({ ids: Int32Array.from(ids.flat()), offsets, labels, vocabularySize: 100_000 });
}

describe('the fused engine', () => {
  test.each(combinations)(`when it has 1, 2, 3 or 5 threads then ${title} bits`, (combination) => {
    const bags = weightedBags(bagCount, vocabulary, combination.classes);
    const runs = [1, 2, 3, 5].map((threads) => {
      native.setNumThreads(threads);
      return trainedBits({ ...combination, bags, engine: 'fused' });
    });
    for (const run of runs.slice(1)) expect(run).toEqual(runs[0]);
  });

  test.each([0, 16])(
    'when a vocabulary is too large for a cache then any number of threads gives the same bits at width %i',
    (hidden) => {
      const bags = bagsOfRareWords();
      const runs = [1, 2, 3, 5].map((threads) => {
        native.setNumThreads(threads);
        return trainedBits({ bags, engine: 'fused', hidden, classes: 2, optimizer: 'sparse', batchSize: 64 });
      });
      for (const run of runs.slice(1)) expect(run).toEqual(runs[0]);
    },
  );

  test.each([{ hidden: 203 }, { hidden: 203, rank: 2 }, { hidden: 16 }])(
    'when the last batch leaves threads without examples then clipping gives the same bits at $hidden, rank $rank',
    (shape) => {
      const bags = weightedBags(bagCount, vocabulary, 2);
      const runs = [1, 2, 3, 5].map((threads) => {
        native.setNumThreads(threads);
        const training = {
          ...shape,
          classes: 2,
          optimizer: 'plain',
          batchSize: bagCount - 5,
          clip: 0.1,
        } as const;
        return trainedBits({ ...training, bags, engine: 'fused' });
      });
      for (const run of runs.slice(1)) expect(run).toEqual(runs[0]);
    },
  );

  test.each(combinations.filter(({ dtype }) => dtype === 'float64'))(
    `when it is set against torch then ${title} numbers`,
    (combination) => {
      const bags = weightedBags(bagCount, vocabulary, combination.classes);
      const [torch, fused] = engines.map((engine) => {
        const training: Training = { ...combination, bags, engine };
        const trained = createTrained(training);
        return { ...trained, losses: train(trained, training) };
      });
      if (!torch || !fused) throw new Error('no models');
      // Rounding grows from batch to batch.
      const terms = bagCount * (vocabulary + combination.hidden + bagCount);
      const dtype = 'float64';
      expectCloseNumbers(fused.losses, { dtype, shape: [], data: torch.losses }, terms);
      const expected = Object.values(torch.parameters);
      for (const [i, tensor] of Object.values(fused.parameters).entries()) {
        const { shape = [] } = expected[i] ?? {};
        const data = Float64Array.from(expected[i] ? numbersOf(expected[i]) : []);
        expectClose(tensor, { dtype, shape, data }, terms);
      }
    },
  );
});

describe.each(engines)('the engine %s', (engine) => {
  const setup = { engine, hidden: 0, classes: 2, optimizer: 'plain' } as const;

  test('when all values are 1 then bags give the bits of bags without values', () => {
    const plain = randomBags(bagCount, vocabulary);
    const ones = weightedBags(bagCount, vocabulary, 2, 5, () => 1);
    expect(trainedBits({ ...setup, bags: ones })).toEqual(trainedBits({ ...setup, bags: plain }));
  });

  test('when entries are dropped then they are those that the seed, the bag and the place tell', () => {
    const [dropout, seed] = [0.4, 7n];
    const bags = new native.Bags({
      ids: Int32Array.from({ length: 2 * vocabulary }, (_, i) => i % vocabulary),
      offsets: Int32Array.of(0, vocabulary, 2 * vocabulary),
      labels: Int32Array.of(1, 0),
      vocabularySize: vocabulary,
    });
    const training = { ...setup, bags, dropout, seed };
    const trained = createTrained(training);
    const { weight } = trained.parameters;
    const numbers = (): number[] => numbersOf(weight);
    const before = numbers();
    train(trained, training, Int32Array.of(1));
    const moved = numbers().flatMap((value, i) => (i < vocabulary && value !== before[i] ? [i] : []));
    expect(moved).toEqual(keptPlaces(vocabulary, 1n, dropout, seed));
  });

  test('when a branch drops entries then they are not those of the input', () => {
    const [branchDropout, seed] = [0.4, 7n];
    const ids = Int32Array.from({ length: vocabulary }, (_, i) => i);
    const bags = new native.Bags({
      ids,
      offsets: Int32Array.of(0, vocabulary),
      labels: Int32Array.of(1),
      vocabularySize: vocabulary,
    });
    const training = { ...setup, bags, rank: 1, branchDropout, seed };
    const trained = createTrained(training);
    const { down } = trained.parameters;
    trained.parameters.up.copy_(native.Tensor.from(Float32Array.of(1, 2), [2, 1]));
    const before = numbersOf(down);
    train(trained, training);
    const moved = numbersOf(down).flatMap((value, i) => (value !== before[i] ? [i] : []));
    expect(moved).toEqual(keptPlaces(vocabulary, 0n, branchDropout, seed, 1n));
    expect(moved).not.toEqual(keptPlaces(vocabulary, 0n, branchDropout, seed));
  });

  test('when a bag is dropped in part then the other values grow', () => {
    const bags = weightedBags(bagCount, vocabulary, 2, 5, () => 1);
    const training = { ...setup, bags, batchSize: bagCount, dropout: 0.5 };
    const trained = createTrained(training);
    const zeros = native.Tensor.zeros([2, vocabulary]);
    trained.parameters.weight.copy_(zeros);
    const [loss] = train(trained, training);
    // All logits are 0: the loss is that of two classes, and the step of a word is the sum over its bags.
    expect(loss).toBeCloseTo(Math.log(2), 6);
    const step = 0.05 / bagCount;
    const multiples = numbersOf(trained.parameters.weight).map((value) => value / step);
    for (const multiple of multiples) expect(multiple).toBeCloseTo(Math.round(multiple), 3);
    expect(multiples.some((multiple) => Math.round(multiple) !== 0)).toBe(true);
  });

  test.each(names)('when %s trains with dropout call by call then the bits are those of one call', (optimizer) => {
    const bags = weightedBags(bagCount, vocabulary);
    const training = { ...setup, hidden: 16, optimizer, bags, dropout: 0.3 };
    const [together, apart] = [createTrained(training), createTrained(training)];
    const factors = { batchSize: 10, loss: 'logits', inputDropout: 0.3, dropoutSeed: 3 } as const;
    const rows = new native.Generator(4).randperm(bagCount);
    const losses = together.classifier.trainBatches(bags, rows, {
      ...factors,
      optimizer: together.optimizer,
    });
    const own: number[] = [];
    for (let start = 0; start < bagCount; start += 10) {
      const slice = rows.subarray(start, start + 10);
      own.push(...apart.classifier.trainBatches(bags, slice, { ...factors, optimizer: apart.optimizer }));
    }
    expect(own).toEqual([...losses]);
    expect(Object.values(apart.parameters).map(bits)).toEqual(Object.values(together.parameters).map(bits));
  });

  test('when the seed of dropout is another then so are the losses', () => {
    const bags = weightedBags(bagCount, vocabulary);
    const [one, other] = [1, 2].map((seed) => trainedBits({ ...setup, bags, dropout: 0.5, seed })[0]);
    expect(one).not.toEqual(other);
  });

  test.each([{ inputDropout: 0.5 }, { branchDropout: 0.5, rank: 1 }])(
    'when there is dropout without a seed, as of %j, then it is refused',
    ({ inputDropout = 0, ...more }) => {
      const bags = randomBags(bagCount, vocabulary);
      const { classifier, optimizer } = createTrained({ ...setup, ...more, bags });
      const dropping = { batchSize: 8, optimizer, loss: 'logits', inputDropout } as const;
      expect(() => classifier.trainBatches(bags, Int32Array.of(0), dropping)).toThrow(
        expect.objectContaining({ name: 'TypeError', code: 'ERR_ARG_TYPE' }),
      );
    },
  );
});

/** The same draws, written down again: SplitMix64, started from the seed, what is dropped (0: input), and the bag. */
function keptPlaces(count: number, bag: bigint, probability: number, seed: bigint, what = 0n): number[] {
  const gamma = 0x9e3779b97f4a7c15n;
  const wrap = (x: bigint): bigint => BigInt.asUintN(64, x);
  const mix = (x: bigint): bigint => {
    const y = wrap((x ^ (x >> 30n)) * 0xbf58476d1ce4e5b9n);
    const z = wrap((y ^ (y >> 27n)) * 0x94d049bb133111ebn);
    return z ^ (z >> 31n);
  };
  const start = mix(wrap(mix(wrap(seed + what * gamma)) + bag));
  const threshold = BigInt(probability * 2 ** 64);
  return Array.from({ length: count }, (_, place) => place).filter(
    (place) => mix(wrap(start + BigInt(place + 1) * gamma)) >= threshold,
  );
}
