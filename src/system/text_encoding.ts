import { isUtf8 } from 'node:buffer';
import { wideEncoding } from './file_kind.js';

/** How many lines were read in an unusual way, and which was the first. */
export interface UnusualLines {
  count: number;
  first: number;
  last: number;
}

/** What the bytes from 0x80 to 0x9f stand for in Windows-1252; the others are as in Latin-1. */
const windows1252 =
  '\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f' +
  '\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178';

const byteOrderMark = [0xef, 0xbb, 0xbf];
export const lineFeed = 0x0a;
export const carriageReturn = 0x0d;
/** What is longer is no line, but is read in parts. */
const mostLineBytes = 1 << 22;

/**
 * Returns the name of an encoding that texts can be in: `auto`, or a name of the Encoding Standard, or null.
 * @param label also as Python writes it: `latin-1`, `utf_8`
 */
export function encodingNamed(label: string): string | null {
  if (label === 'auto') return label;
  for (const name of [label, label.replace(/_/g, '-'), label.replace(/[-_]/g, '')]) {
    try {
      return new TextDecoder(name).encoding;
    } catch {
      // The next spelling may be one.
    }
  }
  return null;
}

/**
 * Returns the encoding of a text: that which its byte order mark tells, as in browsers, or its zeros do, else the named one.
 * @param head its beginning @param named `auto` or the name of an encoding
 */
export function encodingOf(head: Buffer, named: string): string {
  return wideEncoding(head) ?? (markLength(head) > 0 ? 'utf-8' : named);
}

/** Returns the size of the byte order mark that text in UTF-8 begins with, or 0. */
function markLength(start: Uint8Array): number {
  return byteOrderMark.every((byte, index) => start[index] === byte) ? byteOrderMark.length : 0;
}

export function withoutByteOrderMark(start: Buffer): Buffer {
  return start.subarray(markLength(start));
}

/**
 * Turns pieces of a file into pieces of UTF-8, without a byte order mark. With `auto`, lines that are not UTF-8 are read as
 * Windows-1252; with `utf-8`, they are handed on as they are.
 */
export class TextDecoding {
  /** Lines that were not UTF-8 and were read as Windows-1252. */
  readonly fallback: UnusualLines = { count: 0, first: 0, last: 0 };
  /** Lines with bytes that mean nothing in their encoding, for which U+FFFD stands now. */
  readonly damaged: UnusualLines = { count: 0, first: 0, last: 0 };
  readonly #decoder: { decode(bytes: Uint8Array, options: { stream: boolean }): string } | null;
  #rest: Buffer = Buffer.alloc(0);
  #line = 1;
  #isStart = true;

  /** @param encoding `auto` or the name of an encoding */
  constructor(readonly encoding: string) {
    if (encoding === 'windows-1252') this.#decoder = { decode: fromWindows1252 };
    else this.#decoder = encoding === 'auto' || encoding === 'utf-8' ? null : new TextDecoder(encoding);
  }

  /** Decodes what comes next; the end of a line may come with the next piece. */
  push(piece: Buffer): Buffer {
    if (this.#decoder !== null) return this.#checked(this.#decoder.decode(piece, { stream: true }));
    let bytes = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    let end = 0;
    if (!this.#isStart || !mayBecomeMark(bytes)) {
      if (this.#isStart) bytes = bytes.subarray(markLength(bytes));
      this.#isStart = false;
      end = this.encoding === 'utf-8' ? bytes.length : endOfLines(bytes);
      if (end === 0 && bytes.length > mostLineBytes) end = lastCharacter(bytes);
    }
    this.#rest = bytes.subarray(end);
    return this.#lines(bytes.subarray(0, end));
  }

  /** Decodes what is left. */
  end(): Buffer {
    if (this.#decoder !== null) return this.#checked(this.#decoder.decode(Buffer.alloc(0), { stream: false }));
    return this.#lines(this.#rest);
  }

  #checked(text: string): Buffer {
    for (const line of text.includes('\ufffd') ? linesOf(Buffer.from(text)) : []) {
      if (line.toString().includes('\ufffd')) this.#note(this.damaged);
      this.#count(line);
    }
    const bytes = Buffer.from(text);
    if (!text.includes('\ufffd')) this.#count(bytes);
    return bytes;
  }

  #lines(bytes: Buffer): Buffer {
    if (this.encoding === 'utf-8') return bytes;
    if (isUtf8(bytes)) {
      this.#count(bytes);
      return bytes;
    }
    const lines = linesOf(bytes).map((line) => {
      const { text, as } = decodeLoosely(line);
      if (as === 'windows-1252') this.#note(this.fallback);
      if (as === 'damaged') this.#note(this.damaged);
      this.#count(line);
      return text;
    });
    return Buffer.concat(lines);
  }

  #note(lines: UnusualLines): void {
    // The parts of a line may come in several pieces.
    if (lines.last === this.#line) return;
    lines.last = this.#line;
    lines.count += 1;
    if (lines.count === 1) lines.first = this.#line;
  }

  #count(bytes: Buffer): void {
    const byte = lineEndOf(bytes);
    for (let at = bytes.indexOf(byte); at !== -1; at = bytes.indexOf(byte, at + 1)) this.#line += 1;
  }
}

