/** A stretch of a text is an occurrence of a word, or what is between two of them. */
interface TextPiece {
  text: string;
  /** The index of the word, or null between words. */
  word: number | null;
}

/**
 * Cuts a text at its words. Where two have the same letter, as those that a tokenizer makes of one, the first has it.
 * @param words with the ranges of UTF-16 units where they stand
 */
export function cutAtWords(
  text: string,
  words: readonly { readonly spans: readonly (readonly [number, number])[] }[],
): TextPiece[] {
  const occurrences = words
    .flatMap(({ spans }, word) => spans.map(([start, end]) => ({ start, end, word })))
    .sort((one, other) => one.start - other.start);
  const pieces: TextPiece[] = [];
  let place = 0;
  for (const { start, end, word } of occurrences) {
    if (start > place) pieces.push({ text: text.slice(place, start), word: null });
    if (end <= place) continue;
    pieces.push({ text: text.slice(Math.max(start, place), end), word });
    place = end;
  }
  if (place < text.length) pieces.push({ text: text.slice(place), word: null });
  return pieces;
}
