import type { Command } from 'commander';
import { mostNgrams, notebookFeatures, type FeatureOptions } from '../../text/features.js';
import { checkChoice, readNumber, type ChoiceRule, type NumberRule } from './option_rules.js';
import { addChoiceRules, addNumberRules } from './rule_options.js';

/** The value of --vocab that keeps every feature. */
export const allFeatures = 'all';

export const featureNumbers = {
  ngrams: {
    flag: '--ngrams',
    about: 'longest n-grams that are features, in words',
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
  gain: {
    flag: '--gain',
    about: 'what all values are multiplied with in the end',
    integer: false,
    above: 0,
    most: Number.MAX_VALUE,
    default: notebookFeatures.gain,
  },
} as const satisfies Readonly<Record<string, NumberRule>>;

export const featureChoices = {
  tokenizer: {
    flag: '--tokenizer',
    about: 'words alone, the rest as <UNK>, or punctuation marks too, the rest left out',
    choices: ['notebook', 'words-and-punctuation'],
    default: notebookFeatures.tokenizer,
  },
  counts: {
    flag: '--counts',
    about: 'whether a feature counts once a review or as often as it occurs',
    choices: ['binary', 'counts'],
    default: notebookFeatures.counts,
  },
  weighting: {
    flag: '--weighting',
    about: 'multiplies each feature by how much the training reviews say it speaks for a class',
    choices: ['none', 'naive-bayes'],
    default: notebookFeatures.weighting,
  },
} as const satisfies Readonly<Record<string, ChoiceRule>>;

type NumberName = keyof typeof featureNumbers;
type ChoiceName = keyof typeof featureChoices;

/** Features, but for how many. */
export type FeatureChoice = Omit<FeatureOptions, 'vocabularySize'>;

/** The options of features as they are given. */
export type RawFeatureOptions = Partial<Record<NumberName | ChoiceName, string>> & { normalize?: boolean };

export function addFeatureOptions(command: Command): Command {
  addChoiceRules(command, Object.values(featureChoices));
  return addNumberRules(command, Object.values(featureNumbers))
    .option('--normalize', "divide a review's values by their Euclidean norm")
    .option('--no-normalize', 'leave them as they are (default)');
}

/** What is wrong with them, a sentence each. */
export function findFeatureProblems(raw: RawFeatureOptions): string[] {
  const ofNumbers = (Object.keys(featureNumbers) as NumberName[]).map((name) =>
    raw[name] === undefined ? 0 : readNumber(featureNumbers[name], raw[name]),
  );
  const ofChoices = (Object.keys(featureChoices) as ChoiceName[]).map((name) =>
    raw[name] === undefined ? null : checkChoice(featureChoices[name], raw[name]),
  );
  return [...ofNumbers, ...ofChoices].filter((problem) => typeof problem === 'string');
}

/** The features that are asked for, and what `defaults` has where nothing else is. */
export function readFeatureOptions(raw: RawFeatureOptions, defaults: FeatureChoice): FeatureChoice {
  const { tokenizer, ngrams, minCount, counts, weighting, normalize, gain } = raw;
  return {
    tokenizer: (tokenizer ?? defaults.tokenizer) as FeatureOptions['tokenizer'],
    ngrams: Number(ngrams ?? defaults.ngrams),
    minimumCount: Number(minCount ?? defaults.minimumCount),
    counts: (counts ?? defaults.counts) as FeatureOptions['counts'],
    weighting: (weighting ?? defaults.weighting) as FeatureOptions['weighting'],
    normalize: normalize ?? defaults.normalize,
    gain: Number(gain ?? defaults.gain),
  };
}

/** The options, as they would be given, that ask for these features. */
export function writeFeatureOptions(features: FeatureChoice): Required<RawFeatureOptions> {
  const { tokenizer, ngrams, minimumCount, counts, weighting, normalize, gain } = features;
  return {
    ...{ tokenizer, counts, weighting, normalize },
    ngrams: String(ngrams),
    minCount: String(minimumCount),
    gain: String(gain),
  };
}
