import { aNormalization, aNumber, either, listOf, oneOf, optional, orNull } from '../arguments.js';
import { ImdbTorchError } from '../errors.js';
import type { CharacterRange } from './characters/character_ngrams.js';
import { isOwnName, type OwnTokenizerName } from './tokens/own_tokenizer.js';
import { weightings, type Weighting } from './weighting/weightings.js';

/** The names of the tokenizers. */
export const tokenizers = ['notebook', 'words-and-punctuation', 'unicode'] as const;

/** The tokenizers of this package. */
export type BuiltInTokenizer = (typeof tokenizers)[number];

export type TokenizerName = BuiltInTokenizer | OwnTokenizerName;

export function isTokenizerName(name: unknown): name is TokenizerName {
  return tokenizers.some((known) => known === name) || isOwnName(name);
}

/** How a text becomes the input of a model. */
export interface FeatureOptions {
  /**
   * `notebook`: words without punctuation; those beyond the vocabulary are one feature, `<UNK>`.
   * `words-and-punctuation`: marks are tokens, too; what is beyond the vocabulary is left out.
   * `unicode`: the same for texts in any language, however they were typed; in scripts that put no blanks between words,
   * such as Chinese, Japanese and Thai, letters are tokens. `own:` and a name: a function of the program's own; what is beyond
   * the vocabulary is left out.
   */
  readonly tokenizer: TokenizerName;
  /**
   * Features are the n-grams of 1 to `ngrams` tokens; where letters are tokens, those of 1 to 3 of them in any case.
   */
  readonly ngrams: number;
  /**
   * The numbers of characters of n-grams inside words that are features as well, from the least to the most; absent:
   * none. The start and the end of a word count as characters. A word is a token with a letter or a digit, unless it is a
   * single letter of a script that puts no blanks between words; one that is shorter than an n-gram gives itself once.
   */
  readonly characters?: CharacterRange | undefined;
  /** The factor of the values of n-grams of characters, 1 by default. */
  readonly characterWeight?: number | undefined;
  /** The number of counted texts that must have a feature. */
  readonly minimumCount: number;
  /** The greatest number of features, the most frequent ones, `<UNK>` included; null: no limit. */
  readonly vocabularySize: number | null;
  /** Whether a feature counts once per text or as often as it occurs. */
  readonly counts: 'binary' | 'counts';
  /** What every feature is multiplied by. */
  readonly weighting: Weighting;
  /**
   * What a text's values are divided by: true, their Euclidean norm; `length`, the square root of the number of its
   * different features, whatever they weigh; false, nothing.
   */
  readonly normalize: boolean | 'length';
  /** The factor that all values are multiplied by in the end. */
  readonly gain: number;
}

/** The types of the options of features; `checkFeatures` checks their ranges. */
export const featureFields = {
  tokenizer: either(isOwnName, oneOf(...tokenizers)),
  ngrams: aNumber,
  characters: optional(listOf(aNumber)),
  characterWeight: optional(aNumber),
  minimumCount: aNumber,
  vocabularySize: optional(orNull(aNumber)),
  counts: oneOf('binary', 'counts'),
  weighting: oneOf(...weightings),
  normalize: aNormalization,
  gain: aNumber,
} as const;

/** The greatest number of tokens, or of characters, of an n-gram that can be asked for. */
export const mostNgrams = 16;

/** Where letters are tokens, n-grams of up to this number of them are features whatever is asked for. */
export const leastLetterNgrams = 3;

/** The notebook's bags of words. */
export const notebookFeatures = Object.freeze({
  tokenizer: 'notebook',
  ngrams: 1,
  minimumCount: 1,
  vocabularySize: 20_000,
  counts: 'binary',
  weighting: 'none',
  normalize: false,
  gain: 1,
}) satisfies FeatureOptions;

/** Checks the ranges of the numbers. @throws ImdbTorchError ERR_USAGE for the first one that is out of range */
export function checkFeatures(options: FeatureOptions): void {
  const { ngrams, minimumCount, vocabularySize, gain, characters = [1, 1], characterWeight = 1 } = options;
  const [leastCharacters, mostCharacters] = characters;
  const ranges: [name: string, value: number, least: number, most: number][] = [
    ['length of n-grams', ngrams, 1, mostNgrams],
    ['greatest number of characters', mostCharacters, 1, mostNgrams],
    ['least number of characters', leastCharacters, 1, mostCharacters],
    ['minimum count', minimumCount, 1, Number.MAX_SAFE_INTEGER],
    ['vocabulary size', vocabularySize ?? 2, 2, Number.MAX_SAFE_INTEGER],
  ];
  for (const [name, value, least, most] of ranges) {
    if (Number.isSafeInteger(value) && value >= least && value <= most) continue;
    throw new ImdbTorchError(
      'ERR_USAGE',
      `Expected a whole number from ${least} to ${most} as ${name} but received ${value}.`,
    );
  }
  for (const [name, value] of [
    ['gain', gain],
    ['weight of characters', characterWeight],
  ] as const) {
    if (value > 0 && Number.isFinite(value)) continue;
    throw new ImdbTorchError('ERR_USAGE', `Expected a finite number above 0 as ${name} but received ${value}.`);
  }
}

/** Whether id 0 is `<UNK>`, which stands for every word beyond the vocabulary. */
export function hasUnknown({ tokenizer }: Pick<FeatureOptions, 'tokenizer'>): boolean {
  return tokenizer === 'notebook';
}

/** The greatest number of tokens of an n-gram that may be a feature. */
export function longestNgram({ tokenizer, ngrams }: Pick<FeatureOptions, 'tokenizer' | 'ngrams'>): number {
  return tokenizer === 'unicode' ? Math.max(ngrams, leastLetterNgrams) : ngrams;
}
