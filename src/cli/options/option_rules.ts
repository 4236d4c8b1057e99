import { ImdbTorchError } from '../../errors.js';
import { notebook } from '../../experiments/options.js';
import { trainingChoices, trainingNumbers } from './training_rules.js';

/** A number that an option takes. `above` and `below` exclude the bound itself. */
export interface NumberRule {
  flag: string;
  about: string;
  /** What it takes, where that is not only a number. */
  value?: string;
  integer: boolean;
  least?: number;
  above?: number;
  most?: number;
  below?: number;
  default?: number;
}

const mostOfAnything = 1_000_000_000;

export const numberRules = {
  seed: {
    flag: '--seed',
    about: 'seed of every random number',
    integer: true,
    least: 0,
    most: Number.MAX_SAFE_INTEGER,
    default: notebook.seed,
  },
  vocab: {
    flag: '--vocab',
    value: 'number|all',
    about: 'features to tell apart, the most frequent ones, <UNK> included',
    integer: true,
    least: 2,
    most: 10_000_000,
    default: notebook.vocab,
  },
  hidden: {
    flag: '--hidden',
    about: 'width of the hidden layer; 0: a linear model',
    integer: true,
    least: 0,
    most: 65_536,
    default: notebook.hidden,
  },
  lr: {
    flag: '--lr',
    about: 'learning rate',
    integer: false,
    above: 0,
    most: Number.MAX_VALUE,
    default: notebook.lr,
  },
  epochs: {
    flag: '--epochs',
    about: 'epochs of full training',
    integer: true,
    least: 1,
    most: mostOfAnything,
    default: notebook.epochs,
  },
  batch: {
    flag: '--batch',
    about: 'reviews in a batch',
    integer: true,
    least: 1,
    most: mostOfAnything,
    default: notebook.batch,
  },
  valid: {
    flag: '--valid',
    value: 'number|file',
    about: 'training reviews to hold out for validation, or a file of them (default: a fifth, at most 5000)',
    integer: true,
    least: 1,
    most: mostOfAnything,
  },
  threads: {
    flag: '--threads',
    about: "threads (default: libtorch's choice, one per core)",
    integer: true,
    least: 1,
    most: 1024,
  },
  rank: {
    flag: '--rank',
    about: 'rank of the LoRA branches',
    integer: true,
    least: 1,
    most: 65_536,
    default: notebook.rank,
  },
  alpha: {
    flag: '--alpha',
    about: 'the LoRA branches are scaled by alpha / rank; see --use-rslora',
    integer: false,
    above: 0,
    most: Number.MAX_VALUE,
    default: notebook.alpha,
  },
  loraDropout: {
    flag: '--lora-dropout',
    about: "probability with which each feature is left out of the input of a step's LoRA branch",
    integer: false,
    least: 0,
    below: 1,
    default: notebook.loraDropout,
  },
  loraEpochs: {
    flag: '--lora-epochs',
    about: 'epochs of fine-tuning',
    integer: true,
    least: 1,
    most: mostOfAnything,
    default: notebook.loraEpochs,
  },
  ...trainingNumbers,
} as const satisfies Readonly<Record<string, NumberRule>>;

/** An option that takes one of a few words. `pattern` says which, where they cannot be listed. */
export interface ChoiceRule {
  flag: string;
  about: string;
  choices: readonly string[];
  pattern?: RegExp;
  default: string;
}

export const splitRule = {
  flag: '--split',
  about:
    'what is held out for validation: single reviews, whole movies, or movies where they are known (auto)',
  choices: ['random', 'movie', 'auto'],
  default: 'random',
} as const satisfies ChoiceRule;

export const choiceRules = {
  loss: {
    flag: '--loss',
    about: 'cross entropy of the softmax probabilities, as in the notebook, or of the logits',
    choices: ['softmax', 'logits'],
    default: notebook.loss,
  },
  engine: {
    flag: '--engine',
    about: "the fused CPU kernels or libtorch's operators",
    choices: ['auto', 'fused', 'torch'],
    default: notebook.engine,
  },
  dtype: {
    flag: '--dtype',
    about: 'precision',
    choices: ['float32', 'float64'],
    default: notebook.dtype,
  },
  device: {
    flag: '--device',
    about: 'where to compute',
    choices: ['auto', 'cpu', 'cuda', 'cuda:N'],
    pattern: /^(auto|cpu|cuda(:\d{1,4})?)$/,
    default: notebook.device,
  },
  init: {
    flag: '--init',
    about: "how LoRA branches start: as in the notebook, or as PEFT's",
    choices: ['notebook', 'kaiming', 'gaussian', 'pissa'],
    default: notebook.init,
  },
  ...trainingChoices,
} as const satisfies Readonly<Record<string, ChoiceRule>>;

/** The value of `text`, or the sentence that says what is wrong with it. */
export function readNumber(rule: NumberRule, text: string): number | string {
  const value = parseNumber(text, rule);
  const tooSmall = value < (rule.least ?? -Infinity) || value <= (rule.above ?? -Infinity);
  const tooLarge = value > (rule.most ?? Number.MAX_VALUE) || value >= (rule.below ?? Infinity);
  if (!Number.isNaN(value) && !tooSmall && !tooLarge) return value;
  return `Expected ${describeRange(rule)} for ${rule.flag} but received ${JSON.stringify(text)}.`;
}

/** The number that a text writes out in decimal; NaN where it writes anything else. */
export function parseNumber(text: string, { integer }: Pick<NumberRule, 'integer'>): number {
  const form = integer ? /^[+-]?\d+$/ : /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
  return form.test(text) ? Number(text) : NaN;
}

function describeRange({ integer, least, above, most, below }: NumberRule): string {
  const kind = integer ? 'a whole number' : 'a number';
  if (above !== undefined) return `${kind} above ${above}`;
  if (below !== undefined) return `${kind} from ${String(least)} to below ${below}`;
  return `${kind} from ${String(least)} to ${String(most)}`;
}

/** `text` when it is one of the choices, or the sentence that says what is wrong with it. */
export function checkChoice(rule: ChoiceRule, text: string): string | null {
  if (rule.pattern ? rule.pattern.test(text) : rule.choices.includes(text)) return null;
  return describeBadChoice(rule, text);
}

/** The sentence for a text that is none of the choices. */
export function describeBadChoice(
  { flag, choices }: Pick<ChoiceRule, 'flag' | 'choices'>,
  text: string,
): string {
  return `Expected one of ${choices.join(', ')} for ${flag} but received ${JSON.stringify(text)}.`;
}

/** @throws ImdbTorchError ERR_USAGE with all of them, when there are any */
export function throwProblems(problems: readonly string[]): void {
  if (problems.length > 0) throw new ImdbTorchError('ERR_USAGE', problems.join('\n'));
}
