import { capitalSigma, codePointBefore, smallSigmaAt } from './lower_case.js';
import type { LoweredText } from './punctuation_tokenizer.js';
import { isChanged, isCombining, isJoining, isUnsettled, isWhiteSpace, isWord, lowerOf } from './unicode.js';

const { fromCodePoint } = String;
/** Makes one emoji of several. */
export const zeroWidthJoiner = 0x200d;
/** The first and the last of the modifiers for skin tones. */
const firstTone = 0x1f3fb;
const lastTone = 0x1f3ff;
/** Letters as they look somewhere (ligatures, full width, ...) are in these blocks. */
const firstForm = 0xfb00;
const lastForm = 0xffef;
/** From here on only letters are composed with a mark. */
const firstUncomposed = 0x3000;
/** A text of so many characters is rare, so the memory that it takes is not kept. */
const longText = 1 << 20;
/** What is seen of a longer one is not worth remembering. */
const longestRemembered = 16;
const mostRemembered = 1 << 14;

/** The first and the last of characters that are invisible or only say how to draw others: U+0640 stretches Arabic words. */
const invisible: ReadonlySet<number> = new Set(
  [
    ...[[0xad], [0x34f], [0x61c], [0x640], [0x17b4, 0x17b5], [0x180b, 0x180f], [0x200b, 0x200f], [0x202a, 0x202e]],
    ...[[0x2060, 0x2064], [0x2066, 0x206f], [0xfe00, 0xfe0f], [0xfeff], [0x1bca0, 0x1bca3], [0x1d173, 0x1d17a]],
    ...[[0xe0001], [0xe0020, 0xe007f], [0xe0100, 0xe01ef]],
  ].flatMap(([first, last = first]) => Array.from({ length: last - first + 1 }, (_, k) => first + k)),
);

/** What people and programs write in different ways. Small letters of Turkish have their dots taken away in `undotted`. */
const replacements: ReadonlyMap<string, string> = new Map([
  ...Array.from('\u2019\u2018\u201b\u02bc\u05f3').map((apostrophe) => [apostrophe, "'"] as const),
  ...Array.from('\u201c\u201d\u201e\u201f\u05f4').map((quote) => [quote, '"'] as const),
  ...Array.from('\u2010\u2011').map((hyphen) => [hyphen, '-'] as const),
  ['\u2026', '...'],
  ['\u0131', 'i'],
]);

/** An i and, behind marks that stand below it, a dot above. */
const dottedI = /i([\u0316-\u0319\u031b-\u0333]*)\u0307/g;

/** See `LoweredText`. */
const zerosBehind = 3;

let codes = new Uint32Array(1 << 10);
let starts = new Uint32Array(1 << 10);
let ends = new Uint32Array(1 << 10);
let length = 0;
const remembered = new Map<string, readonly number[]>();

/**
 * Returns the text in lower case as it is however it was typed: composed (NFC), without what is not seen, apostrophes,
 * quotes, hyphens and dots as on a keyboard, presentation forms as what they present (NFKC), i without a dot or with two
 * as i. Lone surrogates are U+FFFD. The result depends on no version of Unicode but that of the tables: normal forms of
 * what a version knows are the same in all later ones.
 * @returns valid until the next call
 */
export function settle(text: string): LoweredText {
  if (codes.length > longText) setCapacity(1 << 10);
  length = 0;
  let hasSigma = false;
  /** Where the last character that joins no other starts in the text and in `codes`. */
  let base = 0;
  let baseLength = 0;
  for (let i = 0; i < text.length;) {
    const code = text.codePointAt(i) ?? 0;
    let end = i + (code > 0xffff ? 2 : 1);
    if (!isUnsettled(code)) {
      hasSigma ||= code === capitalSigma;
      [base, baseLength] = [i, length];
      push(code === capitalSigma ? code : lowerOf(code), i, end);
    } else if (isKeptJoiner(code, text, i)) {
      [base, baseLength] = [i, length];
      push(code, i, end);
    } else if (isInvisible(code)) {
      if (length > 0) ends[length - 1] = end;
    } else if (isJoining(code)) {
      end = endOfJoining(text, end);
      const before = length;
      const stays = pushJoined(text, base, baseLength, i, end);
      if (stays && isLaterJamo(code)) [base, baseLength] = [i, before];
    } else {
      [base, baseLength] = [i, length];
      for (const settled of settledCluster(text.slice(i, end))) push(settled, i, end);
    }
    i = end;
  }
  if (hasSigma) lowerSigmas();
  for (let k = 0; k < zerosBehind; k += 1) codes[length + k] = 0;
  return { length, codes, starts, ends };
}

