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

/** What contradicts itself in the options, a sentence each, which names the options of the command line. */
export function findOptimizerConflicts(options: OptimizerOptions): string[] {
  const { optimizer, momentum, nesterov, weightDecay, betas, eps } = options;
  const problems: string[] = [];
  if (momentum > 0 && optimizer !== 'sgd') {
    problems.push(`Expected --optimizer sgd with --momentum: ${optimizer} has moments of its own.`);
  }
  if (nesterov && !(momentum > 0)) {
    problems.push('Expected --momentum above 0 with --nesterov, which looks ahead along it.');
  }
  if (weightDecay > 0 && optimizer === 'sparse-adam') {
    problems.push(
      'Expected --optimizer adam or adamw with --weight-decay: sparse-adam leaves weights alone whose words a batch has not.',
    );
  }
  for (const [flag, value] of Object.entries({ '--betas': betas, '--eps': eps })) {
    if (value === null || optimizer !== 'sgd') continue;
    problems.push(
      `Expected --optimizer adam, adamw or sparse-adam with ${flag}: sgd keeps no means of gradients.`,
    );
  }
  return problems;
}
