import { expect, test } from '@jest/globals';
import { valueOfTwice } from '../../../src/experiments/auto/learning_curve.js';
import { describeLearningCurve } from '../../../src/report/console/learning_curve.js';

test('when values follow a power law then twice as many reviews bring what it says', () => {
  const law = (reviews: number): number => 0.95 - 0.9 * reviews ** -0.5;
  expect(valueOfTwice([100, 200, 400, 800].map(law), 'accuracy')).toBeCloseTo(law(1600), 12);
  const loss = (reviews: number): number => 0.1 + 2 * reviews ** -0.7;
  expect(valueOfTwice([200, 400, 800].map(loss), 'log-loss')).toBeCloseTo(loss(1600), 12);
});

test.each([
  ['the last doubling brings more than the one before', [0.6, 0.61, 0.7], 0.7 + (0.1 * 0.64) / 1.8],
  ['the last doubling brings nothing', [0.6, 0.7, 0.7], 0.7 + (0.1 * 0.09) / 1.3],
  ['the middle value is lower by chance', [0.6, 0.59, 0.7], 0.7 + (0.1 * 0.64) / 1.8],
  ['the model gets worse', [0.7, 0.6, 0.5], 0.5],
  ['all values are the same', [0.5, 0.5, 0.5], 0.5],
  ['it would be above one', [0.2, 0.59, 0.98], 1],
])('when %s then the curve goes on as such curves do', (_, values, expected) => {
  expect(valueOfTwice(values, 'macro-f1')).toBeCloseTo(expected, 12);
});

test('when there are two values then nothing is said of twice as many', () => {
  expect(valueOfTwice([0.6, 0.7], 'accuracy')).toBeNull();
});

const style = { unicode: false, colour: false };
const points = [0.7, 0.75, 0.8].map((value, k) => ({ reviews: 1000 * 2 ** k, value, standardError: 0.01 }));

test('when a learning curve is described then it has numbers, a curve and a sentence', () => {
  expect(describeLearningCurve({ metric: 'accuracy', points, twice: 0.8312 }, 80, style)).toEqual([
    '\nLearning curve',
    expect.stringMatching(/fitted on \|\s+accuracy.*\|\s+1,000 \| 70\.00 % \+-|± 1\.00 %.*\|\s+4,000 \| 80\.00 %/s),
    'Held-out accuracy, each column twice the reviews:',
    '80.00 %         ####',
    expect.stringMatching(/^ {8}/),
    expect.stringMatching(/^ {8}/),
    '70.00 % ....########',
    'Twice as many labelled reviews would probably bring the accuracy from 80.00 % to about 83.12 %.',
  ]);
});

test.each([
  [
    'accuracy',
    0.8099,
    'Twice as many labelled reviews would bring little: less than the standard error of the accuracy, 1.00 %.',
  ],
  [
    'log-loss',
    0.7901,
    'Twice as many labelled reviews would bring little: less than the standard error of the log loss, 0.0100.',
  ],
  ['log-loss', 0.7, 'Twice as many labelled reviews would probably bring the log loss from 0.8000 to about 0.7000.'],
] as const)('when twice as many bring the %s to %d then the sentence says so', (metric, twice, sentence) => {
  expect(describeLearningCurve({ metric, points, twice }, 80, style).at(-1)).toBe(sentence);
});

test('when it is not known what twice as many bring then there is no sentence', () => {
  const few = describeLearningCurve({ metric: 'accuracy', points: points.slice(1), twice: null }, 80, style);
  expect(few.join('\n')).not.toContain('Twice');
});
