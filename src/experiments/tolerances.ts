import type { FloatDtype } from '../../binding.js';

/** The distance from 1 to the next number. */
const epsilon: Readonly<Record<FloatDtype, number>> = { float32: 2 ** -23, float64: 2 ** -52 };

/**
 * How far x (W + s * up * down)^T may be from x W^T + s * (x down^T) up^T, relative to the largest output: both round sums of a few
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

/** The allowed difference of accuracies: rounding can tip a review that stands on the edge between two classes. */
export const mergedAccuracyTolerance = 0.0005;

/** The allowed change of a logit by merging, relative to the largest logit; logits are sums of larger activations. */
export function mergedLogitTolerance(dtype: FloatDtype): number {
  return 1024 * epsilon[dtype];
}

/**
 * How far two correct ways to sum `terms` numbers may be apart, relative to the largest value of the tensor, as its
 * small values may be differences of large ones: each addition rounds by up to eps / 2 of a partial sum, the errors
 * add up like a random walk (hence the root), and 4 leaves room for the functions between the sums.
 */
export function roundingTolerance(dtype: FloatDtype, terms: number): number {
  return 4 * epsilon[dtype] * Math.sqrt(terms);
}

/** Single precision numbers from one logarithm, root and cosine, whose last bit differs between processors. */
export const drawTerms = 1;

interface TrainingTolerance {
  /** For the losses of single steps. */
  steps: number;
  /** For losses over a data set. */
  losses: number;
  accuracies: number;
}

/**
 * How far a whole training may be from PyTorch's. Rounding moves a loss by some eps a step, and a few thousand steps
 * add up to these bounds; an accuracy moves where a review stands on the edge between two classes.
 */
export const trainingTolerance: Readonly<Record<FloatDtype, TrainingTolerance>> = {
  float32: { steps: 5e-5, losses: 5e-5, accuracies: 0.0005 },
  float64: { steps: 1e-9, losses: 1e-9, accuracies: 0 },
};

/**
 * The same of fine-tuning as the notebook does it, which is unstable: in float32 a ReLU that flips by rounding moves
 * the first epoch's loss by 1e-3. In float64 this happens from the fifth epoch on; see `stableLoraEpochs`.
 */
export const fineTuningTolerance: Readonly<Record<FloatDtype, TrainingTolerance>> = {
  float32: { steps: 1e-4, losses: 2e-3, accuracies: 2e-3 },
  float64: { steps: 1e-9, losses: 1e-9, accuracies: 0 },
};

/** The epochs of fine-tuning in which runs that differ by one rounding stay together. */
export const stableLoraEpochs: Readonly<Record<FloatDtype, number>> = { float32: 1, float64: 3 };
