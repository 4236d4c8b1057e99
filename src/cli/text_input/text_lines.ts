import { isUtf8 } from 'node:buffer';
import { setTimeout } from 'node:timers/promises';
import { carriageReturn, decodeLoosely, lineFeed } from '../../system/text_encoding.js';
import { maximumReviewBytes } from '../../data/collected_reviews.js';

/** A text to classify. */
export interface TextLine {
  /** The number of its line or row in the input, or among the arguments, from 1. */
  line: number;
  /** The text, or null where there is none; `problem` then says why. */
  text: string | Uint8Array | null;
  problem: string | null;
  /** The other columns that are handed on, by their names. */
  columns?: Columns | undefined;
}

export type Columns = Readonly<Record<string, unknown>>;

/** The size of a read: large enough to cost little, small enough to be in memory with all that is made of it. */
export const chunkBytes = 1 << 18;

/** A line of a text file, without its end; null where it is too long to be a text. */
export interface Line {
  number: number;
  bytes: Buffer | null;
}

/**
 * Yields the lines of pieces of a file, which line feeds end. A file that has carriage returns only ends its lines with
 * them, as old programs for the Macintosh do.
 * @param head the beginning of the file
 */
export async function* splitLines(pieces: AsyncIterable<Buffer>, head: Buffer): AsyncGenerator<Line[]> {
  const byte = head.includes(lineFeed) || !head.subarray(0, -1).includes(carriageReturn) ? lineFeed : carriageReturn;
  let rest: Buffer = Buffer.alloc(0);
  let isTooLong = false;
  let number = 0;
  const lineOf = (bytes: Buffer): Line => {
    const bare = bytes.at(-1) === carriageReturn ? bytes.subarray(0, -1) : bytes;
    const line = { number: (number += 1), bytes: isTooLong || bare.length > maximumReviewBytes ? null : bare };
    isTooLong = false;
    return line;
  };
  for await (const piece of pieces) {
    const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    const lines: Line[] = [];
    let start = 0;
    for (let end = bytes.indexOf(byte); end !== -1; end = bytes.indexOf(byte, start)) {
      lines.push(lineOf(bytes.subarray(start, end)));
      start = end + 1;
    }
    rest = bytes.subarray(start);
    if (rest.length > maximumReviewBytes + 1) {
      isTooLong = true;
      rest = Buffer.alloc(0);
    }
    if (lines.length > 0) yield lines;
  }
  if (rest.length > 0 || isTooLong) yield [lineOf(rest)];
}

const tooLong = `longer than ${maximumReviewBytes} bytes`;
const hasZeros = 'with zero bytes, which stand for blanks';

/** Returns the text that is a line. @param strict leave it out where it is not UTF-8 */
export function textOf({ number: line, bytes }: Line, strict: boolean): TextLine {
  if (bytes === null) return { line, text: null, problem: tooLong };
  if (isUtf8(bytes)) return { line, ...checkedText(bytes, bytes.includes(0) ? hasZeros : null) };
  if (strict) return { line, text: null, problem: 'not UTF-8' };
  const { text, as } = decodeLoosely(bytes);
  return { line, ...checkedText(text, howRead(as)) };
}

/** Says how a line that is not UTF-8 was read. */
function howRead(as: 'utf-8' | 'windows-1252' | 'damaged'): string | null {
  if (as === 'utf-8') return null;
  return as === 'damaged' ? 'with bytes that are not UTF-8, read as U+FFFD' : 'not UTF-8, read as Windows-1252';
}

/** Returns a text, or says that there is none. */
export function checkedText(text: string | Uint8Array, problem: string | null): Pick<TextLine, 'text' | 'problem'> {
  if (isBlank(text)) return { text: null, problem: 'empty' };
  return text.length > maximumReviewBytes ? { text: null, problem: tooLong } : { text, problem };
}

function isBlank(text: string | Uint8Array): boolean {
  // The start tells of nearly all texts; a character that is cut there is none.
  const start = typeof text === 'string' ? text.slice(0, 100) : Buffer.from(text.subarray(0, 100)).toString();
  if (/[^\s\uFFFD]/.test(start)) return false;
  return (typeof text === 'string' ? text : Buffer.from(text).toString()).trim() === '';
}

/** How long to wait for more lines to join: a reader does not notice it. */
const joiningMilliseconds = 1;

/** Joins batches that come right after each other, since few and large ones cost less. No batch may be empty. */
export async function* joinLines(batches: AsyncGenerator<TextLine[]>): AsyncGenerator<TextLine[]> {
  let next = nextOf(batches);
  for (let result = await next; result.done !== true; result = await next) {
    const lines = result.value;
    let bytes = sizeOf(lines);
    next = nextOf(batches);
    while (bytes < chunkBytes) {
      const more = await Promise.race([next, setTimeout(joiningMilliseconds)]);
      if (more === undefined || more.done === true) break;
      lines.push(...more.value);
      bytes += sizeOf(more.value);
      next = nextOf(batches);
    }
    yield lines;
  }
}

function nextOf<T>(batches: AsyncGenerator<T>): Promise<IteratorResult<T, unknown>> {
  const next = batches.next();
  // An error is thrown where it is awaited, which may be later than it happens.
  next.catch(() => undefined);
  return next;
}

/** The size of the texts in bytes, or in UTF-16 units where they are strings. */
export function sizeOf(lines: readonly TextLine[]): number {
  return lines.reduce((sum, { text }) => sum + (text?.length ?? 0), 0);
}
