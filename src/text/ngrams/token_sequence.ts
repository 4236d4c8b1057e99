import type { TimeSlices } from '../../system/time_slices.js';
import { none } from './occurrences.js';
import type { TokenLists } from '../tokens/token_lists.js';

/** The kept words of texts: a place for each token, and one behind each text. */
export interface Places {
  /** `[places]`: the word at each place, or `none`. */
  readonly words: Int32Array;
  /** `[texts + 1]`: where each text starts, and where the last one ends. */
  readonly starts: Int32Array;
}

/**
 * @param rows the texts, in order
 * @param numberOf `[words]`: of each word of `tokens` its number in the places, or `none`
 * @param isShared whether other threads are to have the places, too
 * @throws the reason of the signal of `slices`
 */
export async function placeWords(
  tokens: TokenLists,
  rows: Int32Array,
  numberOf: Int32Array,
  isShared: boolean,
  slices: TimeSlices,
): Promise<Places> {
  const places = {
    words: makeNumbers(tokens.lengthOf(rows) + rows.length, isShared),
    starts: makeNumbers(rows.length + 1, isShared),
  };
  for (let text = 0; text < rows.length; text += 1) {
    placeText(tokens.list(rows[text] ?? 0), text, numberOf, places);
    if (slices.isOver) await slices.next();
  }
  return places;
}

function placeText(list: Int32Array, text: number, numberOf: Int32Array, { words, starts }: Places): void {
  let end = starts[text] ?? 0;
  for (const word of list) words[end++] = numberOf[word] ?? none;
  words[end] = none;
  starts[text + 1] = end + 1;
}

/** Zeros. @param isShared whether other threads are to have them, too */
export function makeNumbers(length: number, isShared: boolean): Int32Array {
  const bytes = length * Int32Array.BYTES_PER_ELEMENT;
  return new Int32Array(isShared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes));
}
