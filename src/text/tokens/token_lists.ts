import type { TokenizerName } from '../features.js';
import { enlarged } from '../int32_list.js';
import { assertSameTokenizer, type OwnTokenizer } from './own_tokenizer.js';
import { givenTokens, pushTokens } from './text_tokens.js';
import { TokenInterner } from './token_interner.js';
import type { TokenSink } from './token_sink.js';

/** The size of a block, unless a text needs more: memory that is never touched costs nothing. */
const bytesPerBlock = 1 << 24;
/** The greatest number of bytes that a token's number takes, 7 bits in each. */
const mostTokenBytes = 4;

interface TokenListsOptions {
  interner?: TokenInterner;
  room?: number;
  own?: OwnTokenizer | undefined;
}

/**
 * The tokens of texts as numbers, one list per text.
 *
 * A number takes as few bytes as it needs, 7 bits in each, the last one's top bit clear (LEB128). Tokens are numbered as
 * they come, so that frequent ones have small numbers: about 1.5 bytes per token, in blocks that never move.
 */
export class TokenLists implements TokenSink {
  readonly interner: TokenInterner;
  readonly #own: OwnTokenizer | undefined;
  readonly #room: number;
  readonly #blocks: Uint8Array[];
  /** The last block. */
  #block: Uint8Array;
  /** Where the next token goes in the last block. */
  #end = 0;
  #length = 0;
  /** `[texts]`: the block of each text, where it starts there, and its number of tokens. */
  #blockOf = new Int32Array(1 << 10);
  #starts = new Int32Array(1 << 10);
  #lengths = new Int32Array(1 << 10);
  #texts = 0;
  #list = new Int32Array(1 << 10);

  /**
   * @param options.interner gives the tokens their numbers; when it is frozen, those that it does not hold are -1
   * @param options.room bytes of a block
   * @param options.own the tokenizer where it is one of the program's own
   * @throws ImdbTorchError ERR_TOKENIZER when `own` is not the tokenizer
   */
  constructor(
    readonly tokenizer: TokenizerName = 'notebook',
    { interner = new TokenInterner(), room = bytesPerBlock, own }: TokenListsOptions = {},
  ) {
    assertSameTokenizer(tokenizer, own);
    this.#own = own;
    this.interner = interner;
    this.#room = room;
    this.#block = new Uint8Array(room);
    this.#blocks = [this.#block];
  }

  /** How many tokens the texts `rows` have together. */
  lengthOf(rows: Int32Array): number {
    let total = 0;
    for (const row of rows) total += this.#lengths[row];
    return total;
  }

  /** The token numbers of a text; valid until the next call. */
  list(text: number): Int32Array {
    const length = this.#lengths[text];
    if (length > this.#list.length) this.#list = new Int32Array(2 * length);
    const list = this.#list;
    const block = this.#blocks[this.#blockOf[text]];
    let at = this.#starts[text];
    for (let k = 0; k < length; k += 1) {
      let byte = block[at++];
      let number = byte & 0x7f;
      for (let shift = 7; byte >= 0x80; shift += 7) {
        byte = block[at++];
        number |= (byte & 0x7f) << shift;
      }
      list[k] = number - 1;
    }
    return list.subarray(0, length);
  }

  /** Adds a text and returns its number. @param text UTF-8; what is not is dropped */
  add(text: Uint8Array): number {
    const given = givenTokens(text, this.#own);
    // A token takes a byte of the text at least.
    this.#makeRoom(mostTokenBytes * (given ?? text).length);
    const index = this.#texts;
    this.#blockOf[index] = this.#blocks.length - 1;
    this.#starts[index] = this.#end;
    this.#length = 0;
    pushTokens(text, given, this.tokenizer, this);
    this.#lengths[index] = this.#length;
    this.#texts += 1;
    return index;
  }

  get length(): number {
    return this.#length;
  }

  push(number: number): void {
    const block = this.#block;
    // One more than the number, so that -1 can be written, too.
    let left = number + 1;
    for (; left >= 0x80; left >>>= 7) block[this.#end++] = (left & 0x7f) | 0x80;
    block[this.#end++] = left;
    this.#length += 1;
  }

  truncate(length: number): void {
    for (; this.#length > length; this.#length -= 1) {
      do this.#end -= 1;
      while (this.#end > 0 && this.#block[this.#end - 1] >= 0x80);
    }
  }

  #makeRoom(bytes: number): void {
    if (this.#texts === this.#starts.length) {
      this.#blockOf = enlarged(this.#blockOf, 2 * this.#texts);
      this.#starts = enlarged(this.#starts, 2 * this.#texts);
      this.#lengths = enlarged(this.#lengths, 2 * this.#texts);
    }
    if (this.#end + bytes <= this.#block.length) return;
    this.#block = new Uint8Array(Math.max(bytes, this.#room));
    this.#blocks.push(this.#block);
    this.#end = 0;
  }
}
