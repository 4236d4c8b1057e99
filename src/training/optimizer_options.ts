/** Fits a linear model to all reviews at once, with squared hinge loss and L2 regularisation (Hsieh et al. 2008). */
export const dualCoordinateDescent = 'dual-coordinate-descent';

export const optimizerNames = ['sgd', 'adam', 'adamw', 'sparse-adam', dualCoordinateDescent] as const;

export interface OptimizerOptions {
  /** `torch.optim`'s SGD, Adam, AdamW or SparseAdam, or what fits a linear model of full training at once. */
  optimizer: (typeof optimizerNames)[number];
  lr: number;
  /** The momentum of SGD. */
  momentum: number;
  nesterov: boolean;
  /** The weight decay of all but SparseAdam; it is decoupled in AdamW. */
  weightDecay: number;
  /** The decays of the moments of all but SGD; null: those of `torch.optim`, 0.9 and 0.999. */
  betas: readonly [number, number] | null;
  /** The term that keeps all but SGD from dividing by 0; null: that of `torch.optim`, 1e-8. */
  eps: number | null;
}
