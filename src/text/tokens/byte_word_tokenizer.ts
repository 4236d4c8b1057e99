import { emptyKey, keyBytes, type TokenInterner } from './token_interner.js';
import { tokenizeStretch, type TokenSink } from './token_sink.js';
import { tokenize } from './tokenizer.js';

const dropped = 0;
const whiteSpace = 1;
const beyondAscii = 2;

/** What `tokenize` makes of each byte: a lower-cased ASCII word character, or one of the three above. */
const foldedBytes = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte >= 0x80) return beyondAscii;
  const character = String.fromCharCode(byte);
  const words = tokenize(character);
  if (words.length > 0) return words[0].charCodeAt(0);
  return tokenize(`a${character}b`).length === 2 ? whiteSpace : dropped;
});

/** What `findWords` finds: the start of each word in the text, its length and the halves of its key. */
let found = new Int32Array(1 << 12);
const foundSize = 4;

/** Adds the words of a text to `sink`. A stretch between ASCII white space that is not ASCII goes through a string. */
export function tokenizeWords(text: Uint8Array, sink: TokenSink): void {
  // A word and the white space behind it take two bytes of the text at least.
  const most = foundSize * ((text.length >> 1) + 1);
  if (most >= found.length) found = new Int32Array(2 * most);
  for (let start = 0; start < text.length;) {
    const end = findWords(text, start, found);
    pushWords(text, found, end, sink);
    start = found[end];
    if (start === text.length) return;
    // White space is no letter to the final sigma, so a stretch gives what it gives in its text.
    const endOfStretch = endOfWord(text, start);
    tokenizeStretch(text.subarray(start, endOfStretch), 'notebook', sink);
    start = endOfStretch + 1;
  }
}

/**
 * Finds the words from `start` to the end of the text or the first stretch that is not ASCII. They are looked up later,
 * since a small loop over the bytes is a fast one.
 * @returns the end of what is found, where `found` has the start of that stretch, or the length of the text
 */
function findWords(text: Uint8Array, start: number, found: Int32Array): number {
  let end = 0;
  let length = 0;
  let high = 0;
  let low = emptyKey;
  let wordStart = start;
  for (let i = start; i <= text.length; i += 1) {
    const folded = i < text.length ? foldedBytes[text[i]] : whiteSpace;
    if (folded > beyondAscii) {
      length += 1;
      high = (high << 8) | (low >>> 24);
      low = (low << 8) | folded;
    } else if (folded === whiteSpace) {
      if (length > 0) {
        found[end] = wordStart;
        found[end + 1] = length;
        found[end + 2] = high;
        found[end + 3] = low;
        end += foundSize;
      }
      wordStart = i + 1;
      length = 0;
      high = 0;
      low = emptyKey;
    } else if (folded === beyondAscii) {
      break;
    }
  }
  found[end] = Math.min(wordStart, text.length);
  return end;
}

function pushWords(text: Uint8Array, found: Int32Array, end: number, sink: TokenSink): void {
  const { interner } = sink;
  for (let k = 0; k < end; k += foundSize) {
    const length = found[k + 1];
    if (length > keyBytes) writeRest(text, found[k], length, interner);
    sink.push(interner.intern(length, found[k + 2], found[k + 3]));
  }
}

/** Writes the bytes that the key of the word of `length` bytes from `start` on does not hold: few words have any. */
function writeRest(text: Uint8Array, start: number, length: number, interner: TokenInterner): void {
  const bytes = interner.reserve(length);
  const end = interner.tail + length - keyBytes;
  for (let i = start, k = interner.tail; k < end; i += 1) {
    const folded = foldedBytes[text[i]];
    if (folded > beyondAscii) bytes[k++] = folded;
  }
}

/** Where the stretch without white space from `from` ends. */
function endOfWord(text: Uint8Array, from: number): number {
  let end = from;
  while (end < text.length && foldedBytes[text[end]] !== whiteSpace) end += 1;
  return end;
}
