import { expect, test } from '@jest/globals';
import {
  compare,
  differenceOf,
  effectsOf,
  sidesOf,
  strongestEffect,
  type AnswerWith,
} from '../../src/web/comparison.js';
import { Latest } from '../../src/web/latest.js';
import { formatShare, formatSigned } from '../../src/web/numbers.js';
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

/** An answer for a word `x` with this effect on the second class. */
function answer(adapter: 'off' | 'on', classes: readonly string[], effect: number): AnswerWith {
  const [one = '', two = ''] = classes;
  return {
    ...{ adapter, classes },
    prediction: { label: two, probability: 0.6, probabilities: { [one]: 0.4, [two]: 0.6 } },
    words: [{ word: 'x', spans: [], effects: { [one]: -effect, [two]: effect } }],
  };
}

test('when answers are compared then effects, differences and sides are of the target', () => {
  const two = compare('x', [answer('off', ['a', 'b'], 0.5), answer('on', ['a', 'b'], -0.75)]);
  expect(two.answers.map(({ target }) => target)).toEqual(['b', 'b']);
  expect(two.isOfOneTask).toBe(true);
  expect(effectsOf(two, 0)).toEqual([0.5, -0.75]);
  expect(differenceOf(effectsOf(two, 0))).toBe(-1.25);
  expect(strongestEffect(two)).toBe(0.75);
  expect(sidesOf(two)).toEqual({ supporting: 'speaks for b', opposing: 'speaks for a' });
  const three = compare('x', [answer('off', ['a', 'b', 'c'], 0.01)]);
  expect(sidesOf(three)).toEqual({ supporting: 'speaks for b', opposing: 'speaks against b' });
  expect(strongestEffect(three)).toBe(0.25);
  expect(differenceOf(effectsOf(three, 0))).toBeNull();
  const other = answer('on', ['a', 'b', 'c'], 0.2);
  const changed = { ...other, prediction: { ...other.prediction, label: 'c' } };
  const both = compare('x', [answer('off', ['a', 'b', 'c'], 0.1), changed]);
  expect(both.answers.map(({ target }) => target)).toEqual(['b', 'b']);
});

test('when an adapter has classes of its own then its effects are on those', () => {
  const tasks = compare('x', [answer('off', ['neg', 'pos'], 0.5), answer('on', ['mild', 'strong'], -0.75)]);
  expect(tasks.isOfOneTask).toBe(false);
  expect(effectsOf(tasks, 0)).toEqual([0.5, -0.75]);
  expect(sidesOf(tasks)).toEqual({
    supporting: 'speaks for pos or strong',
    opposing: 'speaks for neg or mild',
  });
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
