import type { FeatureOptions } from '../features.js';
import { scan } from './byte_tokenizer.js';
import type { TokenSink } from './token_sink.js';
import type { WordTable } from './token_interner.js';

/** The token numbers of a few texts, ready to be read: faster than TokenLists, and larger. */
export class TokenBuffer implements TokenSink {
  /** Of all texts. */
  length = 0;
  #numbers = new Int32Array(1 << 12);

  /** @param words where the tokens get their numbers; when it is frozen, those that it does not hold are -1 */
  constructor(
    readonly tokenizer: FeatureOptions['tokenizer'],
    readonly words: WordTable,
  ) {}

  /** Adds a text. @returns where its tokens end, which is where those of the next text start */
  add(text: Uint8Array): number {
    // A token takes a byte of the text at least.
    this.#makeRoom(this.length + text.length);
    scan(text, this.tokenizer, this);
    return this.length;
  }

  /** The tokens from `start` to `end`; valid until the next text is added. */
  slice(start: number, end: number): Int32Array {
    return this.#numbers.subarray(start, end);
  }

  /** Forgets all texts and keeps the memory: that which is used again is the fastest. */
  clear(): void {
    this.length = 0;
  }

  push(number: number): void {
    this.#numbers[this.length++] = number;
  }

  truncate(length: number): void {
    this.length = length;
  }

  #makeRoom(length: number): void {
    if (length <= this.#numbers.length) return;
    const larger = new Int32Array(Math.max(length, 2 * this.#numbers.length));
    larger.set(this.#numbers.subarray(0, this.length));
    this.#numbers = larger;
  }
}
