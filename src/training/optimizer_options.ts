export const optimizerNames = ['sgd', 'adam', 'adamw', 'sparse-adam'] as const;

export interface OptimizerOptions {
  /** `torch.optim`'s SGD, Adam, AdamW or SparseAdam. */
  optimizer: (typeof optimizerNames)[number];
  lr: number;
  /** Of SGD. */
  momentum: number;
  nesterov: boolean;
  /** Of all but SparseAdam; decoupled in AdamW. */
  weightDecay: number;
  /** Of all but SGD; null: those of `torch.optim`, 0.9 and 0.999. */
  betas: readonly [number, number] | null;
  /** Of all but SGD; null: that of `torch.optim`, 1e-8. */
  eps: number | null;
}
