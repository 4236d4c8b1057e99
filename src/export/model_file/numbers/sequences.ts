import type { FeatureNames } from '../../../text/feature_names.js';

/** The features of a model as sequences of numbered tokens. */
export interface FeatureSequences {
  readonly tokens: readonly string[];
  /** The numbers of the tokens of all features, one feature behind the other. */
  readonly sequences: Int32Array;
  /** `[features + 1]`: where the tokens of each start; `<UNK>` and n-grams of characters have none. */
  readonly offsets: Int32Array;
  /** `[features]`: the name of each n-gram of characters without the mark in front; undefined for others. */
  readonly characters: readonly (string | undefined)[];
}

/**
 * Splits the names of features into tokens.
 * @param hasUnknown whether id 0 stands for all unknown tokens, whatever its name
 * @param hasCharacters whether names with a mark in front are n-grams of characters
 */
export function splitNames(
  names: FeatureNames,
  { hasUnknown, hasCharacters }: { hasUnknown: boolean; hasCharacters: boolean },
): FeatureSequences {
  const numbers = new Map<string, number>();
  const sequences: number[] = [];
  const offsets = new Int32Array(names.size + 1);
  const characters: (string | undefined)[] = [];
  for (let id = 0; id < names.size; id += 1) {
    if (hasCharacters && names.isOfCharacters(id)) characters[id] = names.word(id).slice(1);
    else if (id > 0 || !hasUnknown) {
      for (const token of names.word(id).split(' ')) {
        const number = numbers.get(token) ?? numbers.size;
        if (number === numbers.size) numbers.set(token, number);
        sequences.push(number);
      }
    }
    offsets[id + 1] = sequences.length;
  }
  return { tokens: [...numbers.keys()], sequences: Int32Array.from(sequences), offsets, characters };
}
