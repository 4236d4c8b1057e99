import { expect } from '@jest/globals';
import type { Tensor } from '../../../binding.js';
import { roundingTolerance } from '../../../src/experiments/tolerances.js';
import type { StoredTensor } from '../../../src/storage/stored_tensor.js';

/** Shape, dtype and, within rounding, elements; int64 exactly. */
export function expectClose(actual: Tensor, expected: StoredTensor, terms: number): void {
  expect(actual.shape).toEqual(expected.shape);
  expect(actual.dtype).toBe(expected.dtype);
  expectCloseNumbers(actual.toTypedArray(), expected, terms);
}

export function expectCloseNumbers(
  actual: Iterable<number | bigint>,
  { dtype, data }: StoredTensor,
  terms: number,
): void {
  const numbers = [...actual];
  expect(numbers).toHaveLength(data.length);
  if (dtype === 'int64') {
    expect(numbers).toEqual([...data]);
    return;
  }
  const expected = [...data].map(Number);
  const finite = expected.filter(Number.isFinite).map(Math.abs);
  const tolerance = roundingTolerance(dtype, terms) * Math.max(0, ...finite);
  const apart = numbers.map((value, i) => ({ index: i, value, expected: expected[i] ?? NaN })).filter(differ);
  expect(apart).toEqual([]);

  function differ(pair: { value: number | bigint; expected: number }): boolean {
    // Written so that NaN on either side counts as a difference.
    return !Object.is(pair.value, pair.expected) && !(Math.abs(Number(pair.value) - pair.expected) <= tolerance);
  }
}
