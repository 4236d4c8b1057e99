import type { BuiltInTokenizer } from '../features.js';
import { tokenizeWordsAndMarks } from './byte_punctuation_tokenizer.js';
import { tokenizeWords } from './byte_word_tokenizer.js';
import type { TokenSink } from './token_sink.js';

/**
 * Adds to `sink` the tokens that `tokenSpans` gives for a text, without a string per token. ASCII goes byte by byte into
 * the interner; a stretch that holds anything else goes through `tokenSpans`.
 * @param text UTF-8
 */
export function tokenizeBytes(text: Uint8Array, tokenizer: BuiltInTokenizer, sink: TokenSink): void {
  if (tokenizer === 'notebook') tokenizeWords(text, sink);
  else tokenizeWordsAndMarks(text, tokenizer, sink);
}
