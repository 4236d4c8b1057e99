import { endOfLineBreak } from './punctuation_tokenizer.js';
import { isTone, settle, zeroWidthJoiner } from './settled_text.js';
import type { TokenSpan } from './token_span.js';
import { isCombining, isSpacedLetter, isUnspaced, isWhiteSpace, isWord } from './unicode.js';

const { fromCodePoint } = String;
const apostrophe = 0x27;
const fullStop = 0x2e;
/** The letters of which two make a flag. */
const firstFlagLetter = 0x1f1e6;
const lastFlagLetter = 0x1f1ff;

/**
 * Returns the words, punctuation marks and emoji of a text in any language, and the single letters of scripts that put no
 * blanks between words: n-grams of up to three of them are features whatever is asked for. Of pure ASCII it makes what
 * `punctuationSpans` makes. See `settle` for what is taken for the same; skin tones of emoji do not count either.
 */
export function unicodeSpans(text: string): TokenSpan[] {
  const { length, codes, starts, ends } = settle(text);
  const spans: TokenSpan[] = [];
  for (let i = 0; i < length;) {
    const next = endOfLineBreak(codes, i);
    const end = next > i ? i : endOfToken(codes, i);
    if (end > i) {
      let token = fromCodePoint(codes[i]);
      for (let k = i + 1; k < end; k += 1) if (!isTone(codes[k])) token += fromCodePoint(codes[k]);
      spans.push({ start: starts[i], end: ends[end - 1], token });
    }
    i = Math.max(next, end, i + 1);
  }
  return spans;
}

/** Whether a token is a letter of a script that puts no blanks between words. */
export function isUnspacedToken(token: string): boolean {
  return isUnspaced(token.codePointAt(0) ?? 0);
}

/** Where the token that starts at `i` ends; `i` when none does. */
function endOfToken(codes: Uint32Array, i: number): number {
  const code = codes[i];
  if (isUnspaced(code)) return endOfMarks(codes, i + 1);
  if (isSpacedLetter(code)) {
    let end = endOfLetters(codes, i);
    while (codes[end] === apostrophe && isSpacedLetter(codes[end + 1])) end = endOfLetters(codes, end + 1);
    return end;
  }
  if (code === fullStop) {
    let end = i + 1;
    while (codes[end] === fullStop) end += 1;
    return endOfMarks(codes, end);
  }
  return isWord(code) || isWhiteSpace(code) ? i : endOfSymbol(codes, i);
}

/** Where the symbol that starts at `i` ends, with what joins it to one emoji. */
function endOfSymbol(codes: Uint32Array, i: number): number {
  const isFlag = isFlagLetter(codes[i]) && isFlagLetter(codes[i + 1]);
  let end = endOfModifiers(codes, i + (isFlag ? 2 : 1));
  while (codes[end] === zeroWidthJoiner) end = endOfModifiers(codes, end + 2);
  return end;
}

function endOfLetters(codes: Uint32Array, from: number): number {
  let end = from;
  while (isSpacedLetter(codes[end])) end += 1;
  return end;
}

function endOfMarks(codes: Uint32Array, from: number): number {
  let end = from;
  while (isCombining(codes[end])) end += 1;
  return end;
}

function endOfModifiers(codes: Uint32Array, from: number): number {
  let end = from;
  while (isCombining(codes[end]) || isTone(codes[end])) end += 1;
  return end;
}

function isFlagLetter(code: number): boolean {
  return code >= firstFlagLetter && code <= lastFlagLetter;
}
