import { isUtf8 } from 'node:buffer';
import { createReadStream, fstatSync } from 'node:fs';
import { Socket } from 'node:net';
import { addAbortSignal, type Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { isMainThread } from 'node:worker_threads';
import { ImdbTorchError, messageOf } from '../../errors.js';
import { maximumReviewBytes } from '../../data/collected_reviews.js';

/** A text to classify. */
export interface TextLine {
  /** The number of its line in the input, or among the arguments, from 1. */
  line: number;
  /** The text, or null where there is none; `problem` then says why. */
  text: string | Uint8Array | null;
  problem: string | null;
}

/** The size of a read: large enough to cost little, small enough to be in memory with all that is made of it. */
const chunkBytes = 1 << 18;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/**
 * Yields the texts of a file, or of standard input for `-`: one per line, or with `textColumn` the string of that name in
 * the JSON object of each line. Whole lines are handed on as soon as they arrive; the memory is bounded.
 * @throws ImdbTorchError ERR_DATASET when the file cannot be read or a line is longer than a review may be; the reason
 *   of `signal`
 */
export async function* readTextLines(
  file: string,
  { textColumn, signal }: { textColumn?: string | undefined; signal: AbortSignal },
): AsyncGenerator<TextLine[]> {
  const stream = openInput(file);
  const name = file === '-' ? 'standard input' : file;
  try {
    for await (const lines of splitLines(addAbortSignal(signal, stream), name)) {
      yield lines.map((line) => textOf(line, textColumn));
    }
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ImdbTorchError) throw error;
    throw new ImdbTorchError('ERR_DATASET', `Could not read ${name}: ${messageOf(error)}.`, { cause: error });
  }
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

function openInput(file: string): Readable {
  if (file !== '-') return createReadStream(file, { highWaterMark: chunkBytes });
  if (isMainThread) return process.stdin;
  // Other threads have a `process.stdin` that only the main thread can fill.
  const fd = 0;
  if (fstatSync(fd).isFile()) return createReadStream('', { fd, autoClose: false, highWaterMark: chunkBytes });
  return new Socket({ fd, readable: true, writable: false });
}

interface Line {
  number: number;
  bytes: Buffer;
}

async function* splitLines(stream: Readable, name: string): AsyncGenerator<Line[]> {
  let rest: Buffer = Buffer.alloc(0);
  let number = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const lines: Line[] = [];
    let start = 0;
    for (let end = bytes.indexOf(lineFeed); end !== -1; end = bytes.indexOf(lineFeed, start)) {
      lines.push({ number: (number += 1), bytes: withoutLineEnd(bytes.subarray(start, end)) });
      start = end + 1;
    }
    rest = bytes.subarray(start);
    if (rest.length > maximumReviewBytes) throw tooLong(name, number + 1);
    if (lines.length > 0) yield lines;
  }
  if (rest.length > 0) yield [{ number: number + 1, bytes: withoutLineEnd(rest) }];
}

function withoutLineEnd(bytes: Buffer): Buffer {
  return bytes.at(-1) === carriageReturn ? bytes.subarray(0, -1) : bytes;
}

function tooLong(name: string, line: number): ImdbTorchError {
  return new ImdbTorchError(
    'ERR_DATASET',
    `Expected lines of at most ${maximumReviewBytes} bytes but line ${line} of ${name} is longer; give one text per line.`,
  );
}

export const notUtf8 = 'not UTF-8, read without the bytes that are not';

function textOf({ number: line, bytes }: Line, textColumn: string | undefined): TextLine {
  const problem = isUtf8(bytes) ? null : notUtf8;
  if (textColumn === undefined) return { line, ...checkedText(bytes, problem) };
  if (isBlank(bytes)) return { line, text: null, problem: 'empty' };
  const text = stringIn(bytes.toString(), textColumn);
  if (text === null) return { line, text, problem: `no JSON object with a text as "${textColumn}"` };
  return { line, ...checkedText(text, problem) };
}

function checkedText(text: string | Buffer, problem: string | null): Omit<TextLine, 'line'> {
  return isBlank(text) ? { text: null, problem: 'empty' } : { text, problem };
}

function isBlank(text: string | Buffer): boolean {
  // Only short texts can be blank in practice: no need to look through all of them.
  return text.length === 0 || (text.length < 100 && text.toString().trim() === '');
}

function stringIn(json: string, name: string): string | null {
  try {
    const value = (JSON.parse(json) as Readonly<Record<string, unknown>> | null)?.[name];
    return typeof value === 'string' ? value : null;
  } catch {
    return null;
  }
}
