import type { FeatureOptions } from '../features.js';
import { tokenSpans } from './tokenizer.js';
import type { WordTable } from './token_interner.js';

/** Takes the tokens of texts from the scanners, one after the other. */
export interface TokenSink {
  /** Where tokens get their numbers. */
  readonly words: WordTable;
  /** How many tokens the text has so far, at least: only differences count. */
  readonly length: number;
  /** @param number of the token, -1 for one that `words` does not hold and does not take */
  push(number: number): void;
  /** Takes back the last tokens, so that there are `length`. */
  truncate(length: number): void;
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** The general path of the scanners, for a stretch of a text that is not ASCII. */
export function pushStretch(
  stretch: Uint8Array,
  tokenizer: FeatureOptions['tokenizer'],
  sink: TokenSink,
): void {
  for (const { token } of tokenSpans(utf8.decode(stretch), tokenizer))
    sink.push(sink.words.idOfString(token));
}
