import { expect, test } from '@jest/globals';
import { Comparisons } from '../../../src/experiments/verify/comparisons.js';
import { Tensor } from '../../../src/model/native.js';
import type { CaseComparison } from '../../../src/experiments/verify/case_result.js';
import type { StoredTensor } from '../../../src/storage/stored_tensor.js';

const stored = (...values: number[]): StoredTensor => ({
  dtype: 'float64',
  shape: [values.length],
  data: Float64Array.from(values),
});
const integers = (...values: bigint[]): StoredTensor => ({
  dtype: 'int64',
  shape: [values.length],
  data: BigInt64Array.from(values),
});

function compareValues(
  actual: ArrayLike<number | bigint>,
  expected: StoredTensor,
  tolerance = 0.1,
): CaseComparison | undefined {
  const comparisons = new Comparisons();
  comparisons.values('it', actual, expected, tolerance);
  return comparisons.results[0];
}

test('when values differ then the error is the largest one, also relative to the largest value', () => {
  expect(compareValues([1, -19, 0.5], stored(1, -20, 0))).toEqual({
    what: 'it',
    absolute: 1,
    relative: 0.05,
    tolerance: 0.1,
    passed: true,
    problem: null,
  });
  expect(compareValues([1, -17, 0.5], stored(1, -20, 0))).toMatchObject({ passed: false });
});

test.each([
  ['a NaN that should be none', [NaN], stored(1)],
  ['a number that should be NaN', [1], stored(NaN)],
  ['a finite number that should be infinite', [1], stored(Infinity)],
  ['an infinity of the wrong sign', [-Infinity], stored(Infinity)],
  ['anything where only 0 is expected', [1e-300], stored(0)],
  ['too few values', [1], stored(1, 1)],
  ['an integer that is off by one', [2n ** 62n + 1n], integers(2n ** 62n)],
])('when there is %s then it has not passed', (_what, actual, expected) => {
  const tolerance = expected.dtype === 'int64' ? 0 : 0.1;
  expect(compareValues(actual, expected, tolerance)).toMatchObject({ passed: false });
});

test('when infinities, NaNs and large integers are as expected then they have passed', () => {
  expect(compareValues([Infinity, NaN, 2], stored(Infinity, NaN, 2), 0)).toMatchObject({ passed: true });
  expect(compareValues([2n ** 62n + 1n], integers(2n ** 62n + 1n), 0)).toMatchObject({ passed: true });
});

test('when a tensor is missing or has another shape or dtype then that is the problem', () => {
  const comparisons = new Comparisons();
  comparisons.tensor('absent', null, stored(1), 1);
  comparisons.tensor('long', Tensor.zeros([2], { dtype: 'float64' }), stored(0), 1);
  comparisons.tensor('single', Tensor.zeros([1]), stored(0), 1);
  comparisons.tensor('right', Tensor.zeros([1], { dtype: 'float64' }), stored(0), 1);
  expect(comparisons.results.map(({ passed, problem }) => [passed, problem])).toEqual([
    [false, 'there is none'],
    [false, 'is float64 [2], expected float64 [1]'],
    [false, 'is float32 [1], expected float64 [1]'],
    [true, null],
  ]);
});
