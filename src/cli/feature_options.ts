import { Option, type Command } from 'commander';
import { mostNgrams, notebookFeatures, type FeatureOptions } from '../text/features.js';
import { checkChoice, readNumber, type ChoiceRule, type NumberRule } from './option_rules.js';

/** The value of --vocab that keeps every feature. */
export const allFeatures = 'all';

const numbers = {
  ngrams: {
    flag: '--ngrams',
    about: 'features are the runs of 1 to so many words',
    integer: true,
    least: 1,
    most: mostNgrams,
    default: notebookFeatures.ngrams,
  },
  minCount: {
    flag: '--min-count',
    about: 'training reviews that must have a feature for it to be kept',
    integer: true,
    least: 1,
    most: 1_000_000_000,
    default: notebookFeatures.minimumCount,
  },
} as const satisfies Readonly<Record<string, NumberRule>>;

const choices = {
  tokenizer: {
    flag: '--tokenizer',
    about: 'words alone, the rest as <UNK>, or punctuation marks too, the rest left out',
    choices: ['notebook', 'words-and-punctuation'],
    default: notebookFeatures.tokenizer,
  },
} as const satisfies Readonly<Record<string, ChoiceRule>>;

type NumberName = keyof typeof numbers;
type ChoiceName = keyof typeof choices;

/** The options of features as they are given. */
export type RawFeatureOptions = Partial<Record<NumberName | ChoiceName, string>>;

export function addFeatureOptions(command: Command): Command {
  for (const rule of Object.values(choices)) {
    const flags = `${rule.flag} <${rule.choices.join('|')}>`;
    command.addOption(new Option(flags, `${rule.about} (default: ${rule.default})`));
  }
  for (const rule of Object.values(numbers)) {
    command.addOption(new Option(`${rule.flag} <number>`, `${rule.about} (default: ${rule.default})`));
  }
  return command;
}

/** What is wrong with them, a sentence each. */
export function findFeatureProblems(raw: RawFeatureOptions): string[] {
  const ofNumbers = (Object.keys(numbers) as NumberName[]).map((name) =>
    raw[name] === undefined ? 0 : readNumber(numbers[name], raw[name]),
  );
  const ofChoices = (Object.keys(choices) as ChoiceName[]).map((name) =>
    raw[name] === undefined ? null : checkChoice(choices[name], raw[name]),
  );
  return [...ofNumbers, ...ofChoices].filter((problem) => typeof problem === 'string');
}

/** The features that are asked for: the notebook's where nothing else is. */
export function readFeatureOptions(raw: RawFeatureOptions, vocabularySize: number | null): FeatureOptions {
  return {
    ...notebookFeatures,
    vocabularySize,
    tokenizer: (raw.tokenizer ?? notebookFeatures.tokenizer) as FeatureOptions['tokenizer'],
    ngrams: Number(raw.ngrams ?? notebookFeatures.ngrams),
    minimumCount: Number(raw.minCount ?? notebookFeatures.minimumCount),
  };
}

/** The options, as they would be given, that ask for these features. */
export function writeFeatureOptions(features: FeatureOptions): Required<RawFeatureOptions> {
  return {
    tokenizer: features.tokenizer,
    ngrams: String(features.ngrams),
    minCount: String(features.minimumCount),
  };
}
