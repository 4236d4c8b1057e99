import { isWhiteSpace, keptOf } from './unicode.js';
import { capitalSigma, smallSigmaAt } from './lower_case.js';
import type { FeatureOptions } from '../features.js';
import { punctuationSpans } from './punctuation_tokenizer.js';

/** Part of the key of everything encoded: to be raised whenever a tokenizer gives other tokens for any text. */
export const tokenizerVersion = 1;

const { fromCodePoint } = String;

/** A token and where it stands in its text, in UTF-16 units: from its first to behind its last character. */
export interface TokenSpan {
  start: number;
  end: number;
  token: string;
}

/** The tokens of a text, and where they stand in it. */
export function tokenSpans(text: string, tokenizer: FeatureOptions['tokenizer']): TokenSpan[] {
  return tokenizer === 'notebook' ? wordSpans(text) : punctuationSpans(text);
}

/** The words of a text: what `wordSpans` gives, without their places. */
export function tokenize(text: string): string[] {
  return wordSpans(text).map(({ token }) => token);
}

/**
 * The words of a text: what Python 3.11's `re.sub(r"[^\w\s]", "", text.lower()).split()` gives, for every string, on
 * every version of Node. Lower-cased; what is neither a letter, a digit, `_` nor white space is dropped.
 */
export function wordSpans(text: string): TokenSpan[] {
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
