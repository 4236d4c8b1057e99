import { expect, test } from '@jest/globals';
import { decide } from '../../../src/portable/numbers/decision.js';

const probabilities = Float64Array.of(0.5, 0.25, 0.25, 0.2, 0.4, 0.4, 1, 0, 0);

test('when there is no decision then the most probable class is taken, the first of equal ones', () => {
  expect(decide(probabilities, 3, undefined)).toEqual(Int32Array.of(0, 1, 0));
});

test('when there are offsets then the largest ln(p) + offset counts, the first of equal ones', () => {
  expect(decide(probabilities, 3, { offsets: [0, 0.5, 0.7] })).toEqual(Int32Array.of(2, 2, 0));
  // 0.5 and 0.25 with ln 2 more are equal.
  expect(decide(probabilities, 3, { offsets: [0, Math.LN2, Math.LN2] })).toEqual(Int32Array.of(0, 1, 0));
  expect(decide(probabilities, 3, { offsets: [0, Math.LN2 + 1e-9, 0] })).toEqual(Int32Array.of(1, 1, 0));
});
