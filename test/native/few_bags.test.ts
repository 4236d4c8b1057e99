/** Few bags of a large vocabulary are computed without a look at every word, with the same bits. */
import { expect, test } from '@jest/globals';
import { native } from '../../src/binding.js';
import { bits } from './support/models.js';

const vocabularySize = 1000;

/** A linear model, whose sums over the words of a bag are put together from those over ranges of words. */
function randomModel(classes: number): InstanceType<typeof native.Classifier> {
  const generator = new native.Generator(3);
  const shape = { inFeatures: vocabularySize, outFeatures: classes, rank: 1, alpha: 1 };
  return new native.Classifier({
    hidden: new native.LoraLinear({ ...shape, generator }),
    output: null,
    engine: 'fused',
  });
}

/** Returns the logits of the first of `copies` bags that are alike. */
function logitsOfFirst(ids: Int32Array, copies: number, classes: number): string {
  const all = new Int32Array(copies * ids.length);
  for (let copy = 0; copy < copies; copy += 1) all.set(ids, copy * ids.length);
  const offsets = Int32Array.from({ length: copies + 1 }, (_, copy) => copy * ids.length);
  const values = Float32Array.from(all, (id) => 1 / (1 + (id % 7)));
  using bags = new native.Bags({ ids: all, offsets, labels: new Int32Array(copies), vocabularySize, values });
  using logits = randomModel(classes).forward(bags, Int32Array.of(0));
  return bits(logits);
}

test.each([1, 2, 3])(
  'when a bag of few words comes alone then it has the bits that it has among many (%i)',
  (classes) => {
    using generator = new native.Generator(classes);
    for (const size of [0, 1, 2, 3, 4, 5, 30, 31, 299, 999]) {
      const ids = generator.randperm(vocabularySize).subarray(0, size).sort();
      // So many that they have an entry for each word, or more.
      const many = size === 0 ? 3 : Math.ceil(vocabularySize / size) + 1;
      expect({ size, bits: logitsOfFirst(ids, 1, classes) }).toEqual({ size, bits: logitsOfFirst(ids, many, classes) });
    }
  },
);
