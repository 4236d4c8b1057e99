import { filesOf, reviewsOrFiles } from './list_kinds.js';
import type { ExperimentSettings } from './settings.js';

type Rule = readonly [isConflict: (settings: ExperimentSettings) => boolean, sentence: string];

const usesFused = ({ engine }: ExperimentSettings): boolean => engine === 'fused';

/** The settings that do not go together. */
const rules: readonly Rule[] = [
  [({ data, train }) => data !== undefined && train !== undefined, 'Expected --data or --train but received both.'],
  [
    ({ optimizer, momentum }) => momentum > 0 && optimizer !== 'sgd',
    'Expected --optimizer sgd with --momentum: the others have moments of their own.',
  ],
  [
    ({ nesterov, momentum }) => nesterov && !(momentum > 0),
    'Expected --momentum above 0 with --nesterov, which looks ahead along it.',
  ],
  [
    ({ optimizer, weightDecay }) => weightDecay > 0 && optimizer === 'sparse-adam',
    'Expected --optimizer adam or adamw with --weight-decay: sparse-adam leaves weights alone whose words a batch has not.',
  ],
  ...(['betas', 'eps'] as const).map((key): Rule => [
    (settings) => settings[key] !== null && settings.optimizer === 'sgd',
    `Expected --optimizer adam, adamw or sparse-adam with --${key}: sgd keeps no means of gradients.`,
  ]),
  [
    (settings) => usesFused(settings) && settings.device.startsWith('cuda'),
    'Expected --engine torch or auto with --device cuda: the fused kernels run on the CPU only.',
  ],
  [
    (settings) => usesFused(settings) && settings.useDora,
    'Expected --engine torch or auto with --use-dora: the fused kernels have no DoRA.',
  ],
  [
    (settings) => usesFused(settings) && settings.target.includes('fc2'),
    'Expected --engine torch or auto with fc2 in --target: the fused kernels have no branch on the output layer.',
  ],
  [
    ({ characters, characterWeight }) => characters === null && characterWeight !== 1,
    'Expected --characters with --character-weight, which their n-grams alone have.',
  ],
  [
    ({ folds, refit }) => folds !== null && !refit,
    'Expected --refit with --folds: the models of the folds only validate.',
  ],
];

/**
 * Names the settings that do not go together, with one sentence for each conflict.
 * @param given the settings of the command line alone
 */
export function findConflicts(settings: ExperimentSettings, given: Partial<ExperimentSettings>): string[] {
  const { train, valid, test, folds } = settings;
  const problems = rules.flatMap(([isConflict, sentence]) => (isConflict(settings) ? [sentence] : []));
  // A number that is out of its range is none, but no file either.
  const files = { valid: filesOf(reviewsOrFiles.accept(valid) ?? null), test };
  for (const [key, file] of Object.entries(files)) {
    if (file === undefined || train !== undefined) continue;
    problems.push(`Expected --train with the training reviews beside --${key} ${String(file)}.`);
  }
  if (folds !== null && (files.valid !== undefined || given.valid !== undefined)) {
    problems.push('Expected no --valid with --folds, which hold out every training review once.');
  }
  if (settings.groupColumn !== undefined && given.split === 'random') {
    problems.push('Expected no --split random with --group-column, whose groups are held out as wholes.');
  }
  return [...problems, ...findRankConflicts(settings)];
}

/** Judges the rank by the hidden layer; that of the output layer depends on the classes of the reviews. */
function findRankConflicts({ rank, hidden, vocab, target }: ExperimentSettings): string[] {
  if (!target.includes('fc1')) return [];
  const most = Math.min(hidden, vocab ?? Infinity);
  // A size below 1 is a linear model, or a problem that has been reported.
  if (!(most >= 1 && rank > most)) return [];
  return [
    `Expected --rank to be at most ${most}, the smaller side of the hidden layer ` +
      `(${vocab ?? 'all'} features x ${hidden}), but received ${rank}.`,
  ];
}
