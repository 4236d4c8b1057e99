import type { Dtype, Tensor } from '../../model/native.js';
import type { CaseComparison } from './case_result.js';
import type { StoredTensor } from '../../storage/stored_tensor.js';
import { roundingTolerance } from '../tolerances.js';

/** Compares what was computed here with what PyTorch has computed, value by value. */
export class Comparisons {
  readonly results: CaseComparison[] = [];

  /** Compares shape, dtype and, within the rounding of sums of `terms` numbers, elements; int64 exactly. */
  tensor(what: string, actual: Tensor | null, expected: StoredTensor, terms: number): void {
    if (actual === null) {
      this.#add(what, Infinity, Infinity, 0, 'there is none');
      return;
    }
    const { dtype, shape } = actual;
    if (dtype !== expected.dtype || shape.join() !== expected.shape.join()) {
      const found = `is ${dtype} [${shape.join(', ')}], expected ${expected.dtype} [${expected.shape.join(', ')}]`;
      this.#add(what, Infinity, Infinity, 0, found);
    } else this.values(what, actual.toTypedArray(), expected, toleranceOf(expected.dtype, terms));
  }

  /** Compares elements alone. @param tolerance relative to the largest finite value expected */
  values(what: string, actual: ArrayLike<number | bigint>, expected: StoredTensor, tolerance: number): void {
    const { data } = expected;
    if (actual.length !== data.length) {
      this.#add(what, Infinity, Infinity, 0, `has ${actual.length} values, expected ${data.length}`);
      return;
    }
    let [error, largest] = [0, 0];
    for (const [index, value] of data.entries()) {
      error = Math.max(error, differenceOf(actual[index] ?? NaN, value));
      if (Number.isFinite(Number(value))) largest = Math.max(largest, Math.abs(Number(value)));
    }
    this.#add(what, error, error === 0 ? 0 : error / largest, tolerance, null);
  }

  /** Records whether something without a size is as expected: an order, a hash, that there is a gradient. */
  same(what: string, actual: unknown, expected: unknown): void {
    const problem = actual === expected ? null : `is ${String(actual)}, expected ${String(expected)}`;
    const error = problem === null ? 0 : Infinity;
    this.#add(what, error, error, 0, problem);
  }

  #add(what: string, absolute: number, relative: number, tolerance: number, problem: string | null): void {
    const passed = relative <= tolerance;
    this.results.push({ what, absolute, relative, tolerance, passed, problem });
  }
}

/** Returns the largest difference; it is infinite between NaN or an infinity and anything else. */
function differenceOf(actual: number | bigint, expected: number | bigint): number {
  if (typeof expected === 'bigint') return Math.abs(Number(BigInt(actual) - expected));
  if (Object.is(Number(actual), expected)) return 0;
  const difference = Math.abs(Number(actual) - expected);
  return Number.isNaN(difference) ? Infinity : difference;
}

/** Returns the tolerance for sums of `terms` numbers; integers are to be exact. */
export function toleranceOf(dtype: Dtype, terms: number): number {
  return dtype === 'int64' ? 0 : roundingTolerance(dtype, terms);
}
