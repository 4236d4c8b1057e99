import type { FeatureOptions } from '../features.js';
import { scan } from './byte_tokenizer.js';
import type { TokenSink } from './token_sink.js';
import { WordTable } from './token_interner.js';

/** A block of tokens, unless a text needs more. */
const blockBytes = 1 << 24;
/** Of a token's number: 7 bits a byte. */
const mostTokenBytes = 4;
/** Places in different blocks are this far apart. */
const blockSpan = 2 ** 32;

/**
 * The tokens of texts as numbers, one list a text.
 *
 * A number takes as few bytes as it needs, 7 bits in each, the last one's top bit clear (LEB128). Words are numbered as
 * they come, so that frequent ones have small numbers: about 1.5 bytes a token, in blocks that never move.
 */
export class TokenLists implements TokenSink {
  readonly words: WordTable;
  readonly #room: number;
  #blocks: Uint8Array[];
  /** The last one. */
  #block: Uint8Array;
  /** Where the next token goes in it. */
  #end = 0;
  #length = 0;
  /** `[texts]`: `blockSpan` times the block, plus the place in it. */
  #starts = new Float64Array(1 << 10);
  /** `[texts]`: tokens. */
  #lengths = new Int32Array(1 << 10);
  #texts = 0;
  #list = new Int32Array(1 << 10);

  /**
   * @param options.words where the tokens get their numbers; when it is frozen, those that it does not hold are -1
   * @param options.room bytes of a block: by default many, since memory that is never touched costs nothing
   */
  constructor(
    readonly tokenizer: FeatureOptions['tokenizer'] = 'notebook',
    { words = new WordTable(), room = blockBytes }: { words?: WordTable; room?: number } = {},
  ) {
    this.words = words;
    this.#room = room;
    this.#block = new Uint8Array(room);
    this.#blocks = [this.#block];
  }

  /** How many tokens the texts `rows` have together. */
  lengthOf(rows: Int32Array): number {
    let total = 0;
    for (const row of rows) total += this.#lengths[row] ?? 0;
    return total;
  }

  /** The token numbers of a text; valid until the next call. */
  list(text: number): Int32Array {
    const length = this.#lengths[text] ?? 0;
    if (length > this.#list.length) this.#list = new Int32Array(2 * length);
    const list = this.#list;
    const start = this.#starts[text] ?? 0;
    const block = this.#blocks[Math.floor(start / blockSpan)] ?? this.#block;
    let place = start % blockSpan;
    for (let k = 0; k < length; k += 1) {
      let byte = block[place++] ?? 0;
      let number = byte & 0x7f;
      for (let shift = 7; byte >= 0x80; shift += 7) {
        byte = block[place++] ?? 0;
        number |= (byte & 0x7f) << shift;
      }
      list[k] = number - 1;
    }
    return list.subarray(0, length);
  }

  /** Adds a text, which must be valid UTF-8, and returns its number. */
  add(text: Uint8Array): number {
    // A token takes a byte of the text at least.
    this.#makeRoom(mostTokenBytes * text.length);
    const start = (this.#blocks.length - 1) * blockSpan + this.#end;
    this.#length = 0;
    scan(text, this.tokenizer, this);
    this.#starts[this.#texts] = start;
    this.#lengths[this.#texts] = this.#length;
    this.#texts += 1;
    return this.#texts - 1;
  }

  /** For the scanners: how many tokens the text has so far. */
  get length(): number {
    return this.#length;
  }

  /** For the scanners: the token that comes next. */
  push(number: number): void {
    const block = this.#block;
    // One more than the number, so that -1 can be written, too.
    let left = number + 1;
    for (; left >= 0x80; left >>>= 7) block[this.#end++] = (left & 0x7f) | 0x80;
    block[this.#end++] = left;
    this.#length += 1;
  }

  /** For the scanners: takes back the last tokens, so that there are `length`. */
  truncate(length: number): void {
    for (; this.#length > length; this.#length -= 1) {
      do this.#end -= 1;
      while (this.#end > 0 && (this.#block[this.#end - 1] ?? 0) >= 0x80);
    }
  }

  #makeRoom(bytes: number): void {
    if (this.#texts === this.#starts.length) {
      this.#starts = enlarged(this.#starts, new Float64Array(2 * this.#texts));
      this.#lengths = enlarged(this.#lengths, new Int32Array(2 * this.#texts));
    }
    if (this.#end + bytes <= this.#block.length) return;
    this.#block = new Uint8Array(Math.max(bytes, this.#room));
    this.#blocks.push(this.#block);
    this.#end = 0;
  }
}

function enlarged<T extends Float64Array | Int32Array>(array: T, larger: T): T {
  larger.set(array);
  return larger;
}
