import { expect, test } from '@jest/globals';
import { featureValues, naiveBayesWeights } from '../../src/text/feature_values.js';
import { checkFeatures, notebookFeatures } from '../../src/text/features.js';

/** Text 0 has features 0 and 1, text 1 has 1, text 2 has none, text 3 has 0 and 2. */
const encoded = { ids: Int32Array.of(0, 1, 1, 0, 2), offsets: Int32Array.of(0, 2, 3, 3, 5), counts: null };
const labels = Int32Array.of(1, 0, 0, 0);
const float32 = (values: readonly number[]): number[] => Array.from(Float32Array.from(values));

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

test('when nothing is asked for then there are no values', () => {
  expect(featureValues(encoded, null, notebookFeatures)).toBeNull();
});

test('when rows are normalised then each has the gain as its norm, and an empty one stays empty', () => {
  const weights = Float32Array.of(3, -4, 0);
  const values = featureValues(encoded, weights, { normalize: true, gain: 10 });

  expect(Array.from(values ?? [])).toEqual([6, -8, -10, 10, 0]);
  const weightless = featureValues(encoded, new Float32Array(3), { normalize: true, gain: 10 });
  expect(Array.from(weightless ?? [])).toEqual([0, 0, 0, 0, 0]);
});

test('when counts matter then values are counts times weights times gain', () => {
  const counts = Int32Array.of(2, 1, 3, 1, 1);

  expect(
    Array.from(featureValues({ ...encoded, counts }, null, { normalize: false, gain: 1 }) ?? []),
  ).toEqual([2, 1, 3, 1, 1]);
  const weights = Float32Array.of(0.1, 2, 3);
  expect(
    Array.from(featureValues({ ...encoded, counts }, weights, { normalize: false, gain: 0.5 }) ?? []),
  ).toEqual(float32([Math.fround(2 * Math.fround(0.1)) * 0.5, 1, 3, Math.fround(0.1) * 0.5, 1.5]));
});

test('when an option is out of range then it is refused by name', () => {
  const bad = [
    [{ ngrams: 0 }, /n-grams/],
    [{ ngrams: 17 }, /n-grams/],
    [{ minimumCount: 1.5 }, /minimum count/],
    [{ vocabularySize: 1 }, /vocabulary size/],
    [{ gain: 0 }, /gain/],
    [{ gain: Infinity }, /gain/],
  ] as const;
  for (const [change, message] of bad) {
    expect(() => {
      checkFeatures({ ...notebookFeatures, ...change });
    }).toThrow(
      expect.objectContaining({ code: 'ERR_USAGE', message: expect.stringMatching(message) as unknown }),
    );
  }
  expect(() => {
    checkFeatures({ ...notebookFeatures, vocabularySize: null });
  }).not.toThrow();
});
