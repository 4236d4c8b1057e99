import { capitalSigma, smallSigmaAt } from './lower_case.js';
import type { TokenSpan } from './token_span.js';
import { isWhiteSpace, isWord, lowerOf } from './unicode.js';

const { fromCodePoint } = String;
const underscore = 0x5f;
const fullStop = 0x2e;
const capitalIWithDot = 0x130;
const dotAbove = 0x307;
const apostrophe = 0x27;
const rightQuote = 0x2019;
const lessThan = 0x3c;
const greaterThan = 0x3e;
const slash = 0x2f;
const b = 0x62;
const r = 0x72;

/** A text in lower case, code point by code point, and where each stands in the text. */
export interface LoweredText {
  readonly length: number;
  /** Zeros follow the code points: no token and no line break goes on there. */
  readonly codes: Uint32Array;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

/**
 * Returns the words and the punctuation marks of a text: what Python 3.11 gives, for every string, for
 *
 *     re.findall(r"[^\W_]+(?:['\u2019][^\W_]+)*|\.{2,}|[^\w\s]", re.sub(r"<br\s*\/?>", " ", text.lower()))
 *
 * A word may have apostrophes inside, two or more dots are one token, every other mark is a token; line breaks of HTML,
 * white space and `_` are none.
 */
export function punctuationSpans(text: string): TokenSpan[] {
  const { length, codes, starts, ends } = lower(text);
  const spans: TokenSpan[] = [];
  for (let i = 0; i < length;) {
    const next = endOfLineBreak(codes, i);
    const end = next > i ? i : endOfToken(codes, i);
    if (end > i) {
      let token = '';
      for (let k = i; k < end; k += 1) token += fromCodePoint(codes[k]);
      spans.push({ start: starts[i], end: ends[end - 1], token });
    }
    i = Math.max(next, end, i + 1);
  }
  return spans;
}

function lower(text: string): LoweredText {
  // At most two for each character, since one alone becomes two, and the zeros behind them.
  const codes = new Uint32Array(2 * text.length + 3);
  const starts = new Uint32Array(codes.length);
  const ends = new Uint32Array(codes.length);
  let length = 0;
  for (let i = 0; i < text.length;) {
    const code = text.codePointAt(i) ?? 0;
    const end = i + (code > 0xffff ? 2 : 1);
    codes[length] = code === capitalSigma ? smallSigmaAt(text, i) : lowerOf(code);
    if (code === capitalIWithDot) codes[length + 1] = dotAbove;
    const next = length + (code === capitalIWithDot ? 2 : 1);
    for (; length < next; length += 1) {
      starts[length] = i;
      ends[length] = end;
    }
    i = end;
  }
  return { length, codes, starts, ends };
}

/** Where the token that starts at `i` ends; `i` when none does. */
function endOfToken(codes: Uint32Array, i: number): number {
  const code = codes[i];
  if (isLetter(code)) {
    let end = endOfLetters(codes, i);
    while (isApostrophe(codes[end]) && isLetter(codes[end + 1])) end = endOfLetters(codes, end + 1);
    return end;
  }
  if (code === fullStop) {
    let end = i + 1;
    while (codes[end] === fullStop) end += 1;
    return end;
  }
  return isWord(code) || isWhiteSpace(code) ? i : i + 1;
}

/** Where the `<br>`, `<br/>` or `<br />` that starts at `i` ends; `i` when there is none. */
export function endOfLineBreak(codes: Uint32Array, i: number): number {
  if (codes[i] !== lessThan || codes[i + 1] !== b || codes[i + 2] !== r) return i;
  let end = i + 3;
  while (isWhiteSpace(codes[end])) end += 1;
  if (codes[end] === slash) end += 1;
  return codes[end] === greaterThan ? end + 1 : i;
}

function endOfLetters(codes: Uint32Array, from: number): number {
  let end = from;
  while (isLetter(codes[end])) end += 1;
  return end;
}

function isLetter(code: number): boolean {
  return code !== underscore && isWord(code);
}

function isApostrophe(code: number): boolean {
  return code === apostrophe || code === rightQuote;
}
