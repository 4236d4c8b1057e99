import * as tables from './unicode_tables.js';

const word = 1;
const whiteSpace = 2;
const cased = 4;
const caseIgnorable = 8;

const classes = new Uint8Array(0x110000);
mark(tables.wordRanges, word);
mark(tables.whiteSpaceRanges, whiteSpace);
mark(tables.casedRanges, cased);
mark(tables.caseIgnorableRanges, caseIgnorable);
const lowerCase = readRuns(tables.lowerCaseRuns);

/** Whether Python's `str.split()` splits on it. */
export function isWhiteSpace(code: number): boolean {
  return has(code, whiteSpace);
}

/** Whether a capital sigma behind it is final when nothing cased follows. */
export function isCased(code: number): boolean {
  return has(code, cased);
}

/** Whether it is skipped when the surroundings of a capital sigma are looked at. */
export function isCaseIgnorable(code: number): boolean {
  return has(code, caseIgnorable);
}

/** Whether it is one of `\w` in Python's `re`. */
export function isWord(code: number): boolean {
  return has(code, word);
}

/**
 * What Python's `lower()` makes of it: of U+0130, the only one that becomes two, the first; of a capital sigma the small
 * one of the middle of a word.
 */
export function lowerOf(code: number): number {
  return lowerCase.get(code) ?? code;
}

/** The code point that Python's `lower()` and `re.sub(r"[^\w]", "")` leave of this one, or 0 when they drop it. */
export function keptOf(code: number): number {
  return isWord(code) ? lowerOf(code) : 0;
}

function has(code: number, flag: number): boolean {
  return ((classes[code] ?? 0) & flag) !== 0;
}

function mark(ranges: string, flag: number): void {
  const numbers = numbersOf(ranges);
  let end = 0;
  for (let i = 0; i < numbers.length; i += 2) {
    const start = end + (numbers[i] ?? 0);
    end = start + (numbers[i + 1] ?? 0);
    for (let code = start; code < end; code += 1) classes[code] = (classes[code] ?? 0) | flag;
  }
}

function readRuns(runs: string): ReadonlyMap<number, number> {
  const numbers = numbersOf(runs);
  const mapping = new Map<number, number>();
  let start = 0;
  for (let i = 0; i < numbers.length; i += 4) {
    const [gap, count, step, zigzag] = numbers.slice(i, i + 4) as [number, number, number, number];
    start += gap;
    const distance = zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
    for (let k = 0; k < count; k += 1) mapping.set(start + k * step, start + k * step + distance);
  }
  return mapping;
}

function numbersOf(text: string): number[] {
  return text.split(' ').map((digits) => Number.parseInt(digits, 36));
}
