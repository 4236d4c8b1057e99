import { aString } from '../../arguments.js';
import type { BuiltInTokenizer } from '../features.js';
import { capitalSigma, smallSigmaAt } from './lower_case.js';
import { punctuationSpans } from './punctuation_tokenizer.js';
import type { TokenSpan } from './token_span.js';
import { isWhiteSpace, keptOf } from './unicode.js';
import { unicodeSpans } from './unicode_tokenizer.js';

/** Is part of the key of everything encoded: raise it whenever a tokenizer gives other tokens for any text. */
export const tokenizerVersion = 1;

const { fromCodePoint } = String;

/** Returns the tokens of a text and where they stand in it. */
export function tokenSpans(text: string, tokenizer: BuiltInTokenizer): TokenSpan[] {
  if (tokenizer === 'notebook') return wordSpans(text);
  return tokenizer === 'unicode' ? unicodeSpans(text) : punctuationSpans(text);
}

/** Returns the words of a text without their places. */
export function tokenize(text: string): string[] {
  aString(text, 'text');
  return wordSpans(text).map(({ token }) => token);
}

/**
 * Returns the words of a text: what Python 3.11's `re.sub(r"[^\w\s]", "", text.lower()).split()` gives, for every string,
 * on every version of Node. They are lower-cased; what is neither a letter, a digit, `_` nor white space is dropped.
 */
function wordSpans(text: string): TokenSpan[] {
  const spans: TokenSpan[] = [];
  let span: TokenSpan | null = null;
  for (let i = 0; i < text.length;) {
    const code = text.codePointAt(i) ?? 0;
    const end = i + (code > 0xffff ? 2 : 1);
    if (isWhiteSpace(code)) {
      span = null;
    } else {
      const kept = code === capitalSigma ? smallSigmaAt(text, i) : keptOf(code);
      if (kept !== 0) {
        if (span === null) spans.push((span = { start: i, end, token: '' }));
        span.token += fromCodePoint(kept);
        span.end = end;
      }
    }
    i = end;
  }
  return spans;
}
