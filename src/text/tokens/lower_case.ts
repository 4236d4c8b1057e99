import { isCaseIgnorable, isCased } from './unicode.js';

export const capitalSigma = 0x3a3;
const smallSigma = 0x3c3;
const finalSigma = 0x3c2;

/**
 * Returns what Python's `lower()` makes of the capital sigma at `index`. By Unicode's Final_Sigma rule it is final when a
 * cased letter stands before it and none behind it, where what is ignorable is skipped.
 */
export function smallSigmaAt(text: string, index: number): number {
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

/** The code point that ends right before `index`; a low surrogate without its high one is one by itself. */
export function codePointBefore(text: string, index: number): number | undefined {
  if (index >= 2) {
    const pair = text.codePointAt(index - 2) ?? 0;
    if (pair > 0xffff) return pair;
  }
  return index >= 1 ? text.charCodeAt(index - 1) : undefined;
}
