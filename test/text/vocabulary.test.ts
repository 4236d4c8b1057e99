import { expect, test } from '@jest/globals';
import { bagsOfWords } from '../../src/text/bag_of_words.js';
import { mostFrequentWords, vocabularyIds, type Lists } from '../../src/text/vocabulary.js';

/** Texts of word numbers: 0 to 5. */
const tokens: Lists = {
  ids: Int32Array.of(0, 1, 2, 3, 3, 1, 5, 4, 4, 2),
  offsets: Int32Array.of(0, 4, 8, 8, 10),
};
const wordCount = 6;

test('when words are equally frequent then the first to appear in the given order comes first', () => {
  const inOrder = (rows: number[], limit: number): number[] =>
    Array.from(mostFrequentWords(tokens, Int32Array.from(rows), wordCount, limit));

  expect(inOrder([0, 1, 2, 3], 10)).toEqual([1, 2, 3, 4, 0, 5]);
  expect(inOrder([3, 2, 1, 0], 10)).toEqual([4, 2, 3, 1, 5, 0]);
  expect(inOrder([3, 2, 1, 0], 3)).toEqual([4, 2, 3]);
  expect(inOrder([2], 3)).toEqual([]);
});

test('when texts become bags then each holds its ids once, ascending, unknown words as 0', () => {
  const ids = vocabularyIds(Int32Array.of(3, 1, 4), wordCount);
  const bags = bagsOfWords(tokens, Int32Array.of(1, 2, 0), ids, 4);

  expect(Array.from(ids)).toEqual([0, 2, 0, 1, 3, 0]);
  expect(Array.from(bags.offsets)).toEqual([0, 4, 4, 7]);
  expect(Array.from(bags.ids)).toEqual([0, 1, 2, 3, 0, 1, 2]);
});

test('when ids fill whole words of bits then the highest bit is kept too', () => {
  const all = Int32Array.from({ length: 64 }, (_, k) => 63 - k);
  const bags = bagsOfWords({ ids: all, offsets: Int32Array.of(0, 64) }, Int32Array.of(0), all, 64);

  expect(Array.from(bags.ids)).toEqual(Array.from({ length: 64 }, (_, k) => k));
});
