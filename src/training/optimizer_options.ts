export const optimizerNames = ['sgd', 'adam', 'adamw', 'sparse-adam'] as const;

export interface OptimizerOptions {
  /** `torch.optim`'s SGD, Adam, AdamW or SparseAdam. */
  optimizer: (typeof optimizerNames)[number];
  learningRate: number;
  /** Of SGD. */
  momentum: number;
  nesterov: boolean;
  /** Of all but SparseAdam; decoupled in AdamW. */
  weightDecay: number;
}

/** What contradicts itself in the options, a sentence each, which names the options of the command line. */
export function findOptimizerConflicts(options: OptimizerOptions): string[] {
  const { optimizer, momentum, nesterov, weightDecay } = options;
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
  return problems;
}
