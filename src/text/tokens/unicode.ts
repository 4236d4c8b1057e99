import * as tables from './unicode_tables.js';

const word = 1;
const whiteSpace = 2;
const cased = 4;
const caseIgnorable = 8;
const combining = 16;
const unspaced = 32;
const changed = 64;
const joining = 128;
const underscore = 0x5f;

const classes = new Uint8Array(0x110000);
mark(tables.wordRanges, word);
mark(tables.whiteSpaceRanges, whiteSpace);
mark(tables.casedRanges, cased);
mark(tables.caseIgnorableRanges, caseIgnorable);
mark(tables.markRanges, combining);
mark(tables.unspacedRanges, unspaced);
mark(tables.changedRanges, changed);
mark(tables.joiningRanges, joining);
const lowerCase = readMappings(tables.lowerCaseMappings);

/** Whether Python's `str.split()` splits on a code point. */
export function isWhiteSpace(code: number): boolean {
  return has(code, whiteSpace);
}

/** Whether a code point is cased: a capital sigma behind it is final when nothing cased follows. */
export function isCased(code: number): boolean {
  return has(code, cased);
}

/** Whether a code point is skipped when the surroundings of a capital sigma are looked at. */
export function isCaseIgnorable(code: number): boolean {
  return has(code, caseIgnorable);
}

/** Whether a code point is one of `\w` in Python's `re`. */
export function isWord(code: number): boolean {
  return has(code, word);
}

/** Whether a code point is a combining mark, or the vowel am of Thai or Lao. */
export function isCombining(code: number): boolean {
  return has(code, combining);
}

/** Whether a code point is a letter of a script that puts no blanks between words, such as Chinese, Japanese or Thai. */
export function isUnspaced(code: number): boolean {
  return has(code, unspaced);
}

/** Whether `settle` makes something else of a code point that stands alone than its lower case. */
export function isChanged(code: number): boolean {
  return has(code, changed);
}

/** Whether a code point may change what stands before it, or change places with it, in a normal form. */
export function isJoining(code: number): boolean {
  return has(code, joining);
}

/** Whether `settle` has to look at more than the code point. */
export function isUnsettled(code: number): boolean {
  return has(code, changed | joining);
}

/** Whether a code point is part of a word, `_` aside, in a script that puts blanks between words. */
export function isSpacedLetter(code: number): boolean {
  const flags = classes[code] & (word | unspaced | combining);
  return flags === word ? code !== underscore : (flags & combining) !== 0;
}

/**
 * Returns what Python's `lower()` makes of a code point: the first of the two that U+0130 alone becomes, and for a capital
 * sigma the small one of the middle of a word.
 */
export function lowerOf(code: number): number {
  return lowerCase.get(code) ?? code;
}

/** Returns the code point that Python's `lower()` and `re.sub(r"[^\w]", "")` leave of one, or 0 when they drop it. */
export function keptOf(code: number): number {
  return isWord(code) ? lowerOf(code) : 0;
}

function has(code: number, flag: number): boolean {
  return (classes[code] & flag) !== 0;
}

function mark(ranges: string, flag: number): void {
  const numbers = numbersOf(ranges);
  let end = 0;
  for (let i = 0; i < numbers.length; i += 2) {
    const start = end + numbers[i];
    end = start + numbers[i + 1];
    for (let code = start; code < end; code += 1) classes[code] |= flag;
  }
}

function readMappings(encoded: string): ReadonlyMap<number, number> {
  const numbers = numbersOf(encoded);
  const mapping = new Map<number, number>();
  let start = 0;
  for (let i = 0; i < numbers.length; i += 4) {
    const [gap, count, step, zigzag] = numbers.slice(i, i + 4);
    start += gap;
    const distance = zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
    for (let k = 0; k < count; k += 1) mapping.set(start + k * step, start + k * step + distance);
  }
  return mapping;
}

/** Reads numbers, each some capitals (leading digits, base 26) and another character (the last digit, base 36). */
function numbersOf(text: string): number[] {
  return Array.from(text.matchAll(/([A-Z]*)(.)/g), ([, capitals = '', last = '']) => {
    let leading = 0;
    for (let k = 0; k < capitals.length; k += 1) leading = 26 * leading + capitals.charCodeAt(k) - 65;
    return 36 * leading + Number.parseInt(last, 36);
  });
}
