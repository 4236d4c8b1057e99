import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { sampleReviews } from '../../src/data/sample.js';
import { TokenLists } from '../../src/text/token_lists.js';
import { tokenize } from '../../src/text/tokenizer.js';

const fixture = JSON.parse(readFileSync('test/fixtures/tokenizer.json', 'utf8')) as {
  texts: [text: string, words: string[]][];
};

/** The words that the fast path finds, text by text. */
function wordsOf(texts: readonly string[]): string[][] {
  const lists = new TokenLists();
  for (const text of texts) lists.add(Buffer.from(text));
  const { ids, offsets } = lists;
  return texts.map((_, row) =>
    Array.from(ids.subarray(offsets[row], offsets[row + 1]), (id) => lists.words.word(id)),
  );
}

test('when texts mix scripts and marks then the fast path finds the words of the reference', () => {
  const texts = fixture.texts.map(([text]) => Buffer.from(text).toString());

  expect(wordsOf(texts)).toEqual(texts.map((text) => tokenize(text)));
});

test('when texts are reviews then the fast path finds the words of the reference', () => {
  const texts = sampleReviews().map(({ text }) => text);

  expect(wordsOf(texts)).toEqual(texts.map((text) => tokenize(text)));
});

test('when a letter needs more bytes in lower case then nothing is lost', () => {
  const text = `${'Ⱥ'.repeat(60_000)} end`;

  expect(wordsOf([text, text])).toEqual([tokenize(text), tokenize(text)]);
});

test('when there are more words than the table first has room for then each keeps its number', () => {
  const texts = Array.from({ length: 3 }, () => Array.from({ length: 30_000 }, (_, k) => `w${k}`).join(' '));
  const lists = new TokenLists();
  for (const text of texts) lists.add(Buffer.from(text));

  const once = Array.from({ length: 30_000 }, (_, k) => k);
  expect(Array.from(lists.ids)).toEqual([...once, ...once, ...once]);
  expect(lists.words.word(29_999)).toBe('w29999');
});

test('when a text is empty then its list is', () => {
  expect(wordsOf(['', 'a', ' .!\n'])).toEqual([[], ['a'], []]);
});
