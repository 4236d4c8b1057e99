import { notebook } from '../../experiments/options.js';
import { calibrationKinds } from '../../training/calibration.js';
import { optimizerNames } from '../../training/optimizer_options.js';
import type { ChoiceRule, NumberRule } from './option_rules.js';

const mostEpochs = 1_000_000_000;

/** How a training goes beyond what the notebook has. */
export const trainingNumbers = {
  momentum: {
    flag: '--momentum',
    about: 'of SGD',
    integer: false,
    least: 0,
    below: 1,
    default: notebook.momentum,
  },
  weightDecay: {
    flag: '--weight-decay',
    about: 'of all optimizers but sparse-adam',
    integer: false,
    least: 0,
    most: Number.MAX_VALUE,
    default: notebook.weightDecay,
  },
  eps: {
    flag: '--eps',
    about: "what Adam's kin add to the root that they divide by (default: 1e-8)",
    integer: false,
    above: 0,
    most: Number.MAX_VALUE,
  },
  warmup: {
    flag: '--warmup',
    about: 'share of all steps in which the learning rate rises to its full height',
    integer: false,
    least: 0,
    below: 1,
    default: notebook.warmup,
  },
  clip: {
    flag: '--clip',
    about: "largest norm of a step's gradient (default: any)",
    integer: false,
    above: 0,
    most: Number.MAX_VALUE,
  },
  dropout: {
    flag: '--dropout',
    about: 'probability with which each feature of a review is left out of a step',
    integer: false,
    least: 0,
    below: 1,
    default: notebook.dropout,
  },
  patience: {
    flag: '--patience',
    about:
      'epochs without a better validation accuracy before training stops; the best one counts (default: all)',
    integer: true,
    least: 1,
    most: mostEpochs,
  },
  folds: {
    flag: '--folds',
    about: 'cross-validate in so many parts rather than on reviews that are held out; needs --refit',
    integer: true,
    least: 2,
    most: 1000,
  },
  seeds: {
    flag: '--seeds',
    about: 'run with so many seeds, from --seed on, and give mean and standard deviation',
    integer: true,
    least: 1,
    most: 1000,
    default: 1,
  },
  lrUp: {
    flag: '--lr-up',
    about: 'learning rate of up, the matrix that a LoRA branch ends with (default: --lr)',
    integer: false,
    above: 0,
    most: Number.MAX_VALUE,
  },
  lrDown: {
    flag: '--lr-down',
    about: 'learning rate of down, the matrix that it begins with (default: --lr)',
    integer: false,
    above: 0,
    most: Number.MAX_VALUE,
  },
} as const satisfies Readonly<Record<string, NumberRule>>;

export const trainingChoices = {
  optimizer: {
    flag: '--optimizer',
    about: "torch.optim's; sparse-adam moves the weights of the words in a batch only",
    choices: optimizerNames,
    default: notebook.optimizer,
  },
  schedule: {
    flag: '--schedule',
    about: 'how the learning rate goes after the warm-up: constant, or down to 0',
    choices: ['constant', 'linear', 'cosine'],
    default: notebook.schedule,
  },
  calibration: {
    flag: '--calibration',
    about: 'fit probabilities to reviews that are held out: a temperature, or a sigmoid for two classes',
    choices: calibrationKinds,
    default: notebook.calibration,
  },
  pretraining: {
    flag: '--pretraining',
    about: 'the epoch before fine-tuning goes with the same optimizer, or as in the notebook',
    choices: ['same', 'notebook'],
    default: notebook.pretraining,
  },
} as const satisfies Readonly<Record<string, ChoiceRule>>;
