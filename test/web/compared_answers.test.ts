import { expect, test } from '@jest/globals';
import {
  compare,
  differenceOf,
  effectsOf,
  likelierClass,
  sidesOf,
  strongestEffect,
  type AnswerWith,
} from '../../src/web/compared_answers.js';

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

test('when another class is more probable than the predicted one then it is named, the first of equal ones', () => {
  const probabilities = { a: 0.2, b: 0.4, c: 0.4 };
  expect(likelierClass({ label: 'a', probability: 0.2, probabilities })).toBe('b');
  expect(likelierClass({ label: 'c', probability: 0.4, probabilities })).toBeNull();
});
