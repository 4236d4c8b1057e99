import type { EpochResult } from './loop.js';

interface MeanAndDeviation {
  mean: number;
  /** That of a sample: the squares are divided by n - 1. */
  standardDeviation: number;
}

export function summarize(values: readonly number[]): MeanAndDeviation {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, standardDeviation: Math.sqrt(squares / (values.length - 1)) };
}

/** The mean time of an epoch's training, without evaluations. */
export function meanEpochSeconds(epochs: readonly EpochResult[]): number {
  return epochs.reduce((total, { seconds }) => total + seconds, 0) / epochs.length;
}
