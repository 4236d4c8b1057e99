import { expect, test } from '@jest/globals';
import { cutAtWords } from '../../src/web/text_pieces.js';

test('when a text is cut at its words then the pieces are the text, in order', () => {
  const text = '\u{1f600} Not good, not!';
  const words = [
    {
      spans: [
        [3, 6],
        [13, 16],
      ] as [number, number][],
    },
    { spans: [[7, 11]] as [number, number][] },
  ];
  const pieces = cutAtWords(text, words);
  expect(pieces).toEqual([
    { text: '\u{1f600} ', word: null },
    { text: 'Not', word: 0 },
    { text: ' ', word: null },
    { text: 'good', word: 1 },
    { text: ', ', word: null },
    { text: 'not', word: 0 },
    { text: '!', word: null },
  ]);
  expect(cutAtWords('', [])).toEqual([]);
  expect(cutAtWords('a', [{ spans: [[0, 1]] }])).toEqual([{ text: 'a', word: 0 }]);
});

test('when two words are of the same letter, or one has no place, then no letter comes twice', () => {
  // The notebook's tokenizers make an i and a dot of a capital I with a dot.
  const words = [[[0, 1]], [[0, 1]], [[1, 2]], [[2, 2]]].map((spans) => ({ spans: spans as [number, number][] }));
  expect(cutAtWords('\u0130y!', words)).toEqual([
    { text: '\u0130', word: 0 },
    { text: 'y', word: 2 },
    { text: '!', word: null },
  ]);
});
