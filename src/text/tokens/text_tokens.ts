import type { BuiltInTokenizer, TokenizerName } from '../features.js';
import { tokenizeBytes } from './byte_tokenizer.js';
import { assertSameTokenizer, ownTokens, type OwnTokenizer } from './own_tokenizer.js';
import type { TokenInterner } from './token_interner.js';
import type { TokenSink } from './token_sink.js';
import { textOf } from './utf8.js';

/** Returns the tokens that a tokenizer of the program's own gives for UTF-8; undefined where there is none. */
export function givenTokens(text: Uint8Array, own: OwnTokenizer | undefined): readonly string[] | undefined {
  return own && ownTokens(textOf(text), own);
}

/** Adds the tokens of a text to `sink`. @param given what `givenTokens` returns for it */
export function pushTokens(
  text: Uint8Array,
  given: readonly string[] | undefined,
  tokenizer: TokenizerName,
  sink: TokenSink,
): void {
  if (given === undefined) tokenizeBytes(text, tokenizer as BuiltInTokenizer, sink);
  else for (const token of given) sink.push(sink.interner.internString(token));
}

/** The tokens of one text after the other as numbers. */
export class TextTokens implements TokenSink {
  length = 0;
  #numbers = new Int32Array(1 << 10);

  /**
   * @param interner gives the tokens their numbers; when it is frozen, those that it does not hold are -1
   * @param own the tokenizer where it is one of the program's own
   * @throws ImdbTorchError ERR_TOKENIZER when `own` is not the tokenizer
   */
  constructor(
    readonly tokenizer: TokenizerName,
    readonly interner: TokenInterner,
    private readonly own: OwnTokenizer | undefined,
  ) {
    assertSameTokenizer(tokenizer, own);
  }

  /** The numbers of the tokens of a text; valid until the next call. @param text UTF-8; what is not is dropped */
  of(text: Uint8Array): Int32Array {
    const given = givenTokens(text, this.own);
    // A token takes a byte of the text at least.
    const most = (given ?? text).length;
    if (most > this.#numbers.length) this.#numbers = new Int32Array(2 * most);
    this.length = 0;
    pushTokens(text, given, this.tokenizer, this);
    return this.#numbers.subarray(0, this.length);
  }

  push(number: number): void {
    this.#numbers[this.length++] = number;
  }

  truncate(length: number): void {
    this.length = length;
  }
}
