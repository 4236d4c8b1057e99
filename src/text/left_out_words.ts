import type { EncodedTexts } from './bag_writer.js';

/** Stands for a token that is in no feature; no n-gram goes across it. */
const unknownToken = -1;

/** The tokens of a text, by their numbers, and which of its different words each is. */
export interface NumberedTokens {
  readonly tokens: Int32Array;
  /** `[tokens]` */
  readonly wordOf: Int32Array;
}

/**
 * Returns two lists of tokens: what stands around the occurrences of a word, with them and without. Texts with the word
 * and without have the features that these two lists have, and others that both have equally often.
 * @param places where the word stands, ascending @param reach the greatest number of tokens of a feature, less one
 */
export function neighbourhoods(
  { tokens, wordOf }: NumberedTokens,
  places: readonly number[],
  reach: number,
): [withWord: Int32Array, without: Int32Array] {
  const withWord: number[] = [];
  const without: number[] = [];
  let end = 0;
  for (const place of places) {
    const start = Math.max(place - reach, end);
    if (start > end) for (const list of [withWord, without]) list.push(unknownToken);
    end = Math.min(place + reach + 1, tokens.length);
    for (let i = start; i < end; i += 1) {
      withWord.push(tokens[i]);
      if (wordOf[i] !== wordOf[place]) without.push(tokens[i]);
    }
  }
  return [Int32Array.from(withWord), Int32Array.from(without)];
}

/** Calls `visit` for each feature that text `other` has more often than text `one`, or less often. */
export function forEachDifference(
  { ids, offsets, counts }: EncodedTexts,
  [one, other]: readonly [number, number],
  visit: (id: number, difference: number) => void,
): void {
  let i = offsets[one];
  let k = offsets[other];
  while (i < offsets[one + 1] || k < offsets[other + 1]) {
    const isOfOne = i < offsets[one + 1] && !(k < offsets[other + 1] && ids[k] < ids[i]);
    const isOfOther = k < offsets[other + 1] && !(i < offsets[one + 1] && ids[i] < ids[k]);
    const id = isOfOne ? ids[i] : ids[k];
    const difference = (isOfOther ? (counts?.[k++] ?? 1) : 0) - (isOfOne ? (counts?.[i++] ?? 1) : 0);
    if (difference !== 0) visit(id, difference);
  }
}
