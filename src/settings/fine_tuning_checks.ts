import type { Dataset } from '../data/dataset.js';
import { ImdbTorchError } from '../errors.js';
import type { ExperimentSettings } from './settings.js';
import { throwProblems } from './option.js';

/** @throws ImdbTorchError ERR_USAGE for the settings of a linear model */
export function checkHiddenLayer({ hidden }: Pick<ExperimentSettings, 'hidden'>): void {
  if (hidden > 0) return;
  throw new ImdbTorchError(
    'ERR_USAGE',
    'Expected a model with a hidden layer to fine-tune but this one is linear (--hidden 0); its few outputs leave LoRA no rank to save.',
  );
}

/** Checks what fine-tuning can only judge with the reviews at hand. @throws ImdbTorchError ERR_USAGE */
export function checkRank(
  { rank, hidden, target }: Pick<ExperimentSettings, 'rank' | 'hidden' | 'target'>,
  { vocabulary, classes }: Pick<Dataset, 'vocabulary' | 'classes'>,
): void {
  const { size: words } = vocabulary;
  const problems: string[] = [];
  if (target.includes('fc1') && rank > words) {
    problems.push(
      `Expected --rank to be at most ${words}, the number of words in these reviews, but received ${rank}.`,
    );
  }
  const most = Math.min(hidden, classes.length);
  if (target.includes('fc2') && rank > most) {
    problems.push(
      `Expected --rank to be at most ${most}, the smaller side of fc2 (${hidden} units x ${classes.length} classes), ` +
        `but received ${rank}; choose a smaller one, or --target fc1.`,
    );
  }
  throwProblems(problems);
}
