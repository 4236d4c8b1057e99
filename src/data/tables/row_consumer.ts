import type { ReadOptions } from '../source_file.js';

/** A list or an object, which is neither a text nor a label. */
export class Composite {
  /** @param what completes a sentence: it has a list of 2 values */
  constructor(
    readonly what: string,
    readonly value: object,
  ) {}
}

/** A value of a table: bytes of UTF-8 where the file has them as such, and null where the table has no value. */
export type Cell = Uint8Array | string | number | bigint | boolean | Composite | null;

/** Takes the rows of a table, of which it chooses the columns. */
export interface RowConsumer {
  /**
   * Is called before the first row. Returns the names of the columns whose cells the rows are to have.
   * @param names all columns, in the order of the table
   * @throws ImdbTorchError ERR_USAGE, ERR_DATASET when they are not there
   */
  choose(names: readonly string[]): readonly string[];
  /** @param number of the row, or of the line that it begins on, from 1 @param cells in the order of the chosen columns */
  row(number: number, cells: readonly Cell[]): void;
  /**
   * @param why completes a sentence that begins with the row: `has 3 fields`
   * @param lines the number of lines that are lost with it
   */
  bad(number: number, why: string, lines?: number): void;
}

export interface TableOptions extends ReadOptions {
  /** False takes the first row of CSV or TSV for a row, and numbers the columns from 1. */
  header?: boolean | undefined;
}
