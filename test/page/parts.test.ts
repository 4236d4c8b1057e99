import { expect, test } from '@jest/globals';
import { compare, differenceOf, effectsOf, sidesOf, strongestEffect } from '../../src/page/comparison.js';
import { Latest } from '../../src/page/latest.js';
import { formatShare, formatSigned } from '../../src/page/numbers.js';
import { cutAtWords } from '../../src/page/text_pieces.js';

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

test('when answers are compared then effects, differences and sides are of the target', () => {
  const prediction = { label: 'b', probability: 0.6, probabilities: { a: 0.4, b: 0.6 } };
  const answer = (adapter: 'off' | 'on', effect: number) => ({
    adapter,
    prediction,
    words: [{ word: 'x', spans: [], effects: { a: -effect, b: effect } }],
  });
  const two = compare('x', ['a', 'b'], [answer('off', 0.5), answer('on', -0.75)]);
  expect(two.target).toBe('b');
  expect(effectsOf(two, 0)).toEqual([0.5, -0.75]);
  expect(differenceOf(effectsOf(two, 0))).toBe(-1.25);
  expect(strongestEffect(two)).toBe(0.75);
  expect(sidesOf(two)).toEqual({ supporting: 'speaks for b', opposing: 'speaks for a' });
  const three = compare('x', ['a', 'b', 'c'], [answer('off', 0.01)]);
  expect(sidesOf(three)).toEqual({ supporting: 'speaks for b', opposing: 'speaks against b' });
  expect(strongestEffect(three)).toBe(0.25);
  expect(differenceOf(effectsOf(three, 0))).toBeNull();
});

test.each([
  [0.9312, '93.1 %'],
  [0.99999, '> 99.9 %'],
  [1e-9, '< 0.1 %'],
  [1, '100.0 %'],
  [0, '0.0 %'],
])('when the share %d is shown then it is %s', (share, shown) => {
  expect(formatShare(share)).toBe(shown);
});

test.each([
  [1.234, '+1.23'],
  [-1.236, '\u22121.24'],
  [-0.001, '±0.00'],
])('when the difference %d is shown then it is %s', (value, shown) => {
  expect(formatSigned(value)).toBe(shown);
});

test('when work is started while other work waits or is under way then only the latest is not given up', async () => {
  const latest = new Latest();
  const begun: string[] = [];
  const signals: AbortSignal[] = [];
  const start = (name: string, milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      latest.start(milliseconds, (signal) => {
        begun.push(name);
        signals.push(signal);
        resolve();
        return Promise.resolve();
      });
    });
  void start('never', 5);
  await start('first', 0);
  await start('second', 10);
  expect(begun).toEqual(['first', 'second']);
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
});
