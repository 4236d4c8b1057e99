import { expect, test } from '@jest/globals';
import { crossFittedOutcome, fitDecision } from '../../src/training/decisions/fit_decision.js';

test('when all scores are equal then the shares of the classes are the probabilities', () => {
  const scores = new Float64Array(300).fill(0.1);
  const labels = Int32Array.from(scores, (_, row) => Number(row % 3 === 0));
  const { map, bias } = fitDecision(scores, labels, { classes: 2, metric: 'accuracy' });
  const logOdds = ((map[1] ?? NaN) - (map[0] ?? NaN)) * 0.1 + (bias[1] ?? NaN) - (bias[0] ?? NaN);
  // Platt's targets draw the probability of 1/3 towards 1/2 by less than 1/300.
  expect(1 / (1 + Math.exp(-logOdds))).toBeCloseTo(1 / 3, 2);
});

test('when folds or scores do not fit then they are refused', () => {
  const labels = Int32Array.of(0, 1);
  const options = { classes: 2, metric: 'accuracy' } as const;
  expect(() => fitDecision(new Float64Array(3), labels, options)).toThrow(
    'Expected 2 numbers for scores but received 3',
  );
  expect(() => fitDecision(new Float64Array(0), new Int32Array(0), options)).toThrow('an example or more');
  expect(() => crossFittedOutcome(new Float64Array(2), labels, Int32Array.of(0, 0), options)).toThrow('two folds');
  expect(() => crossFittedOutcome(new Float64Array(2), labels, Int32Array.of(0), options)).toThrow(
    '2 numbers for fold',
  );
});
