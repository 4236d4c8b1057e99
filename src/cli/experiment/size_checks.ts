import type { Dataset } from '../../data/dataset.js';
import { classWeightsOf } from '../../training/class_weights.js';
import type { RunSettings } from '../options/output_options.js';
import { throwProblems } from '../options/option.js';

/** Checks what can only be judged with the reviews at hand. @throws ImdbTorchError ERR_USAGE */
export function checkSizes(settings: RunSettings, { vocabulary, classes, splits }: Dataset): void {
  const { rank, hidden, target } = settings;
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
  classWeightsOf(settings.classWeight, splits.train.labels, classes);
}
