import { dualCoordinateDescent } from '../training/optimizer_options.js';
import { filesOf, reviewsOrFiles } from './list_kinds.js';
import { flagOf } from './option.js';
import type { SettingsCommand } from './setting.js';
import { settingsOf, type ExperimentSettings } from './settings.js';

type Rule = readonly [isConflict: (settings: ExperimentSettings) => boolean, sentence: string];

/** What steps batch by batch, and does nothing for a model that is fitted at once. */
const ofSteps = ['lr', 'epochs', 'batch', 'loss', 'momentum', 'nesterov', 'weightDecay', 'betas', 'eps'] as const;
const ofSchedules = ['schedule', 'warmup', 'clip', 'dropout', 'patience', 'engine'] as const;
/** What only a model that is fitted at once has. */
const ofLinear = ['cost', 'cleanUp', 'repeats', 'search', 'budget', 'decision'] as const;

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
    ({ optimizer, hidden }) => optimizer === dualCoordinateDescent && hidden > 0,
    'Expected --hidden 0 with --optimizer dual-coordinate-descent, which fits linear models.',
  ],
  [
    ({ optimizer, dtype }) => optimizer === dualCoordinateDescent && dtype !== 'float32',
    'Expected --dtype float32 with --optimizer dual-coordinate-descent, which has no other.',
  ],
  [
    ({ optimizer, device }) => optimizer === dualCoordinateDescent && device.startsWith('cuda'),
    'Expected --device cpu or auto with --optimizer dual-coordinate-descent, which runs on the CPU only.',
  ],
  [
    ({ optimizer, gain }) => optimizer === dualCoordinateDescent && gain !== 1,
    'Expected --gain 1 with --optimizer dual-coordinate-descent: --cost does the same.',
  ],
  [
    ({ optimizer, calibration }) => optimizer === dualCoordinateDescent && calibration !== 'none',
    'Expected --calibration none with --optimizer dual-coordinate-descent, whose probabilities are always fitted to held-out reviews.',
  ],
  [
    ({ optimizer, weighting }) => optimizer !== dualCoordinateDescent && typeof weighting !== 'string',
    'Expected --optimizer dual-coordinate-descent with several kinds of --weighting, whose models are averaged.',
  ],
  [
    ({ optimizer, learningCurve }) => optimizer !== dualCoordinateDescent && learningCurve,
    'Expected --optimizer dual-coordinate-descent, or --preset auto, with --learning-curve, which trains the model many times.',
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
export function findConflicts(
  settings: ExperimentSettings,
  given: Partial<ExperimentSettings>,
  command: SettingsCommand = 'train',
): string[] {
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
  if (settings.characters === null && (given.characterWeight ?? 1) !== 1) {
    problems.push('Expected --characters with --character-weight, which their n-grams alone have.');
  }
  if (settings.groupColumn !== undefined && given.split === 'random') {
    problems.push('Expected no --split random with --group-column, whose groups are held out as wholes.');
  }
  return [...problems, ...findStepConflicts(settings, given, command), ...findRankConflicts(settings, command)];
}

/** Names what the command line gives and the optimizer has no use for. */
function findStepConflicts(
  { optimizer }: ExperimentSettings,
  given: Partial<ExperimentSettings>,
  command: SettingsCommand,
): string[] {
  // Fine-tuning has a search of its own.
  if (command === 'lora') return [];
  const isLinear = optimizer === dualCoordinateDescent;
  const useless = isLinear ? [...ofSteps, ...ofSchedules] : ofLinear;
  const named = useless.filter((key) => given[key] !== undefined).map(flagOf);
  if (named.length === 0) return [];
  return [
    isLinear
      ? `Expected no ${named.join(', ')} with dual-coordinate-descent, which fits a model at once; choose --optimizer sparse-adam or a --preset such as fast.`
      : `Expected --optimizer dual-coordinate-descent, or --preset auto, with ${named.join(', ')}.`,
  ];
}

/** Judges the rank by the hidden layer; that of the output layer depends on the classes of the reviews. */
function findRankConflicts({ rank, hidden, vocab, target }: ExperimentSettings, command: SettingsCommand): string[] {
  if (!Object.hasOwn(settingsOf(command), 'rank') || !target.includes('fc1')) return [];
  const most = Math.min(hidden, vocab ?? Infinity);
  // A size below 1 is a linear model, or a problem that has been reported.
  if (!(most >= 1 && rank > most)) return [];
  return [
    `Expected --rank to be at most ${most}, the smaller side of the hidden layer ` +
      `(${vocab ?? 'all'} features x ${hidden}), but received ${rank}.`,
  ];
}
