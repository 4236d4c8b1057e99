import { unknownWord } from '../vocabulary.js';
import { mostFrequent } from './counting_sort.js';
import type { NgramsOfOrder } from './ngram_extender.js';
import { noNgram } from './occurrences.js';

export interface SelectedFeatures {
  /** Id -> tokens joined by blanks. */
  readonly names: readonly string[];
  /** `[orders, n-grams]`: the id of each n-gram of 1, 2, 3, ... tokens, or `noNgram`. */
  readonly ids: readonly Int32Array[];
  /** `[n-grams of characters]`: the same for those. */
  readonly characterIds: Int32Array;
}

/** N-grams of characters that may become features. */
interface CountedCharacters {
  /** How often each occurs. */
  readonly counts: Int32Array;
  nameOf(index: number): string;
}

export interface SelectionOptions {
  /** Greatest number of features, `<UNK>` included; null: no limit. */
  readonly vocabularySize: number | null;
  /** Whether id 0 is `<UNK>`. */
  readonly hasUnknown: boolean;
}

/**
 * Makes the most frequent n-grams features. Of equally frequent ones the shorter comes first, then the one whose prefix
 * comes first, then the one that was found first; n-grams of characters come last, so that those of tokens have the order
 * that they have without them.
 * @param orders the n-grams of 1, 2, 3, ... tokens
 * @param tokenOf makes a string of the number of a single token
 */
export function selectFeatures(
  orders: readonly NgramsOfOrder[],
  tokenOf: (number: number) => string,
  { vocabularySize, hasUnknown }: SelectionOptions,
  characters: CountedCharacters | null = null,
): SelectedFeatures {
  const first = hasUnknown ? 1 : 0;
  const ngrams = orders.reduce((sum, { length }) => sum + length, 0);
  const counts = new Int32Array(ngrams + (characters?.counts.length ?? 0));
  const all = new Int32Array(counts.length).fill(noNgram);
  let end = 0;
  const ids = orders.map((order) => {
    counts.set(order.counts, end);
    return all.subarray(end, (end += order.length));
  });
  if (characters !== null) counts.set(characters.counts, ngrams);
  const characterIds = all.subarray(ngrams);
  const frequent = mostFrequent(counts, (vocabularySize ?? Infinity) - first);
  frequent.forEach((ngram, rank) => {
    all[ngram] = rank + first;
  });
  const names = new Array<string>(first + frequent.length).fill(unknownWord);
  orders.forEach(({ prefix, lastToken }, k) => {
    ids[k].forEach((id, ngram) => {
      if (id === noNgram) return;
      // An n-gram is never more frequent than its parts, so the parts of a feature are features.
      const nameOf = (order: number, part: number): string => names[ids[order][part]];
      names[id] =
        k === 0 ? tokenOf(lastToken[ngram]) : `${nameOf(k - 1, prefix[ngram])} ${nameOf(0, lastToken[ngram])}`;
    });
  });
  characterIds.forEach((id, index) => {
    if (characters !== null && id !== noNgram) names[id] = characters.nameOf(index);
  });
  return { names, ids, characterIds };
}
