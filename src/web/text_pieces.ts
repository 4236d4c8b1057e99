/** A stretch of a text is an occurrence of a word, or what is between two of them. */
interface TextPiece {
  text: string;
  /** The index of the word, or null between words. */
  word: number | null;
}

/** Cuts a text at its words. @param words with the ranges of UTF-16 units where they stand, which do not overlap */
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
    pieces.push({ text: text.slice(start, end), word });
    place = end;
  }
  if (place < text.length) pieces.push({ text: text.slice(place), word: null });
  return pieces;
}
