import { carriageReturn, lineFeed } from '../../system/text_encoding.js';
import { mostRecordBytes } from './line_reader.js';
import { PieceBuffer } from './piece_buffer.js';
import { endOfLine, hasWrongQuote, isIncomplete, RecordScanner, type CsvDialect } from './record_scanner.js';
import { looksSwallowed } from './swallowed_rows.js';

/** Where lines were read more often than that, on the average, a record ends with its line. */
const mostReadAgain = 100;

/** Takes the records of a file. */
export interface CsvRecords {
  /** What messages call the first record. */
  readonly first: 'header' | 'first row';
  /** The fields of `scanner` are only valid during the call. The first record decides how many the others must have. */
  record(line: number, scanner: RecordScanner): void;
  /** Each call stands for one line. */
  bad(line: number, why: string): void;
}

/**
 * Cuts a file that comes in pieces into records. A record that is wrong costs its first line only: reading goes on at
 * the second. Whatever the pieces are, the records are the same, and a few records' worth of memory is enough.
 */
export class CsvReader {
  readonly #scanner: RecordScanner;
  readonly #pieces = new PieceBuffer((bytes, at, isLast) =>
    this.#isSkippingLine ? this.#skipLine(bytes, at, isLast) : this.#readRecord(bytes, at, isLast),
  );
  #line = 1;
  #isSkippingLine = false;
  #linesReadAgain = 0;
  #expected: number | undefined;

  /** @param most the number of bytes that no record is longer than */
  constructor(
    readonly dialect: CsvDialect,
    readonly records: CsvRecords,
    readonly most = mostRecordBytes,
  ) {
    this.#scanner = new RecordScanner(dialect);
  }

  push(piece: Buffer): void {
    this.#pieces.push(piece);
  }

  end(): void {
    this.#pieces.end();
  }

  #readRecord(bytes: Buffer, from: number, isLast: boolean): number {
    const start = skipByteOrderMark(bytes, from, isLast);
    if (start < 0) return isIncomplete;
    const isTooLong = bytes.length - start > this.most;
    const stop = isTooLong ? start + this.most + 1 : bytes.length;
    const scanner = this.#scanner;
    scanner.mostBreaks = this.#linesReadAgain > mostReadAgain * (this.#line + mostReadAgain) ? 0 : Infinity;
    const next = scanner.scan(bytes, start, stop, isLast && !isTooLong, this.#expected);
    if (next === isIncomplete && !isTooLong && !isLast) return isIncomplete;
    const isBlank = next >= 0 && isBlankRecord(scanner);
    const why = isBlank ? null : this.#problem(bytes, start, next);
    // What is wrong with a record of one line is known for sure; one of several may only begin with a stray quote.
    if (why !== null) {
      this.records.bad(this.#line, why);
      if (next < 0 || scanner.breaks > 0) {
        this.#linesReadAgain += scanner.breaks;
        this.#isSkippingLine = true;
        return start;
      }
    } else if (!isBlank && !this.#isSeparatorLine()) {
      this.#expected ??= scanner.fields;
      this.records.record(this.#line, scanner);
    }
    this.#line += 1 + scanner.breaks;
    return next;
  }

  #problem(bytes: Buffer, start: number, next: number): string | null {
    const { fields, breaks } = this.#scanner;
    if (next === hasWrongQuote) return 'has a quote in the wrong place';
    if (next === isIncomplete) {
      const isTooLong = bytes.length - start > this.most;
      if (isTooLong && breaks === 0) return `is longer than ${this.most} bytes`;
      return `opens a quote that is ${isTooLong ? `not closed within ${this.most} bytes` : 'never closed'}`;
    }
    const wanted = this.#expected ?? fields;
    if (next < 0 || (fields !== wanted && !this.#isOnlyLonger(wanted))) {
      return `has ${fields} field${fields === 1 ? '' : 's'} where the ${this.records.first} has ${wanted}`;
    }
    const { delimiter } = this.dialect;
    const isSwallowed = breaks > 2 && looksSwallowed(bytes.subarray(start, next), delimiter, wanted - 1);
    return isSwallowed ? 'opens a quote that is not closed before further rows' : null;
  }

  /** Says whether what a record has beyond the first columns are blank fields. */
  #isOnlyLonger(wanted: number): boolean {
    return this.#scanner.fields > wanted && isBlankRecord(this.#scanner, wanted);
  }

  /** Excel takes a first line such as `sep=;` for the choice of a delimiter. */
  #isSeparatorLine(): boolean {
    const isFirst = this.#expected === undefined && this.#scanner.fields === 2;
    return isFirst && this.#scanner.field(0).equals(separatorLine) && this.#scanner.field(1).length === 0;
  }

  #skipLine(bytes: Buffer, start: number, isLast: boolean): number {
    let at = start;
    while (at < bytes.length && bytes[at] !== lineFeed && bytes[at] !== carriageReturn) at += 1;
    if (at === bytes.length) return at;
    const next = endOfLine(bytes, at, bytes.length, isLast);
    if (next >= 0) {
      this.#isSkippingLine = false;
      this.#line += 1;
    }
    return next;
  }
}

const separatorLine = Buffer.from('sep=');

/** Files with a byte order mark may have been joined. */
function skipByteOrderMark(bytes: Buffer, at: number, isLast: boolean): number {
  if (bytes[at] !== 0xef) return at;
  if (at + 2 >= bytes.length) return isLast ? at : isIncomplete;
  return bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf ? at + 3 : at;
}

function isBlankRecord(scanner: RecordScanner, from = 0): boolean {
  for (let index = from; index < scanner.fields; index++) {
    if (scanner.field(index).some((byte) => byte > 0x20)) return false;
  }
  return true;
}