/**
 * Decodes a line or a whole text: as UTF-8 where it is that, else as Windows-1252. One that has more characters of UTF-8
 * beyond ASCII than bytes that are none is UTF-8 with damage.
 */
export function decodeLoosely(bytes: Buffer): { text: Buffer; as: 'utf-8' | 'windows-1252' | 'damaged' } {
  if (isUtf8(bytes)) return { text: bytes, as: 'utf-8' };
  const text = bytes.toString('utf8');
  const broken = text.match(/\ufffd/gu)?.length ?? 0;
  const whole = text.match(/[^\0-\x7f\ufffd]/gu)?.length ?? 0;
  if (whole > broken) return { text: Buffer.from(text), as: 'damaged' };
  return { text: Buffer.from(fromWindows1252(bytes)), as: 'windows-1252' };
}

/** Does what `TextDecoder` should: that of Node 20 reads Latin-1. */
function fromWindows1252(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  return text.replace(/[\x80-\x9f]/g, (character) => windows1252[character.charCodeAt(0) - 0x80] ?? character);
}

/** Line feeds end lines; where there are none, carriage returns do. */
function lineEndOf(bytes: Buffer): number {
  return bytes.includes(lineFeed) ? lineFeed : carriageReturn;
}

function endOfLines(bytes: Buffer): number {
  return bytes.lastIndexOf(lineEndOf(bytes)) + 1;
}

/** Returns where the last character begins, or the end where that is whole for certain. */
function lastCharacter(bytes: Buffer): number {
  const start = bytes.subarray(-3).findLastIndex((byte) => byte >= 0xc0);
  return start === -1 ? bytes.length : bytes.length - 3 + start;
}

/** Returns the lines with their ends. */
function linesOf(bytes: Buffer): Buffer[] {
  const byte = lineEndOf(bytes);
  const lines: Buffer[] = [];
  for (let start = 0; start < bytes.length;) {
    const found = bytes.indexOf(byte, start);
    const end = found === -1 ? bytes.length : found + 1;
    lines.push(bytes.subarray(start, end));
    start = end;
  }
  return lines;
}

/** Decodes texts that have files of their own, each as a whole. */
export class TextFileDecoding {
  readonly #fallback = { count: 0, first: '' };
  readonly #damaged = { count: 0, first: '' };

  /** @param named `auto` or the name of an encoding, for files without a byte order mark */
  constructor(readonly named: string) {}

  /** Returns the text in UTF-8; with `utf-8` it may not be that. */
  decode(bytes: Buffer, path: string): Buffer {
    const encoding = encodingOf(bytes, this.named);
    const decoding = new TextDecoding(encoding);
    const { text, as } = encoding === 'auto' ? decodeLoosely(bytes) : { text: joined(decoding, bytes), as: null };
    if (as === 'windows-1252') note(this.#fallback, path);
    if (as === 'damaged' || decoding.damaged.count > 0) note(this.#damaged, path);
    return text;
  }

  /** Says in whole sentences what was unusual. @param folder where the files are */
  notes(folder: string): string[] {
    return describeUnusual('file', folder, this.named, this.#fallback, this.#damaged);
  }
}

function joined(decoding: TextDecoding, bytes: Buffer): Buffer {
  return Buffer.concat([decoding.push(bytes), decoding.end()]);
}

function note(files: { count: number; first: string }, path: string): void {
  files.count += 1;
  if (files.count === 1) files.first = path;
}

/** Says whether a byte order mark may have begun, whose end is still to come. */
function mayBecomeMark(start: Buffer): boolean {
  return start.length < byteOrderMark.length && start.every((byte, index) => byte === byteOrderMark[index]);
}

/** Says in whole sentences what is unusual in how a file was decoded. */
export function describeDecoding({ encoding, fallback, damaged }: TextDecoding, path: string): string[] {
  const named = (lines: UnusualLines) => ({ ...lines, first: `line ${lines.first}` });
  return [
    ...(encoding.startsWith('utf-16') ? [`${path} was read as ${encoding.toUpperCase()}.`] : []),
    ...describeUnusual('line', path, encoding, named(fallback), named(damaged)),
  ];
}

function describeUnusual(
  unit: 'line' | 'file',
  path: string,
  encoding: string,
  fallback: { count: number; first: string },
  damaged: { count: number; first: string },
): string[] {
  const some = ({ count }: { count: number }, one: string, many: string): string =>
    count === 1 ? `1 ${unit} of ${path} ${one}` : `${count} ${unit}s of ${path} ${many}`;
  const name = encoding === 'auto' ? 'UTF-8' : encoding.toUpperCase();
  return [
    ...(fallback.count > 0
      ? [`${some(fallback, 'is', 'are')} not UTF-8: read as Windows-1252 (first: ${fallback.first}).`]
      : []),
    ...(damaged.count > 0
      ? [`${some(damaged, 'has', 'have')} bytes that are not ${name}: read as U+FFFD (first: ${damaged.first}).`]
      : []),
  ];
}
