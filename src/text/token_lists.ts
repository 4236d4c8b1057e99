import { tokenize } from './tokenizer.js';
import { hashStep, WordTable } from './word_table.js';

const dropped = 0;
const whiteSpace = 1;
const beyondAscii = 2;
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** What `tokenize` makes of each byte: a lower-cased ASCII word character, or one of the three above. */
const foldedBytes = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte >= 0x80) return beyondAscii;
  const character = String.fromCharCode(byte);
  const [word] = tokenize(character);
  if (word !== undefined) return word.charCodeAt(0);
  return tokenize(`a${character}b`).length === 2 ? whiteSpace : dropped;
});

/**
 * The words of texts as numbers, one list a text: `tokenize` for UTF-8 bytes, without a string a word. ASCII goes byte
 * by byte into the word table; a stretch between ASCII white space that holds anything else goes through `tokenize`.
 */
export class TokenLists {
  readonly words = new WordTable();
  /** Room for the IMDb data at once: memory that is never touched costs nothing, growing by copies does. */
  #ids: Int32Array = new Int32Array(1 << 24);
  #offsets: Int32Array = new Int32Array(1 << 10);
  #length = 0;
  #texts = 0;

  /** The word numbers of all texts, one list behind the other. */
  get ids(): Int32Array {
    return this.#ids.subarray(0, this.#length);
  }

  /** `[texts + 1]`: text `t` has the ids from `offsets[t]` to `offsets[t + 1]`. */
  get offsets(): Int32Array {
    return this.#offsets.subarray(0, this.#texts + 1);
  }

  /** Adds a word that may be in no text, and returns its number. */
  addWord(word: string): number {
    return this.#idOf(word, this.words.reserve(Buffer.byteLength(word)));
  }

  /** Forgets the texts; the words keep their numbers. */
  clear(): void {
    this.#length = 0;
    this.#texts = 0;
  }

  /** Adds a text, which must be valid UTF-8, and returns its number. */
  add(text: Uint8Array): number {
    this.#reserve(text.length);
    this.#scan(text);
    this.#texts += 1;
    this.#offsets[this.#texts] = this.#length;
    return this.#texts - 1;
  }

  #scan(text: Uint8Array): void {
    // Lower-casing makes a text longer by half at most: some capitals of two bytes have small letters of three.
    const table = this.words;
    const bytes = table.reserve(2 * text.length);
    const end = text.length;
    let start = 0;
    let tail = table.tail;
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
          this.#ids[this.#length++] = table.idOf(length, hash);
          tail = table.tail;
          length = 0;
          hash = 0;
        }
        start = i + 1;
      } else if (folded === beyondAscii) {
        i = endOfStretch(text, i);
        this.#addWords(text.subarray(start, i), bytes);
        tail = table.tail;
        length = 0;
        hash = 0;
        start = i + 1;
      }
    }
    if (length > 0) this.#ids[this.#length++] = table.idOf(length, hash);
  }

  /** The general path. White space is no letter to the final sigma, so a stretch gives what it gives in its text. */
  #addWords(stretch: Uint8Array, bytes: Uint8Array): void {
    for (const word of tokenize(utf8.decode(stretch))) this.#ids[this.#length++] = this.#idOf(word, bytes);
  }

  /** @param bytes what `words.reserve` returned, with room for the word */
  #idOf(word: string, bytes: Uint8Array): number {
    const encoded = Buffer.from(word);
    bytes.set(encoded, this.words.tail);
    const hash = encoded.reduce((before, byte) => hashStep(before, byte), 0);
    return this.words.idOf(encoded.length, hash);
  }

  #reserve(textLength: number): void {
    // A word and the white space behind it take two bytes.
    this.#ids = withRoom(this.#ids, this.#length + (textLength >> 1) + 1);
    this.#offsets = withRoom(this.#offsets, this.#texts + 2);
  }
}

function endOfStretch(text: Uint8Array, from: number): number {
  let end = from;
  while (end < text.length && foldedBytes[text[end] ?? 0] !== whiteSpace) end += 1;
  return end;
}

function withRoom(array: Int32Array, length: number): Int32Array {
  if (length <= array.length) return array;
  const larger = new Int32Array(Math.max(length, 2 * array.length));
  larger.set(array);
  return larger;
}
