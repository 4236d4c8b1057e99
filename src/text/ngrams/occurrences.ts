/** No run that is kept. */
export const none = -1;

/**
 * The places where a run occurs, in the order of the texts, a row each: the words that follow it. The first of them is an
 * entry, and so is the longer run that is put in its place once it has been counted; behind it there may be `none`.
 */
export interface Rows {
  /** `[rows, fields]` */
  readonly data: Int32Array;
  readonly fields: number;
}

/** An entry: the number of a word or run, or `none`, above two bits that say of its text whether */
const bits = 2;

/** it is not counted, */
export const uncounted = 0;
/** the row before is of it, too, */
export const sameText = 1;
/** or of another one. */
export const newText = 2;

export function entryOf(number: number, text: number): number {
  return (number << bits) | text;
}

export function numberOf(entry: number): number {
  return entry >> bits;
}

export function textOf(entry: number): number {
  return entry & (newText | sameText);
}
