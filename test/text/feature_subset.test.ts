import { expect, test } from '@jest/globals';
import { FeatureSubset } from '../../src/text/feature_subset.js';
import { Vocabulary } from '../../src/text/vocabulary.js';

const whole = Vocabulary.of(['a', '~', '~^a', 'a b', '~ a', '中', '中 国', 'a b c', '中 国 人']);
const texts = {
  ids: Uint16Array.of(0, 2, 3, 7, 1, 6),
  offsets: Int32Array.of(0, 4, 6),
  counts: Int32Array.of(1, 2, 3, 4, 5, 6),
};

test('when a subset is taken then it has the shorter n-grams, of letters that are tokens up to three', () => {
  const { vocabulary, isCharacters } = new FeatureSubset(whole, { ngrams: 1, characters: false, hasLetters: true });
  expect(vocabulary.words).toEqual(['a', '~', '中', '中 国', '中 国 人']);
  expect([...isCharacters]).toEqual([0, 0, 0, 0, 0]);
});

test('when characters belong to it then they are marked, and a tilde before a blank is a token', () => {
  const { vocabulary, isCharacters } = new FeatureSubset(whole, { ngrams: 2, characters: true, hasLetters: true });
  expect(vocabulary.words).toEqual(['a', '~', '~^a', 'a b', '~ a', '中', '中 国', '中 国 人']);
  expect([...isCharacters]).toEqual([0, 0, 1, 0, 0, 0, 0, 0]);
});

test('when texts are selected then other features are left out and the rest is renumbered', () => {
  const { ids, offsets, counts } = new FeatureSubset(whole, { ngrams: 2, characters: false, hasLetters: true }).select(
    texts,
  );
  expect([...ids]).toEqual([0, 2, 1, 5]);
  expect([...offsets]).toEqual([0, 2, 4]);
  expect(counts && [...counts]).toEqual([1, 3, 5, 6]);
});

test('when all features belong to it then nothing is copied', () => {
  const subset = new FeatureSubset(whole, { ngrams: 3, characters: true, hasLetters: true });
  expect(subset.vocabulary).toBe(whole);
  expect(subset.select(texts).ids).toBe(texts.ids);
});
