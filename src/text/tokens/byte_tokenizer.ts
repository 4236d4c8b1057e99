import type { FeatureOptions } from '../features.js';
import { scanPunctuation } from './byte_punctuation_tokenizer.js';
import { scanWords } from './byte_word_tokenizer.js';
import type { TokenSink } from './token_sink.js';

/**
 * Adds the tokens of a text to `sink`: those of `tokenSpans` for UTF-8 bytes, without a string a token. ASCII goes byte by
 * byte into the word table; a stretch that holds anything else goes through `tokenSpans`.
 */
export function scan(text: Uint8Array, tokenizer: FeatureOptions['tokenizer'], sink: TokenSink): void {
  if (tokenizer === 'notebook') scanWords(text, sink);
  else scanPunctuation(text, sink);
}
