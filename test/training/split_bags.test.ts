import { expect, test } from '@jest/globals';
import { fileOrigins } from '../../src/data/origins.js';
import { createClassifier } from '../../src/model/classifier_model.js';
import { Bags, Generator, getNumThreads, setNumThreads } from '../../src/model/native.js';
import { createSplitBags } from '../../src/training/split_bags.js';
import { notebookFeatures } from '../../src/text/features.js';
import { Vocabulary } from '../../src/text/vocabulary.js';
import { valuesIn } from '../model/helpers.js';

const size = 7;
const vocabulary = Vocabulary.of(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
const weights = Float32Array.of(0.1, -2.5, 1e-20, 3, 0, -0.3, 7e5);

/** Some words each, by a fixed pattern; also none, and the one that weighs nothing alone. */
function reviewsOf(length: number) {
  const masks = Array.from({ length }, (_, k) => (k * 2654435761) & 127);
  masks[1] = 0;
  masks[2] = 1 << 4;
  const words = masks.map((mask) => Array.from({ length: size }, (_, id) => id).filter((id) => (mask >> id) & 1));
  const ids = Int32Array.from(words.flat());
  let offset = 0;
  const offsets = Int32Array.of(0, ...words.map((own) => (offset += own.length)));
  const labels = new Int32Array(length);
  return { ids, offsets, labels, counts: null as Int32Array | null };
}

const options = { ...notebookFeatures, normalize: false, gain: 1 };

test('when splits are disposed of then what was copied is freed, and copied again when it is asked for', () => {
  const split = (length: number) => ({ ...reviewsOf(length), origins: fileOrigins([]) });
  const splits = { train: split(5), valid: split(3), test: split(4) };
  const bags = createSplitBags({ splits, vocabulary, features: { ...options, gain: 2 }, weights });
  const { train } = bags;
  expect(bags.train).toBe(train);
  const values = valuesIn(train);
  bags.dispose();
  expect(() => train.length).toThrow('disposed');
  expect([bags.train.length, bags.valid.length, bags.test.length]).toEqual([5, 3, 4]);
  expect(valuesIn(bags.train)).toEqual(values);
  bags.dispose();
});

test('when something is wrong with bags in several places then the first is told', () => {
  const { ids, offsets, labels } = reviewsOf(20_000);
  const wrong = (bag: number): number => offsets[bag] ?? 0;
  const many = Float32Array.from(ids, () => 1);
  many[wrong(19_999)] = NaN;
  const bags = { ids, offsets, labels, vocabularySize: size, values: many };
  expect(() => new Bags(bags)).toThrow(`Expected finite values but value ${wrong(19_999)} is`);
  ids[wrong(10_003)] = -1;
  ids[wrong(10_001)] = size;
  expect(() => new Bags(bags)).toThrow(`ids in 0 .. 6 in bag 10001 but received 7`);
  labels[17] = -5;
  expect(() => new Bags(bags)).toThrow('as labels but bag 17 has -5');
  const weighting = { weights: Float32Array.of(3e38, 1, 1), normalize: false, gain: 2 };
  const overflowing = { ids: Int32Array.of(0, 1), offsets: Int32Array.of(0, 2), labels: Int32Array.of(0) };
  expect(() => new Bags({ ...overflowing, vocabularySize: 3, weighting })).toThrow(
    'Expected finite values when they are weighted but value 0 is a NaN or an infinity',
  );
});

test('when asking for an option takes the memory of another away then that is refused', () => {
  const { ids, offsets, labels } = reviewsOf(20_000);
  const weighting = {
    normalize: true,
    get gain() {
      structuredClone(ids.buffer, { transfer: [ids.buffer] });
      return 2;
    },
    weights: weights.slice(),
  };
  expect(() => new Bags({ ids, offsets, labels, vocabularySize: size, weighting })).toThrow(
    'on memory of its own for ids but received one on detached memory',
  );
  const other = reviewsOf(20_000);
  // Not spread from the other: that would ask for its gain again.
  const early = {
    normalize: true,
    get gain(): number {
      return structuredClone(early.weights.buffer, { transfer: [early.weights.buffer] }).byteLength;
    },
    weights: weights.slice(),
  };
  expect(() => new Bags({ ...other, vocabularySize: size, weighting: early })).toThrow(
    'on memory of its own for weighting.weights but received one on detached memory',
  );
});

test('when bags are made with any number of threads then models give the same bits', () => {
  const [vocabularySize, words, length] = [200, 50, 4000];
  // Later bags have later words, so that each thread would cut them elsewhere.
  const ids = Int32Array.from({ length: length * words }, (_, place) => {
    const bag = Math.floor(place / words);
    return Math.floor((bag / length) * (vocabularySize - 2 * words)) + 2 * (place % words);
  });
  const offsets = Int32Array.from({ length: length + 1 }, (_, bag) => bag * words);
  const data = { ids, offsets, labels: new Int32Array(length), vocabularySize };
  const generator = new Generator(1);
  const { classifier } = createClassifier({ vocabularySize, hidden: 0, generator });
  const threads = getNumThreads();
  const [one, three] = [1, 3].map((count) => {
    setNumThreads(count);
    return classifier.forward(new Bags(data)).toTypedArray();
  });
  setNumThreads(threads);
  expect(three).toEqual(one);
});
