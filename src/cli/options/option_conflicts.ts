import { findOptimizerConflicts } from '../../training/optimizer_options.js';
import type { RawOptions, RunOptions } from './options.js';

/** What does not go together, a sentence each. @param raw what was given of it on the command line */
export function findConflicts(options: RunOptions, raw: RawOptions): string[] {
  const { engine, device, useDora, target, folds, refit, validFile } = options;
  const problems = [...findRankConflicts(options), ...findOptimizerConflicts(options)];
  if (engine === 'fused' && device.startsWith('cuda')) {
    problems.push(
      'Expected --engine torch or auto with --device cuda: the fused kernels run on the CPU only.',
    );
  }
  if (engine === 'fused' && useDora) {
    problems.push('Expected --engine torch or auto with --use-dora: the fused kernels have no DoRA.');
  }
  if (engine === 'fused' && target.includes('fc2')) {
    problems.push(
      'Expected --engine torch or auto with fc2 in --target: the fused kernels have no branch on the output layer.',
    );
  }
  if (folds !== null && !refit) {
    problems.push('Expected --refit with --folds: the models of the folds only validate.');
  }
  if (folds !== null && (validFile !== undefined || raw.valid !== undefined)) {
    problems.push('Expected no --valid with --folds, which hold out every training review once.');
  }
  return problems;
}

/** That of the output layer depends on the classes, which are known when the reviews are. */
function findRankConflicts({ rank, hidden, vocab, target }: RunOptions): string[] {
  if (!target.includes('fc1')) return [];
  const most = Math.min(hidden, vocab ?? Infinity);
  // A size below 1 is a linear model, or a problem that has been reported.
  if (!(most >= 1 && rank > most)) return [];
  return [
    `Expected --rank to be at most ${most}, the smaller side of the hidden layer ` +
      `(${vocab ?? 'all'} features x ${hidden}), but received ${rank}.`,
  ];
}
