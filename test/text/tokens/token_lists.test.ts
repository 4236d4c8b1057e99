import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { PythonRandom } from '../../../src/data/numbers/python_random.js';
import { writeSample } from '../../../src/data/sample/sample.js';
import type { FeatureOptions } from '../../../src/text/features.js';
import { TokenLists } from '../../../src/text/tokens/token_lists.js';
import { tokenize, tokenSpans } from '../../../src/text/tokens/tokenizer.js';
import { TokenInterner } from '../../../src/text/tokens/token_interner.js';

type Tokenizer = FeatureOptions['tokenizer'];

function textsOf(fixture: string): string[] {
  const { texts } = JSON.parse(readFileSync(`test/fixtures/${fixture}`, 'utf8')) as {
    texts: [text: string, words: string[]][];
  };
  // Through UTF-8, where lone surrogates are U+FFFD.
  return texts.map(([text]) => Buffer.from(text).toString());
}

function wordsAndMarks(text: string): string[] {
  return tokenSpans(text, 'words-and-punctuation').map(({ token }) => token);
}

/** The words that the fast path finds, text by text. */
function wordsOf(texts: readonly string[], tokenizer: Tokenizer = 'notebook'): string[][] {
  const lists = new TokenLists(tokenizer);
  for (const text of texts) lists.add(Buffer.from(text));
  return texts.map((_, text) => Array.from(lists.list(text), (id) => lists.interner.token(id)));
}

test('when texts mix scripts and marks then the fast path finds the words of the reference', () => {
  const texts = [...textsOf('tokenizer.json'), ...textsOf('punctuation_tokenizer.json')];

  expect(wordsOf(texts)).toEqual(texts.map((text) => tokenize(text)));
  expect(wordsOf(texts, 'words-and-punctuation')).toEqual(texts.map(wordsAndMarks));
});

test('when line breaks and words mix ASCII with the rest then the fast path finds the words of the reference', () => {
  const pieces = [
    '<br',
    '<',
    'br',
    ' ',
    '\t',
    '\u00a0',
    '/',
    '>',
    'a',
    'É',
    "'",
    '’',
    '.',
    '_',
    'Σ',
    'Ⓐ',
    'İ',
    '\u0085',
  ];
  const random = new PythonRandom(11);
  const texts = Array.from({ length: 5000 }, () =>
    Array.from({ length: 1 + random.below(12) }, () => pieces[random.below(pieces.length)] ?? '').join(''),
  );

  expect(wordsOf(texts, 'words-and-punctuation')).toEqual(texts.map(wordsAndMarks));
  expect(wordsOf(texts)).toEqual(texts.map(tokenize));
});

test('when texts are reviews then the fast path finds the words of the reference', () => {
  const texts = [...writeSample()].map(({ text }) => text);

  expect(wordsOf(texts)).toEqual(texts.map((text) => tokenize(text)));
  expect(wordsOf(texts, 'words-and-punctuation')).toEqual(texts.map(wordsAndMarks));
});

test('when a letter needs more bytes in lower case then nothing is lost', () => {
  const text = `${'Ⱥ'.repeat(60_000)} end`;

  expect(wordsOf([text, text])).toEqual([tokenize(text), tokenize(text)]);
});

test('when there are more words than the table first has room for then each keeps its number', () => {
  const texts = Array.from({ length: 3 }, () => Array.from({ length: 30_000 }, (_, k) => `w${k}`).join(' '));
  // Less than one of them needs: each begins a block.
  const lists = new TokenLists('notebook', { room: 1 << 14 });
  for (const text of texts) lists.add(Buffer.from(text));

  const once = Array.from({ length: 30_000 }, (_, k) => k);
  expect([0, 1, 2].map((text) => Array.from(lists.list(text)))).toEqual([once, once, once]);
  expect(lists.lengthOf(Int32Array.of(0, 2))).toBe(60_000);
  expect(lists.interner.token(29_999)).toBe('w29999');
});

test('when a text is empty then its list is', () => {
  expect(wordsOf(['', 'a', ' .!\n'])).toEqual([[], ['a'], []]);
});

test('when the words are given and frozen then others are -1', () => {
  const words = new TokenInterner();
  words.internString('good');
  words.frozen = true;
  const lists = new TokenLists('notebook', { interner: words });
  lists.add(Buffer.from('good bad good'));

  expect(Array.from(lists.list(0))).toEqual([0, -1, 0]);
});

test('when bytes are not UTF-8 then a tokenizer of one’s own gets the text without them, and what stands for them in it', () => {
  const given: string[] = [];
  const own = (text: string): string[] => {
    given.push(text);
    return [];
  };
  const lists = new TokenLists('own:own', { own });
  const broken = ['go\xff', '\xc3', 'a\xf0\xef\xbf\xbdb', '\xe2\x82', '\xef\xbb\xbfx', 'caf\xc3\xa9'];
  for (const bytes of broken) lists.add(Buffer.from(bytes, 'latin1'));
  lists.add(Buffer.from('\ufffd'));
  expect(given).toEqual(['go', '', 'a\ufffdb', '', '\ufeffx', 'caf\u00e9', '\ufffd']);
});
