import type { FeatureOptions } from './features.js';
import { scanPunctuation } from './scan_punctuation.js';
import { scanWords } from './scan_words.js';
import { tokenSpans } from './tokenizer.js';
import { WordTable } from './word_table.js';

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * The tokens of texts as numbers, one list a text: `tokenSpans` for UTF-8 bytes, without a string a token. ASCII goes
 * byte by byte into the word table; a stretch that holds anything else goes through `tokenSpans`.
 */
export class TokenLists {
  readonly words: WordTable;
  #ids: Int32Array;
  #offsets: Int32Array = new Int32Array(1 << 10);
  #length = 0;
  #texts = 0;

  /**
   * @param options.words where the tokens get their numbers; when it is frozen, those that it does not hold are -1
   * @param options.room so many tokens have room at first: for all of the IMDb data by default, since memory that is
   *   never touched costs nothing and growing by copies does
   */
  constructor(
    readonly tokenizer: FeatureOptions['tokenizer'] = 'notebook',
    { words = new WordTable(), room = 1 << 24 }: { words?: WordTable; room?: number } = {},
  ) {
    this.words = words;
    this.#ids = new Int32Array(room);
  }

  /** The token numbers of all texts, one list behind the other. */
  get ids(): Int32Array {
    return this.#ids.subarray(0, this.#length);
  }

  /** `[texts + 1]`: text `t` has the ids from `offsets[t]` to `offsets[t + 1]`. */
  get offsets(): Int32Array {
    return this.#offsets.subarray(0, this.#texts + 1);
  }

  /** How many tokens all texts have. */
  get length(): number {
    return this.#length;
  }

  /** Adds a text, which must be valid UTF-8, and returns its number. */
  add(text: Uint8Array): number {
    // A token takes a byte at least.
    this.#ids = withRoom(this.#ids, this.#length + text.length);
    this.#offsets = withRoom(this.#offsets, this.#texts + 2);
    if (this.tokenizer === 'notebook') scanWords(text, this);
    else scanPunctuation(text, this);
    this.#texts += 1;
    this.#offsets[this.#texts] = this.#length;
    return this.#texts - 1;
  }

  /** For the scanners: the token of `length` bytes behind the word table's tail, whose hash is `hash`, comes next. */
  push(length: number, hash: number): void {
    this.#ids[this.#length] = this.words.idOf(length, hash);
    this.#length += 1;
  }

  /** For the scanners: takes back the last tokens, so that there are `length`. */
  truncate(length: number): void {
    this.#length = length;
  }

  /** For the scanners: the general path. */
  pushStretch(stretch: Uint8Array): void {
    for (const { token } of tokenSpans(utf8.decode(stretch), this.tokenizer)) {
      this.#ids[this.#length] = this.words.idOfString(token);
      this.#length += 1;
    }
  }
}

function withRoom(array: Int32Array, length: number): Int32Array {
  if (length <= array.length) return array;
  const larger = new Int32Array(Math.max(length, 2 * array.length));
  larger.set(array);
  return larger;
}
