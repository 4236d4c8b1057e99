import type { Dtype } from '../../model/native.js';
import type { Backend } from './backends.js';

/** One value that was computed here and by PyTorch. */
export interface CaseComparison {
  what: string;
  /** The largest difference of two elements. */
  absolute: number;
  /** The largest difference relative to the largest element; it may be at most `tolerance`. */
  relative: number;
  tolerance: number;
  passed: boolean;
  /** What is wrong, where the differences do not say it. */
  problem: string | null;
}

/** A case of PyTorch, recomputed by one backend. */
export interface CaseResult extends Backend {
  group: string;
  name: string;
  dtype: Dtype;
  comparisons: readonly CaseComparison[];
}

/** Whether all comparisons hold; a case without any has shown nothing. */
export function casePassed({ comparisons }: CaseResult): boolean {
  return comparisons.length > 0 && comparisons.every(({ passed }) => passed);
}
