import { emptyKey, keyBytes, TokenInterner } from '../tokens/token_interner.js';
import { isCombining, isUnspaced, isWord } from '../tokens/unicode.js';

/** The least and the greatest number of characters of an n-gram, the ends of the word included. */
export type CharacterRange = readonly [least: number, most: number];

/** Stands in front of the characters in the name of a feature. As a token it is always alone. */
export const characterMark = '~';
const firstCombining = 0x300;
/** What stands for the start and the end of a word: marks that no word has. */
const wordStart = 0x5e;
const wordEnd = 0x24;
const underscore = 0x5f;

/**
 * Whether the name of a feature is that of an n-gram of characters: a tilde and characters. A tilde may begin the name
 * of tokens as well, with others behind it or with combining marks on it.
 */
export function isCharacterNgram(name: string): boolean {
  if (!name.startsWith(characterMark) || name.length === 1 || name.includes(' ')) return false;
  if (name.charCodeAt(1) < firstCombining) return true;
  return Array.from(name.slice(1)).some((character) => !isCombining(character.codePointAt(0) ?? 0));
}

/**
 * Numbers the n-grams of the characters of words, as `analyzer='char_wb'` of scikit-learn finds them: a word stands
 * between a mark for its start, `^`, and one for its end, `$`, and one that is shorter than an n-gram with these gives
 * itself once. Characters are code points. Words are tokens with a letter or a digit, but not the single letters of
 * scripts that put no blanks between words. Combining marks alone are no n-gram.
 */
export class CharacterNgrams {
  /** Gives n-grams their numbers. Frozen, those that it does not hold are left out. */
  readonly interner: TokenInterner;
  /** The word between its marks. */
  #word = new Uint8Array(1 << 8);
  /** Where each character starts, and where the last one ends. */
  #starts = new Int32Array(1 << 8);
  #length = 0;

  constructor(
    readonly range: CharacterRange,
    interner = new TokenInterner(),
  ) {
    this.interner = interner;
  }

  /** Calls `visit` with the number of each n-gram of a token, as often as that has it. @param token UTF-8 */
  forEach(token: Uint8Array, visit: (ngram: number) => void): void {
    this.#read(token);
    if (!this.#isWord()) return;
    const [least, most] = this.range;
    for (let size = least; size <= most; size += 1) {
      const last = Math.max(this.#length - size, 0);
      for (let first = 0; first <= last; first += 1) {
        const ngram = this.#numberOf(first, Math.min(first + size, this.#length));
        if (ngram >= 0) visit(ngram);
      }
      if (last === 0) return;
    }
  }

  #read(token: Uint8Array): void {
    const bytes = token.length + 2;
    if (bytes >= this.#word.length) {
      this.#word = new Uint8Array(2 * bytes);
      this.#starts = new Int32Array(2 * bytes);
    }
    const word = this.#word;
    word[0] = wordStart;
    word.set(token, 1);
    word[bytes - 1] = wordEnd;
    this.#length = 0;
    for (let k = 0; k < bytes; k += 1) {
      if ((word[k] & 0xc0) !== 0x80) this.#starts[this.#length++] = k;
    }
    this.#starts[this.#length] = bytes;
  }

  #isWord(): boolean {
    if (isUnspaced(this.#codeAt(1))) {
      for (let k = 2; k < this.#length - 1; k += 1) if (!isCombining(this.#codeAt(k))) return true;
      return false;
    }
    for (let k = 1; k < this.#length - 1; k += 1) {
      const code = this.#codeAt(k);
      if (isWord(code) && code !== underscore) return true;
    }
    return false;
  }

  /** The number of the n-gram of the characters from `first` to before `end`, or -1. */
  #numberOf(first: number, end: number): number {
    if (this.#isCombining(first, end)) return -1;
    const word = this.#word;
    const from = this.#starts[first];
    const to = this.#starts[end];
    const { interner } = this;
    const inKey = Math.max(from, to - keyBytes);
    if (inKey > from) interner.reserve(to - from).set(word.subarray(from, inKey), interner.tail);
    let high = 0;
    let low = emptyKey;
    for (let k = inKey; k < to; k += 1) {
      high = (high << 8) | (low >>> 24);
      low = (low << 8) | word[k];
    }
    return interner.intern(to - from, high, low);
  }

  #isCombining(first: number, end: number): boolean {
    for (let k = first; k < end; k += 1) {
      const code = this.#codeAt(k);
      if (code < firstCombining || !isCombining(code)) return false;
    }
    return true;
  }

  /** The code point of a character. */
  #codeAt(character: number): number {
    const k = this.#starts[character];
    const [one, two, three, four] = [this.#word[k], this.#word[k + 1], this.#word[k + 2], this.#word[k + 3]];
    if (one < 0x80) return one;
    if (one < 0xe0) return ((one & 0x1f) << 6) | (two & 0x3f);
    if (one < 0xf0) return ((one & 0x0f) << 12) | ((two & 0x3f) << 6) | (three & 0x3f);
    return ((one & 0x07) << 18) | ((two & 0x3f) << 12) | ((three & 0x3f) << 6) | (four & 0x3f);
  }
}
