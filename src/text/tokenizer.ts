import { isCaseIgnorable, isCased, isWhiteSpace, keptOf } from './code_points.js';

/** Part of the key of everything encoded: to be raised whenever `tokenize` gives other words for any text. */
export const tokenizerVersion = 1;

const capitalSigma = 0x3a3;
const smallSigma = 0x3c3;
const finalSigma = 0x3c2;
const { fromCodePoint } = String;

/** A token and where it stands in its text, in UTF-16 units: from its first to behind its last character. */
export interface TokenSpan {
  start: number;
  end: number;
  token: string;
}

/**
 * The words of a text: what Python 3.11's `re.sub(r"[^\w\s]", "", text.lower()).split()` gives, for every string, on
 * every version of Node. Lower-cased; what is neither a letter, a digit, `_` nor white space is dropped.
 */
export function tokenize(text: string): string[] {
  return tokenSpans(text).map(({ token }) => token);
}

/** The words that `tokenize` gives, with their places. */
export function tokenSpans(text: string): TokenSpan[] {
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

/** Unicode's Final_Sigma rule: final when a cased letter stands before and none behind, skipping what is ignorable. */
function smallSigmaAt(text: string, index: number): number {
  let before = index;
  let code = codePointBefore(text, before);
  while (code !== undefined && isCaseIgnorable(code)) {
    before -= code > 0xffff ? 2 : 1;
    code = codePointBefore(text, before);
  }
  if (code === undefined || !isCased(code)) return smallSigma;

  let after = index + 1;
  code = text.codePointAt(after);
  while (code !== undefined && isCaseIgnorable(code)) {
    after += code > 0xffff ? 2 : 1;
    code = text.codePointAt(after);
  }
  return code !== undefined && isCased(code) ? smallSigma : finalSigma;
}

/** The code point that ends right before `index`; a low surrogate without its high one counts as itself. */
function codePointBefore(text: string, index: number): number | undefined {
  if (index >= 2) {
    const pair = text.codePointAt(index - 2) ?? 0;
    if (pair > 0xffff) return pair;
  }
  return index >= 1 ? text.charCodeAt(index - 1) : undefined;
}
