/** Stands in place of the number of an n-gram that is not kept. */
export const noNgram = -1;

/**
 * Places in the texts where n-grams occur, in the order of the texts. An occurrence is a row of `width` numbers: the
 * tokens that follow the n-gram there, the first one packed with a mark that tells where another text begins. Counting
 * replaces them by the n-grams that are one, two, ... tokens longer, all of them packed.
 */
export interface Occurrences {
  /** `[occurrences, width]` */
  readonly data: Int32Array;
  readonly width: number;
}

/** The text of the occurrence is not counted. Such texts come last. */
export const uncounted = 0;
/** The occurrence before is in the same text. */
export const sameText = 1;
/** The occurrence is the first one in its text. */
export const newText = 2;

const markBits = 2;

/** Packs the number of a token or n-gram, or `noNgram`, with one of the three marks above. */
export function pack(number: number, mark: number): number {
  return (number << markBits) | mark;
}

export function numberOf(packed: number): number {
  return packed >> markBits;
}

export function markOf(packed: number): number {
  return packed & (newText | sameText);
}
