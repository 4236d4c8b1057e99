import { expect, test } from '@jest/globals';
import { createBags, type BagWeighting } from '../../src/model/bags.js';
import { Bags } from '../../src/model/native.js';
import type { EncodedTexts } from '../../src/text/bag_writer.js';
import { Vocabulary } from '../../src/text/vocabulary.js';
import { valuesIn } from './helpers.js';

const vocabulary = Vocabulary.of(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
const { size } = vocabulary;
const weights = Float32Array.of(0.1, -2.5, 1e-20, 3, 0, -0.3, 7e5);

/** Some words each, by a fixed pattern; also none, and the one that weighs nothing alone. */
function textsOf(length: number): EncodedTexts {
  const masks = Array.from({ length }, (_, k) => (k * 2654435761) & 127);
  masks[1] = 0;
  masks[2] = 1 << 4;
  const words = masks.map((mask) => Array.from({ length: size }, (_, id) => id).filter((id) => (mask >> id) & 1));
  let offset = 0;
  const offsets = Int32Array.of(0, ...words.map((own) => (offset += own.length)));
  return { ids: Int32Array.from(words.flat()), offsets, counts: null };
}

/** The values by their definition, each rounded to float32 before and after the common factor. */
function valuesOf({ ids, offsets, counts }: EncodedTexts, { weights, options }: BagWeighting): Float32Array {
  const weighted = Array.from(ids, (id, i) => (counts?.[i] ?? 1) * (weights?.[id] ?? 1));
  const values = Float32Array.from(weighted);
  offsets.subarray(1).forEach((end, text) => {
    const start = offsets[text] ?? 0;
    const squares = weighted.slice(start, end).reduce((sum, value) => sum + value * value, 0);
    const measure = { true: squares, false: 0, length: end - start }[String(options.normalize)] ?? NaN;
    const factor = measure > 0 ? options.gain / Math.sqrt(measure) : options.gain;
    for (let i = start; i < end; i += 1) values[i] = (values[i] ?? NaN) * factor;
  });
  return values;
}

function bytesOf({ buffer }: Float32Array): Buffer {
  return Buffer.from(buffer);
}

test.each<[what: string, changes: Partial<BagWeighting['options']>, given: Float32Array | null]>([
  ['nothing', {}, null],
  ['weights', {}, weights],
  ['norms', { normalize: true, gain: 10 }, null],
  ['weights and norms', { normalize: true, gain: 0.3 }, weights],
  ['lengths', { normalize: 'length' }, null],
  ['weights and lengths', { normalize: 'length', gain: 0.3 }, weights],
  ['a gain', { gain: -3 }, null],
])('when values are made of %s then bags hold what the definition says', (_, changes, given) => {
  const weighting = { options: { normalize: false, gain: 1, ...changes }, weights: given, vocabulary };
  // The last are shared between threads.
  for (const length of [3, 20_000]) {
    const texts = textsOf(length);
    const counted = { ...texts, counts: Int32Array.from(texts.ids, (id, place) => 1 + ((id * place) % 5)) };
    for (const each of [texts, counted]) {
      using bags = createBags(each, weighting);
      const { ids, offsets } = each;
      const labels = new Int32Array(length);
      const values = valuesOf(each, weighting);
      using expected = new Bags({ ids, offsets, labels, vocabularySize: size, values });
      // As bytes: Jest would take minutes to show where so many numbers differ.
      expect(bytesOf(valuesIn(bags)).equals(bytesOf(valuesIn(expected)))).toBe(true);
    }
  }
});

/** Text 0 has features 0 and 1, text 1 has 1, text 2 has none, text 3 has 0 and 2. */
const few = { ids: Int32Array.of(0, 1, 1, 0, 2), offsets: Int32Array.of(0, 2, 3, 3, 5), counts: null };
const three = Vocabulary.of(['a', 'b', 'c']);

test('when rows are normalised then each has the gain as its norm, and an empty one stays empty', () => {
  const options = { normalize: true, gain: 10 };
  using bags = createBags(few, { options, vocabulary: three, weights: Float32Array.of(3, -4, 0) });
  using weightless = createBags(few, { options, vocabulary: three, weights: new Float32Array(3) });

  expect([...valuesIn(bags)]).toEqual([6, -8, 0, 0, -10, 0, 0, 0, 0, 10, 0, 0]);
  expect([...valuesIn(weightless)]).toEqual(new Array<number>(12).fill(0));
});

test('when counts matter then values are counts times weights times gain', () => {
  const counted = { ...few, counts: Int32Array.of(2, 1, 3, 1, 1) };
  using plain = createBags(counted, {
    options: { normalize: false, gain: 1 },
    vocabulary: three,
    weights: null,
  });
  using weighted = createBags(counted, {
    options: { normalize: false, gain: 0.5 },
    vocabulary: three,
    weights: Float32Array.of(0.1, 2, 3),
  });

  expect([...valuesIn(plain)]).toEqual([2, 1, 0, 0, 3, 0, 0, 0, 0, 1, 0, 1]);
  const tenth = Math.fround(0.1);
  const values = [Math.fround(2 * tenth) * 0.5, 1, 0, 0, 3, 0, 0, 0, 0, tenth * 0.5, 0, 1.5];
  expect(valuesIn(weighted)).toEqual(Float32Array.from(values));
});
