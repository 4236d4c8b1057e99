/** Initial parameters, draws and orders, against what PyTorch has computed, see scripts/make_reference.py. */
import { describe, expect, test } from '@jest/globals';
import { native } from '../../src/binding.js';
import { DataLoader } from '../../src/training/data_loader.js';
import { bits, int32, randomBags, tensorOf } from './support/models.js';
import { referenceCases } from './support/reference.js';
import { expectClose } from './support/tolerance.js';

interface RandomFacts {
  kind: 'initial' | 'draws' | 'loader';
  seed: number | string;
  inFeatures: number;
  outFeatures: number;
  rank: number;
  length: number;
}

const randomCases = await referenceCases<RandomFacts>('random');
const randomOfKind = (kind: string): typeof randomCases =>
  randomCases.filter(([, { facts }]) => facts.kind === kind);

/** Single precision numbers from one logarithm, root and cosine, whose last bit differs between processors. */
const drawTerms = 1;

describe('random numbers', () => {
  test.each(randomOfKind('initial'))(
    'when layers are made as %s then they start as in PyTorch',
    (_, reference) => {
      const { seed, ...sizes } = reference.facts;
      const generator = new native.Generator(Number(seed));
      const hidden = new native.LoraLinear({ ...sizes, alpha: 1, generator });
      const output = new native.Linear({ inFeatures: sizes.outFeatures, outFeatures: 2, generator });
      expectClose(hidden.weight, reference.get('weight'), drawTerms);
      expectClose(hidden.A, reference.get('A'), drawTerms);
      expect(Array.from(hidden.bias.toTypedArray(), Number)).toEqual(new Array(sizes.outFeatures).fill(0));
      expect(Array.from(hidden.B.toTypedArray(), Number)).toEqual(
        new Array(sizes.rank * sizes.inFeatures).fill(0),
      );
      expect(bits(output.weight)).toBe(bits(tensorOf(reference.get('outputWeight'))));
      expect(bits(output.bias)).toBe(bits(tensorOf(reference.get('outputBias'))));
      expect(generator.randomInt64()).toBe(reference.get('next').data[0]);
      hidden.merge({ generator });
      expectClose(hidden.A, reference.get('mergedA'), drawTerms);
    },
  );

  test.each(randomOfKind('draws'))(
    'when numbers are drawn as %s then they are those of PyTorch',
    (_, reference) => {
      const generator = new native.Generator(BigInt(reference.facts.seed));
      const integers = reference.get('integers').data;
      expect(Array.from({ length: integers.length }, () => generator.randomInt64())).toEqual([...integers]);
      for (const n of [0, 1, 15, 16, 17, 100]) {
        expect(generator.randperm(n)).toEqual(int32(reference.get(`randperm${n}`)));
      }
      for (const n of [5, 15, 16, 40]) {
        expectClose(native.Tensor.randn([n], { generator }), reference.get(`randn${n}`), drawTerms);
      }
      expect(generator.randomInt64()).toBe(reference.get('last').data[0]);
    },
  );

  test.each(randomOfKind('loader'))(
    'when passes are ordered as %s then they are those of a DataLoader',
    (_, reference) => {
      const { seed, length } = reference.facts;
      const generator = new native.Generator(Number(seed));
      const bags = randomBags(length, 3);
      [true, false, true].forEach((shuffle, i) => {
        const loader = new DataLoader({ bags, shuffle, generator });
        expect(loader.nextOrder()).toEqual(int32(reference.get(`order${i}`)));
      });
      expect(generator.randomInt64()).toBe(reference.get('last').data[0]);
    },
  );
});
