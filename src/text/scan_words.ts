import { pushStretch, type TokenSink } from './token_sink.js';
import { tokenize } from './tokenizer.js';
import { emptyKey, highWith, keyBytes, lowWith, type WordTable } from './word_table.js';

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

/** Adds the words of a text to `sink`. A stretch between ASCII white space that is not ASCII takes the general path. */
export function scanWords(text: Uint8Array, sink: TokenSink): void {
  const { words } = sink;
  const end = text.length;
  let start = 0;
  let length = 0;
  let high = 0;
  let low = emptyKey;
  for (let i = 0; i < end; i += 1) {
    const folded = foldedBytes[text[i] ?? 0] ?? dropped;
    if (folded > beyondAscii) {
      length += 1;
      high = highWith(high, low);
      low = lowWith(low, folded);
    } else if (folded !== dropped) {
      if (folded === beyondAscii) {
        i = endOfStretch(text, i);
        // White space is no letter to the final sigma, so a stretch gives what it gives in its text.
        pushStretch(text.subarray(start, i), 'notebook', sink);
      } else if (length > 0) {
        if (length > keyBytes) writeRest(text, start, length, words);
        sink.push(words.idOf(length, high, low));
      }
      start = i + 1;
      length = 0;
      high = 0;
      low = emptyKey;
    }
  }
  if (length === 0) return;
  if (length > keyBytes) writeRest(text, start, length, words);
  sink.push(words.idOf(length, high, low));
}

/** Writes what the key of the word of `length` bytes in the stretch from `start` does not hold: few words have any. */
function writeRest(text: Uint8Array, start: number, length: number, words: WordTable): void {
  const bytes = words.reserve(length);
  const end = words.tail + length - keyBytes;
  for (let i = start, k = words.tail; k < end; i += 1) {
    const folded = foldedBytes[text[i] ?? 0] ?? dropped;
    if (folded > beyondAscii) bytes[k++] = folded;
  }
}

function endOfStretch(text: Uint8Array, from: number): number {
  let end = from;
  while (end < text.length && foldedBytes[text[end] ?? 0] !== whiteSpace) end += 1;
  return end;
}
