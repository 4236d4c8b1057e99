import type { FloatDtype } from '../../binding.js';

/** The distance from 1 to the next number. */
const epsilon: Readonly<Record<FloatDtype, number>> = { float32: 2 ** -23, float64: 2 ** -52 };

/**
 * How far x (W + s A B)^T may be from x W^T + s (x B^T) A^T, relative to the largest output: both round sums of a few
 * dozen products, in another order.
 */
export function layerOutputTolerance(dtype: FloatDtype): number {
  return 64 * epsilon[dtype];
}

/**
 * How far the mean loss after a merge may be from the one before: merging rounds each weight of W once more, and a
 * review has some hundreds of words.
 */
export function mergedLossTolerance(dtype: FloatDtype): number {
  return 1024 * epsilon[dtype];
}

/** How far accuracies may be apart: rounding can tip a review that stands on the edge between two classes. */
export const mergedAccuracyTolerance = 0.0005;

/** How far a logit may move by merging, relative to the largest logit; logits are sums of larger activations. */
export function mergedLogitTolerance(dtype: FloatDtype): number {
  return 1024 * epsilon[dtype];
}
