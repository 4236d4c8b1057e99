import type { TokenLists } from './token_lists.js';
import { tokenize } from './tokenizer.js';
import { hashStep } from './word_table.js';

const dropped = 0;
const whiteSpace = 1;
const beyondAscii = 2;

/** What `tokenize` makes of each byte: a lower-cased ASCII word character, or one of the three above. */
const foldedBytes = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte >= 0x80) return beyondAscii;
  const character = String.fromCharCode(byte);
  const [word] = tokenize(character);
  if (word !== undefined) return word.charCodeAt(0);
  return tokenize(`a${character}b`).length === 2 ? whiteSpace : dropped;
});

/** Adds the words of a text to `lists`. A stretch between ASCII white space that is not ASCII takes the general path. */
export function scanWords(text: Uint8Array, lists: TokenLists): void {
  const { words } = lists;
  // A byte becomes three at most: one that is not UTF-8 is U+FFFD, and lower-casing adds less.
  const bytes = words.reserve(3 * text.length);
  const end = text.length;
  let start = 0;
  let tail = words.tail;
  let length = 0;
  let hash = 0;
  for (let i = 0; i < end; i += 1) {
    const folded = foldedBytes[text[i] ?? 0] ?? dropped;
    if (folded > beyondAscii) {
      bytes[tail + length] = folded;
      length += 1;
      hash = hashStep(hash, folded);
    } else if (folded === whiteSpace) {
      if (length > 0) {
        lists.push(length, hash);
        tail = words.tail;
        length = 0;
        hash = 0;
      }
      start = i + 1;
    } else if (folded === beyondAscii) {
      i = endOfStretch(text, i);
      // White space is no letter to the final sigma, so a stretch gives what it gives in its text.
      lists.pushStretch(text.subarray(start, i));
      tail = words.tail;
      length = 0;
      hash = 0;
      start = i + 1;
    }
  }
  if (length > 0) lists.push(length, hash);
}

function endOfStretch(text: Uint8Array, from: number): number {
  let end = from;
  while (end < text.length && foldedBytes[text[end] ?? 0] !== whiteSpace) end += 1;
  return end;
}
