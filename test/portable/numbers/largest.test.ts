import { expect, test } from '@jest/globals';
import { idsOfLargest, largestOfColumn } from '../../../src/portable/numbers/largest.js';

test.each([0, 1, 5, 40, 200, 5000])('when the largest %d are asked for then they are those of sorting', (count) => {
  const values = Array.from({ length: 300 }, (_, k) => Math.round(20 * Math.sin(k * k)));
  const sorted = values.map((value, id) => ({ id, value })).sort((a, b) => b.value - a.value || a.id - b.id);
  const ids = idsOfLargest((id) => values[id] ?? NaN, { length: values.length, count });
  expect(ids).toEqual(sorted.slice(0, count).map(({ id }) => id));
  const matrix = Float64Array.from(values.flatMap((value) => [0, value]));
  const found = largestOfColumn(matrix, { columns: 2, column: 1, count });
  expect(found).toEqual(sorted.slice(0, count));
});

test('when all of many rising values are asked for then that does not take the square of their number', () => {
  const length = 300_000;
  const ids = idsOfLargest((id) => id, { length, count: length });
  expect([ids[0], ids.at(-1)]).toEqual([length - 1, 0]);
}, 60_000);
