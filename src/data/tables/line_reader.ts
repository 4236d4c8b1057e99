import { readContent, type ReadOptions, type SourceFile } from '../source_file.js';
import { carriageReturn, lineFeed, withoutByteOrderMark } from '../../system/text_encoding.js';

/** What is longer is no row: its first line is left out. */
export const mostRecordBytes = 1 << 24;

/** Takes the lines of a file. */
export interface Lines {
  /** Takes a line that is not blank, without its end. It is only valid during the call. */
  take(line: Buffer, number: number): void;
  bad(number: number, why: string): void;
}

/**
 * Hands over the lines of a file, numbered from 1, that end with LF, CR or CRLF.
 * @throws as readContent
 */
export async function readLines(file: SourceFile, options: ReadOptions, lines: Lines): Promise<void> {
  const splitter = new LineSplitter(lines);
  await readContent(file, options, (piece) => {
    splitter.push(piece);
  });
  splitter.end();
}

/** Cuts a file that comes in pieces into lines. */
export class LineSplitter {
  #rest: Buffer[] = [];
  #restBytes = 0;
  #number = 0;
  /** Says whether the last piece ended with CR, so that LF belongs to it. */
  #isAfterCarriageReturn = false;

  /** @param most the number of bytes that no line is longer than */
  constructor(
    readonly lines: Lines,
    readonly most = mostRecordBytes,
  ) {}

  push(piece: Buffer): void {
    let at = this.#isAfterCarriageReturn && piece[0] === lineFeed ? 1 : 0;
    this.#isAfterCarriageReturn = piece.at(-1) === carriageReturn;
    let [feed, carriage] = [lineFeed, carriageReturn].map((code) => piece.indexOf(code, at)) as [number, number];
    while (feed >= 0 || carriage >= 0) {
      const end = feed < 0 || (carriage >= 0 && carriage < feed) ? carriage : feed;
      this.#endLine(piece.subarray(at, end));
      at = end + (end === carriage && feed === end + 1 ? 2 : 1);
      if (feed >= 0 && feed < at) feed = piece.indexOf(lineFeed, at);
      if (carriage >= 0 && carriage < at) carriage = piece.indexOf(carriageReturn, at);
    }
    this.#keep(piece.subarray(at));
  }

  end(): void {
    if (this.#restBytes > 0) this.#endLine(Buffer.alloc(0));
  }

  #keep(part: Buffer): void {
    this.#restBytes += part.length;
    if (this.#restBytes > this.most) this.#rest = [];
    else this.#rest.push(part);
  }

  #endLine(last: Buffer): void {
    this.#number += 1;
    if (this.#restBytes + last.length > this.most) {
      this.lines.bad(this.#number, `is longer than ${this.most} bytes`);
    } else {
      const whole = this.#restBytes === 0 ? last : Buffer.concat([...this.#rest, last]);
      // Files with a byte order mark may have been joined.
      const line = withoutByteOrderMark(whole);
      if (line.some((byte) => byte > 0x20)) this.lines.take(line, this.#number);
    }
    [this.#rest, this.#restBytes] = [[], 0];
  }
}
