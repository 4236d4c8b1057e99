import { expect, test } from '@jest/globals';
import { madeAtOnce, makeTablesOf, type NumberedFeatures } from '../../../src/text/ngrams/index_tables.js';
import { makeTables } from '../../../src/text/ngrams/vocabulary_tables.js';
import { TokenInterner } from '../../../src/text/tokens/token_interner.js';
import { Vocabulary } from '../../../src/text/vocabulary.js';

const comesTwice = (id: number): Error => new Error(`${id} comes twice`);

/** Numbers the tokens of features by hand: n-grams of characters begin with a tilde. */
function numbered(features: readonly string[]): NumberedFeatures {
  const [tokens, ngrams] = [new TokenInterner(), new TokenInterner()];
  const isOfCharacters = (feature: string): boolean => feature.startsWith('~');
  const sequences = features.map((feature) => (isOfCharacters(feature) ? [] : feature.split(' ')));
  const ids = [...features.keys()].filter((id) => isOfCharacters(features[id] ?? ''));
  for (const id of ids) ngrams.internString((features[id] ?? '').slice(1));
  let end = 0;
  return {
    tokens,
    sequences: Int32Array.from(sequences.flat(), (token) => tokens.internString(token)),
    offsets: Int32Array.from([0, ...sequences.map(({ length }) => (end += length))]),
    characters: { range: [2, 3], ngrams, idOf: Int32Array.from(ids) },
  };
}

test('when tables are made of tokens that are numbered then they are those of the vocabulary', () => {
  const features = ['not', '~^no', 'not a bad film', 'a', 'bad film', '~ot', 'a a', 'film'];
  const vocabulary = Vocabulary.of(features);

  const tables = madeAtOnce(makeTablesOf(numbered(features), comesTwice));
  expect(tables).toEqual(madeAtOnce(makeTables({ vocabulary, hasUnknown: false, characters: [2, 3] })));
  expect(tables.longest).toBe(4);
});

test('when the tokens of a feature come twice then the later one is named', () => {
  for (const features of [
    ['a', 'b', 'a'],
    ['a', 'a b', 'a b'],
    ['a b c', 'b c', 'a b c'],
  ]) {
    expect(() => madeAtOnce(makeTablesOf(numbered(features), comesTwice))).toThrow('2 comes twice');
  }
});
