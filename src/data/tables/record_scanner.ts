import { carriageReturn, lineFeed } from '../../system/text_encoding.js';

const blank = 0x20;

/** Says that a record does not end within the bytes that were given. */
export const isIncomplete = -1;
/** Says that there is text behind a closing quote. */
export const hasWrongQuote = -2;
/** Says that a field over several lines is one too many. */
const hasTooManyFields = -3;

/** The characters that mark the fields of a file. */
export interface CsvDialect {
  /** Empty where there is a single column. */
  readonly delimiter: string;
  /** Null where quotes are characters like any other. */
  readonly quote: string | null;
  readonly escape: string | null;
}

/** Finds the fields of one record after the other. What it found is that of the last call of `scan`. */
export class RecordScanner {
  /** The number of fields. */
  fields = 0;
  /** The number of line ends within quotes. */
  breaks = 0;
  #bytes: Buffer = Buffer.alloc(0);
  /** A record with more line ends within quotes has a wrong quote. */
  mostBreaks = Infinity;
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #isEscaped: boolean[] = [];
  readonly #delimiter: number;
  readonly #quote: number;
  readonly #escape: number;

  constructor({ delimiter, quote, escape }: CsvDialect) {
    const codeOf = (character: string | null): number => character?.codePointAt(0) ?? -1;
    this.#delimiter = codeOf(delimiter);
    this.#quote = codeOf(quote);
    this.#escape = codeOf(escape);
  }

  /**
   * Reads a record that begins at `start`.
   * @param stop where the bytes end @param isLast says whether the file ends there
   * @param expected the number of fields, if it is known
   * @returns where the next record begins, or one of the constants
   */
  scan(bytes: Buffer, start: number, stop: number, isLast: boolean, expected = Infinity): number {
    const [delimiter, quote] = [this.#delimiter, this.#quote];
    this.#bytes = bytes;
    this.fields = 0;
    this.breaks = 0;
    let at = start;
    for (;;) {
      if (at < stop && bytes[at] === quote) {
        at = this.#scanQuoted(bytes, at + 1, stop, isLast);
        if (this.breaks > this.mostBreaks) return hasWrongQuote;
        if (at < 0) return isIncomplete;
        if (this.breaks > 0 && this.fields > expected) return hasTooManyFields;
        const byte = bytes[at];
        if (at < stop && byte !== delimiter && byte !== lineFeed && byte !== carriageReturn) return hasWrongQuote;
      } else {
        const first = at;
        for (; at < stop; at++) {
          const byte = bytes[at];
          if (byte === delimiter || byte === lineFeed || byte === carriageReturn) break;
        }
        this.#add(first, at, false);
      }
      if (at >= stop) return isLast ? stop : isIncomplete;
      const isField = bytes[at] === delimiter;
      if (!isField) return endOfLine(bytes, at, stop, isLast);
      at += 1;
    }
  }

  /** Returns the bytes of a field, which are only valid until the bytes that were given change. */
  field(index: number): Buffer {
    const field = this.#bytes.subarray(this.#starts[index], this.#ends[index]);
    if (this.#isEscaped[index] !== true) return field;
    const text = field.toString('latin1');
    const isDoubled = this.#escape === this.#quote;
    return Buffer.from(isDoubled ? text.replaceAll('""', '"') : text.replaceAll(/\\(["\\])/g, '$1'), 'latin1');
  }

  /** Returns where the field behind a quote ends, blanks behind it included; less than 0 when it does not. */
  #scanQuoted(bytes: Buffer, start: number, stop: number, isLast: boolean): number {
    const [quote, escape] = [this.#quote, this.#escape];
    let isEscaped = false;
    for (let at = start; at < stop; at++) {
      const byte = bytes[at];
      if (byte === quote || byte === escape) {
        const next = at + 1 < stop ? bytes[at + 1] : undefined;
        if (next === undefined && !isLast) return isIncomplete;
        if (byte === escape && (next === quote || next === escape)) {
          isEscaped = true;
          at += 1;
        } else if (byte === quote) {
          this.#add(start, at, isEscaped);
          at += 1;
          while (at < stop && bytes[at] === blank) at += 1;
          return at;
        }
      } else if (byte === lineFeed || (byte === carriageReturn && bytes[at + 1] !== lineFeed)) {
        this.breaks += 1;
        if (this.breaks > this.mostBreaks) return isIncomplete;
      }
    }
    return isIncomplete;
  }

  #add(start: number, end: number, isEscaped: boolean): void {
    this.#starts[this.fields] = start;
    this.#ends[this.fields] = end;
    this.#isEscaped[this.fields] = isEscaped;
    this.fields += 1;
  }
}

/** Returns where the next line begins, given where this one ends; less than 0 where that is not known yet. */
export function endOfLine(bytes: Buffer, at: number, stop: number, isLast: boolean): number {
  if (bytes[at] === lineFeed) return at + 1;
  if (at + 1 === stop && !isLast) return isIncomplete;
  return at + 1 < stop && bytes[at + 1] === lineFeed ? at + 2 : at + 1;
}
