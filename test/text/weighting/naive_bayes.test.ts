import { expect, test } from '@jest/globals';
import { naiveBayesWeights } from '../../../src/text/weighting/naive_bayes.js';

/** Text 0 has features 0 and 1, text 1 has 1, text 2 has none, text 3 has 0 and 2. */
const encoded = { ids: Int32Array.of(0, 1, 1, 0, 2), offsets: Int32Array.of(0, 2, 3, 3, 5), counts: null };
const labels = Int32Array.of(1, 0, 0, 0);

test('when weights are taken then they are the log-count ratios of Wang and Manning', () => {
  // Class 1: 1 + (1, 1, 0) of 5; class 0: 1 + (1, 1, 1) of 6.
  const expected = [Math.log(2 / 5 / (2 / 6)), Math.log(2 / 5 / (2 / 6)), Math.log(1 / 5 / (2 / 6))];

  const weights = naiveBayesWeights(encoded, labels, 3);
  expected.forEach((weight, id) => {
    // float32 keeps 24 bits of a number below 1.
    expect(Math.abs((weights[id] ?? NaN) - weight)).toBeLessThan(2 ** -24);
  });
  const counts = Int32Array.of(4, 1, 1, 1, 1);
  expect(naiveBayesWeights({ ...encoded, counts }, labels, 3)[0]).toBeCloseTo(Math.log(5 / 8 / (2 / 6)), 6);
  const many = Int32Array.of(4000, 1, 1, 5000, 1);
  const [first] = naiveBayesWeights({ ...encoded, counts: many }, labels, 3);
  expect(first).toBeCloseTo(Math.log(4001 / 4004 / (5001 / 5005)), 6);
});