/**
 * Adds what the character that starts at `base` becomes with those from `start` on that join it. When it stays what it
 * is in `codes` from `baseLength` on, only the rest is added; else all of it has the place of all of them.
 * @returns whether it stays
 */
function pushJoined(text: string, base: number, baseLength: number, start: number, end: number): boolean {
  const settled = settledCluster(text.slice(base, end));
  const known = codes.subarray(baseLength, length);
  const stays = settled.length >= known.length && known.every((code, k) => code === settled[k]);
  const first = stays ? known.length : 0;
  length = baseLength + first;
  for (let k = first; k < settled.length; k += 1) push(settled[k], stays ? start : base, end);
  return stays;
}

function push(code: number, start: number, end: number): void {
  codes[length] = code;
  starts[length] = start;
  ends[length] = end;
  length += 1;
  if (length + zerosBehind > codes.length) setCapacity(2 * codes.length);
}

function setCapacity(capacity: number): void {
  const resized = (old: Uint32Array): Uint32Array<ArrayBuffer> => {
    const array = new Uint32Array(capacity);
    array.set(old.subarray(0, Math.min(length, capacity)));
    return array;
  };
  [codes, starts, ends] = [resized(codes), resized(starts), resized(ends)];
}

export function isTone(code: number): boolean {
  return code >= firstTone && code <= lastTone;
}

/** Whether a code point that joins another one is a vowel or a final consonant of Korean rather than a mark. */
function isLaterJamo(code: number): boolean {
  return !isCombining(code) && code !== 0xff9e && code !== 0xff9f;
}

function isInvisible(code: number): boolean {
  return isChanged(code) && invisible.has(code);
}

/** Whether a joiner stands between two pictographs. */
function isKeptJoiner(joiner: number, text: string, index: number): boolean {
  if (joiner !== zeroWidthJoiner || !isPictograph(text.codePointAt(index + 1) ?? 0)) return false;
  for (let i = index; i > 0;) {
    const code = codePointBefore(text, i) ?? 0;
    if (!isCombining(code) && !isTone(code) && !isInvisible(code)) return isPictograph(code);
    i -= code > 0xffff ? 2 : 1;
  }
  return false;
}

/** Whether a code point is a symbol beyond ASCII, but no skin tone. */
function isPictograph(code: number): boolean {
  const isOther = isWord(code) || isCombining(code) || isWhiteSpace(code) || isChanged(code) || isTone(code);
  return code > 0x7f && !isOther;
}

/** Where what joins the character that ends at `from` ends. */
function endOfJoining(text: string, from: number): number {
  let end = from;
  for (let i = from; i < text.length;) {
    const code = text.codePointAt(i) ?? 0;
    const joins = isJoining(code) && !isLaterJamo(code);
    if (!joins && (!isInvisible(code) || isKeptJoiner(code, text, i))) break;
    i += code > 0xffff ? 2 : 1;
    if (joins) end = i;
  }
  return end;
}

/** Returns what becomes of a character and what joins it; a capital sigma stays. */
function settledCluster(cluster: string): readonly number[] {
  const known = remembered.get(cluster);
  if (known !== undefined) return known;
  const base = cluster.codePointAt(0) ?? 0;
  // A later version of Unicode may know what these compose to.
  const isUnknown = base >= firstUncomposed && !isWord(base) && !isUnsettled(base);
  const kept = isUnknown ? cluster.slice(fromCodePoint(base).length) : cluster;
  let small = '';
  for (const character of replaced(kept).normalize('NFD')) {
    const code = character.codePointAt(0) ?? 0;
    small += code === capitalSigma ? character : fromCodePoint(lowerOf(code));
  }
  const composed = small.replace(dottedI, 'i$1').normalize('NFC');
  const settled = Array.from(isUnknown ? fromCodePoint(base) + composed : composed, (c) => c.codePointAt(0) ?? 0);
  if (remembered.size === mostRemembered) remembered.clear();
  if (cluster.length <= longestRemembered) remembered.set(cluster, settled);
  return settled;
}

function replaced(text: string): string {
  let result = '';
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (isInvisible(code)) continue;
    const isSurrogate = code >= 0xd800 && code <= 0xdfff;
    const isForm = isChanged(code) && code >= firstForm && code <= lastForm;
    if (isForm) result += character.normalize('NFKC');
    else result += isSurrogate ? '\ufffd' : (replacements.get(character) ?? character);
  }
  return result;
}

function lowerSigmas(): void {
  let text = '';
  for (let k = 0; k < length; k += 1) text += fromCodePoint(codes[k]);
  for (let k = 0, index = 0; k < length; k += 1) {
    const size = codes[k] > 0xffff ? 2 : 1;
    if (codes[k] === capitalSigma) codes[k] = smallSigmaAt(text, index);
    index += size;
  }
}
