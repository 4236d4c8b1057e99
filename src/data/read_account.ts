/** The number of bad rows that are named. */
const namedBadRows = 20;

/** A row of a table, or a file, that is no review. */
export interface BadRow {
  /** Named as `originNames` does. */
  readonly origin: string;
  readonly reason: string;
}

export interface BadRows {
  readonly count: number;
  /** Counts good and bad rows. */
  readonly total: number;
  /** Has the first 20 of them. */
  readonly first: readonly BadRow[];
}

/** Rows, lines or files that were left out for one reason. */
export interface LeftOut {
  /** Completes a sentence that begins with the row: `has no text`. */
  readonly why: string;
  readonly count: number;
  /** The origin of the first of them. */
  readonly first: string;
}

/** What became of all that was there. */
export interface ReadAccount {
  /** Counts the rows, or files, that are reviews. */
  readonly rows: number;
  readonly leftOut: readonly LeftOut[];
  /** The files and folders that were seen but not opened. */
  readonly notLookedAt: readonly string[];
  /** Whole sentences about what is unusual. */
  readonly notes: readonly string[];
}

/** Keeps the account of a source while it is read. */
export class AccountKeeper {
  #rows = 0;
  #leftOutCount = 0;
  readonly #badRows: BadRow[] = [];
  readonly #leftOut = new Map<string, { count: number; first: string }>();
  readonly #notLookedAt: string[] = [];
  readonly #notes: string[] = [];

  used(): void {
    this.#rows += 1;
  }

  /** @param count the number of lines that are lost with it, which is 1 for a row of a single line */
  leaveOut(origin: string, why: string, count = 1): void {
    this.#leftOutCount += count;
    if (this.#badRows.length < namedBadRows) this.#badRows.push({ origin, reason: why });
    const known = this.#leftOut.get(why);
    if (known === undefined) this.#leftOut.set(why, { count, first: origin });
    else known.count += count;
  }

  doNotLookAt(path: string): void {
    this.#notLookedAt.push(path);
  }

  note(sentence: string): void {
    this.#notes.push(sentence);
  }

  get badRows(): BadRows {
    return { count: this.#leftOutCount, total: this.#rows + this.#leftOutCount, first: this.#badRows };
  }

  get account(): ReadAccount {
    return {
      rows: this.#rows,
      leftOut: Array.from(this.#leftOut, ([why, { count, first }]) => ({ why, count, first })),
      notLookedAt: this.#notLookedAt,
      notes: this.#notes,
    };
  }
}
