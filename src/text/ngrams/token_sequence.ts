import type { TimeSlices } from '../../system/time_slices.js';
import { sharedMemory } from '../shared_memory.js';
import type { TokenLists } from '../tokens/token_lists.js';
import { noNgram } from './occurrences.js';

/** The texts as one sequence of kept tokens, with `noNgram` in place of each other token and behind each text. */
export interface TokenSequence {
  readonly tokens: Int32Array;
  /** `[texts + 1]`: where each text starts, and where the last one ends. */
  readonly starts: Int32Array;
}

/**
 * Joins texts to one sequence.
 * @param rows the texts of `lists`, in order
 * @param numberOf `[tokens]`: the number that each token of `lists` has in the sequence, or `noNgram`
 * @param isShared whether other threads are to see the sequence
 * @throws the reason of the signal of `slices`
 */
export async function concatenateTokens(
  lists: TokenLists,
  rows: Int32Array,
  numberOf: Int32Array,
  isShared: boolean,
  slices: TimeSlices,
): Promise<TokenSequence> {
  const tokens = makeNumbers(lists.lengthOf(rows) + rows.length, isShared);
  const starts = makeNumbers(rows.length + 1, isShared);
  for (let text = 0; text < rows.length; text += 1) {
    starts[text + 1] = appendText(lists.list(rows[text]), numberOf, tokens, starts[text]);
    if (slices.isOver) await slices.next();
  }
  return { tokens, starts };
}

/** Writes a text from `start` on and returns where the next one starts. */
function appendText(list: Int32Array, numberOf: Int32Array, tokens: Int32Array, start: number): number {
  let end = start;
  for (const token of list) tokens[end++] = numberOf[token];
  tokens[end] = noNgram;
  return end + 1;
}

/** Returns zeros. @param isShared whether other threads are to see them */
export function makeNumbers(length: number, isShared: boolean): Int32Array {
  const bytes = length * Int32Array.BYTES_PER_ELEMENT;
  return new Int32Array(isShared ? sharedMemory(bytes) : new ArrayBuffer(bytes));
}
