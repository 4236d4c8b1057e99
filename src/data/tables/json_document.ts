import { ImdbTorchError } from '../../errors.js';
import { noJson } from './json_values.js';
import { mostRecordBytes } from './line_reader.js';
import { PieceBuffer } from './piece_buffer.js';
import { carriageReturn, lineFeed } from '../../system/text_encoding.js';
import { isIncomplete } from './record_scanner.js';

const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];
const mostDepth = 100;
const isBroken = -2;

/** Takes the objects of a JSON document. */
export interface JsonObjects {
  /** Returns false where it is no JSON: another object may begin in it then. */
  object(line: number, bytes: Buffer): boolean;
  bad(line: number, why: string): void;
}

interface Behind {
  depth: number;
  isInString: boolean;
  /** The last byte, blanks aside; 0 instead of one that is escaped. */
  previous: number;
}

/**
 * Finds the objects of a document that comes in pieces: those of an array, of an array that is a value of an object, or
 * one after the other. One that is broken costs itself: reading goes on where another object may begin.
 */
export class JsonDocument {
  readonly #pieces = new PieceBuffer((bytes, at, isLast) => this.#step(bytes, at, isLast));
  #line = 1;
  #prefix: number;
  /** What is known of the bytes behind the array, where that is a value of an object; null before. */
  #behind: Behind | null = null;
  /** The last byte before the one that is looked at, blanks aside, while a broken object is skipped; else null. */
  #skippedByte: number | null = null;

  /** @param prefix the number of bytes before the objects, where their array is a value of an object */
  constructor(
    readonly path: string,
    readonly prefix: number,
    readonly objects: JsonObjects,
    readonly most = mostRecordBytes,
  ) {
    this.#prefix = prefix;
  }

  push(piece: Buffer): void {
    this.#pieces.push(piece);
  }

  end(): void {
    this.#pieces.end();
  }

  #step(bytes: Buffer, at: number, isLast: boolean): number {
    if (this.#prefix > 0) {
      if (bytes.length < this.#prefix) return isIncomplete;
      const next = this.#prefix;
      this.#prefix = 0;
      return this.#pass(bytes, at, next);
    }
    const byte = bytes[at] ?? 0;
    if (this.#skippedByte !== null) return this.#skip(bytes, at, byte);
    if (this.#behind !== null) return this.#passBehind(bytes, at, byte, this.#behind);
    if (byte === openBrace) return this.#readObject(bytes, at, isLast);
    if (byte === openBracket && this.prefix > 0) throw this.#furtherArray();
    if (byte === closeBracket && this.prefix > 0) this.#behind = { depth: 1, isInString: false, previous: 0 };
    if (byte <= 0x20 || [comma, openBracket, closeBracket].includes(byte)) return this.#pass(bytes, at, at + 1);
    return this.#leaveOut(at, 'is no JSON object');
  }

  /** Passes the other values of the object, but for what holds further objects like those of the array. */
  #passBehind(bytes: Buffer, at: number, byte: number, behind: Behind): number {
    const { depth, isInString, previous } = behind;
    if (byte > 0x20) behind.previous = isInString && previous === backslash ? 0 : byte;
    if (isInString) behind.isInString = byte !== quote || previous === backslash;
    else if (byte === openBrace && (depth === 0 || (depth === 2 && previous === openBracket))) {
      throw this.#furtherArray();
    } else if (byte === openBrace || byte === openBracket) behind.depth += 1;
    else if (byte === closeBrace || byte === closeBracket) behind.depth -= 1;
    else if (byte === quote) behind.isInString = true;
    else if (depth === 0 && byte > 0x20) return this.#leaveOut(at, 'is no JSON object');
    return this.#pass(bytes, at, at + 1);
  }

  #readObject(bytes: Buffer, start: number, isLast: boolean): number {
    const isTooLong = bytes.length - start > this.most;
    const end = endOfObject(bytes, start, isTooLong ? start + this.most : bytes.length);
    if (end === isIncomplete && !isTooLong && !isLast) return isIncomplete;
    if (end < 0) return this.#leaveOut(start, end === isBroken ? noJson : 'is a JSON object without end');
    if (this.objects.object(this.#line, bytes.subarray(start, end))) return this.#pass(bytes, start, end);
    this.#skippedByte = openBrace;
    return start + 1;
  }

  #leaveOut(at: number, why: string): number {
    this.objects.bad(this.#line, why);
    this.#skippedByte = openBrace;
    return at + 1;
  }

  /** Goes on to a brace that begins a line, or that stands where an element of an array does. */
  #skip(bytes: Buffer, at: number, byte: number): number {
    if (
      byte === openBrace &&
      [lineFeed, carriageReturn, comma, openBracket, closeBrace].includes(this.#skippedByte ?? 0)
    ) {
      this.#skippedByte = null;
      return at;
    }
    if (byte > 0x20 || byte === lineFeed || byte === carriageReturn) this.#skippedByte = byte;
    return this.#pass(bytes, at, at + 1);
  }

  /** Counts the lines between two places, and returns the second. */
  #pass(bytes: Buffer, from: number, to: number): number {
    for (let at = from; at < to; at++) {
      const byte = bytes[at];
      // That LF follows CR is not seen where a piece ends between them.
      if (byte === lineFeed || (byte === carriageReturn && at + 1 < bytes.length && bytes[at + 1] !== lineFeed)) {
        this.#line += 1;
      }
    }
    return to;
  }

  #furtherArray(): ImdbTorchError {
    return new ImdbTorchError(
      'ERR_DATASET',
      `Expected one array of objects in ${this.path} but there is another at line ${this.#line}; give each a file of its own.`,
    );
  }
}

/** Returns where an object ends; less than 0 when it does not, or when it cannot be one. */
function endOfObject(bytes: Buffer, start: number, stop: number): number {
  const open: number[] = [];
  let previous = 0;
  for (let at = start; at < stop; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === quote) {
      at = endOfString(bytes, at + 1, stop);
      if (at < 0) return at;
    } else if (byte === openBrace || byte === openBracket) {
      const isMisplaced = byte === openBrace && open.at(-1) === openBrace && previous !== colon;
      if (isMisplaced || open.length === mostDepth) return isBroken;
      open.push(byte);
    } else if (byte === closeBrace || byte === closeBracket) {
      // A closing one is two further than the opening one.
      if (open.pop() !== byte - 2) return isBroken;
      if (open.length === 0) return at + 1;
    }
    if (byte > 0x20) previous = byte;
  }
  return isIncomplete;
}

/** Returns the place of the closing quotation mark; less than 0 when there is none, or a line end before it. */
function endOfString(bytes: Buffer, start: number, stop: number): number {
  for (let at = start; at < stop; at++) {
    const byte = bytes[at];
    if (byte === quote) return at;
    if (byte === lineFeed || byte === carriageReturn) return isBroken;
    if (byte === backslash) at += 1;
  }
  return isIncomplete;
}
