import type { Decision } from '../../storage/model_description.js';
import { indexOfLargest } from './largest.js';

/**
 * Returns the class that each text is given: the one with the largest ln(p) + offset, or the most probable one where
 * there is no decision; the first of equal ones.
 * @param probabilities `[n, classes]`, row-major
 * @returns `[n]`: class numbers
 */
export function decide(probabilities: Float64Array, classes: number, decision: Decision | undefined): Int32Array {
  const scores = decision === undefined ? probabilities : withOffsets(probabilities, decision.offsets);
  return Int32Array.from({ length: scores.length / classes }, (_, row) =>
    indexOfLargest(scores.subarray(row * classes, (row + 1) * classes)),
  );
}

function withOffsets(probabilities: Float64Array, offsets: readonly number[]): Float64Array {
  return probabilities.map((probability, index) => Math.log(probability) + offsets[index % offsets.length]);
}
