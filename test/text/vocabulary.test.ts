import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { Vocabulary } from '../../src/text/vocabulary.js';

const words = ['<UNK>', 'naïve', '映画', 'the end', '😀'];
const bytes = Buffer.from('<UNK>\nnaïve\n映画\nthe end\n😀');

test.each([
  ['words', Vocabulary.of(words)],
  ['bytes', new Vocabulary(bytes)],
  ['a part of other bytes', new Vocabulary(Buffer.concat([bytes, bytes]).subarray(bytes.length))],
])('when a vocabulary is made of %s then it has the words, one by one and all', (_, vocabulary) => {
  expect(vocabulary.size).toBe(words.length);
  expect(words.map((_word, id) => vocabulary.word(id))).toEqual(words);
  expect(vocabulary.first(2)).toEqual(['<UNK>', 'naïve']);
  expect(vocabulary.first(9)).toEqual(words);
  expect(vocabulary.words).toEqual(words);
  expect(words.map((_word, id) => vocabulary.word(id))).toEqual(words);
  expect(Buffer.from(vocabulary.lines)).toEqual(bytes);
  expect(vocabulary.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
  for (const id of [-1, 5, 0.5, NaN]) expect(() => vocabulary.word(id)).toThrow(`0 .. 4 but received ${id}`);
});

test('when vocabularies have the same words in the same order then they are equal, else not', () => {
  const vocabulary = Vocabulary.of(['a', 'b c']);
  const equal = (lines: string): boolean => vocabulary.equals(new Vocabulary(Buffer.from(lines)));
  expect(['a\nb c', 'b c\na', 'a b\nc', 'a\nb', 'a\nb c\nd'].map(equal)).toEqual([true, false, false, false, false]);
});

test('when there are no words then the vocabulary is empty', () => {
  const empty = Vocabulary.of([]);
  expect([empty.size, empty.words, empty.first(3)]).toEqual([0, [], []]);
  expect(new Vocabulary(new Uint8Array(0)).words).toEqual([]);
});

test.each([[['a', 'b\nc']], [['\n', 'b']], [['']]])(
  'when words would be other lines (%j) then they are refused',
  (broken) => {
    expect(() => Vocabulary.of(broken)).toThrow('Expected words without line breaks');
  },
);

test('when a vocabulary is told its size then words have the places of its lines', () => {
  const vocabulary = new Vocabulary(Buffer.from('a\nnot good\né'), undefined, 3);

  expect(vocabulary.size).toBe(3);
  expect([0, 1, 2].map((id) => vocabulary.word(id))).toEqual(['a', 'not good', 'é']);
  expect(() => vocabulary.word(3)).toThrow('0 .. 2');
});

test.each([0, 2, 4])('when a vocabulary of 3 words is told that it has %d then its words are refused', (size) => {
  const vocabulary = new Vocabulary(Buffer.from('a\nnot good\né'), undefined, size);
  const refusal = expect.objectContaining({ code: 'ERR_RUN', message: expect.stringContaining(`${size} words`) });
  expect(() => vocabulary.word(0)).toThrow(refusal);
  expect(() => vocabulary.words).toThrow(refusal);
  expect(vocabulary.size).toBe(size);
});
