import { expect, test } from '@jest/globals';
import { mostFrequent } from '../../../src/text/ngrams/counting_sort.js';

test('when counts are equal then the earlier index comes first', () => {
  const counts = Int32Array.of(1, 2, 3, 2, 0, 3);

  expect(Array.from(mostFrequent(counts, 10))).toEqual([2, 5, 1, 3, 0, 4]);
  expect(Array.from(mostFrequent(counts, 3))).toEqual([2, 5, 1]);
  expect(Array.from(mostFrequent(counts, Infinity))).toHaveLength(6);
  expect(Array.from(mostFrequent(new Int32Array(0), 3))).toEqual([]);
});
