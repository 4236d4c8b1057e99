import type { BuiltInTokenizer } from '../features.js';
import type { TokenInterner } from './token_interner.js';
import { tokenSpans } from './tokenizer.js';
import { decodeUtf8 } from './utf8.js';

/** Takes the tokens of a text from the byte tokenizers, one after the other. */
export interface TokenSink {
  /** Gives tokens their numbers. */
  readonly interner: TokenInterner;
  /** The number of tokens of the text so far. */
  readonly length: number;
  /** Adds a token. @param number -1 for one that the interner does not hold and does not take */
  push(number: number): void;
  /** Takes back the last tokens, so that there are `length`. */
  truncate(length: number): void;
}

/** Adds the tokens of a stretch that is not ASCII, by way of a string. */
export function tokenizeStretch(stretch: Uint8Array, tokenizer: BuiltInTokenizer, sink: TokenSink): void {
  for (const { token } of tokenSpans(decodeUtf8(stretch), tokenizer)) sink.push(sink.interner.internString(token));
}
