import { namesOf, type PathGroup } from './files/not_looked_at.js';

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
  /** The files and folders that were seen but not opened, by name; where these are many, how many more there are. */
  readonly notLookedAt: readonly string[];
  /** Counts all of these. */
  readonly notLookedAtCount: number;
  /** Whole sentences about what is unusual. */
  readonly notes: readonly string[];
}

/** Why a row is left out, where each row has something of its own to say. */
export interface Reason {
  /** What they have in common. */
  readonly why: string;
  /** What this one has: that stands behind the reason in the account. */
  readonly example?: string;
}

/** Others are taken together. */
const mostReasons = 20;
const mostExamples = 5;
/** The number of different examples that are counted. */
const mostKeptExamples = 1000;

/** Keeps the account of a source while it is read. */
export class AccountKeeper {
  #rows = 0;
  #leftOutCount = 0;
  readonly #badRows: BadRow[] = [];
  readonly #leftOut = new Map<string, { count: number; first: string; examples: Set<string> }>();
  readonly #notLookedAt: PathGroup[] = [];
  readonly #notes = new Set<string>();

  used(): void {
    this.#rows += 1;
  }

  /**
   * @param reason completes a sentence that begins with the row: `has 3 fields`
   * @param count the number of lines that are lost with it, which is 1 for a row of a single line
   * @param common the reason as the account has it
   */
  leaveOut(origin: string, reason: string, count = 1, common: Reason = { why: reason }): void {
    this.#leftOutCount += count;
    if (this.#badRows.length < namedBadRows) this.#badRows.push({ origin, reason });
    const isKnown = this.#leftOut.has(common.why) || this.#leftOut.size < mostReasons;
    const why = isKnown ? common.why : 'has something else that is wrong';
    const known = this.#leftOut.get(why) ?? { count: 0, first: origin, examples: new Set<string>() };
    known.count += count;
    if (common.example !== undefined && known.examples.size < mostKeptExamples) known.examples.add(common.example);
    this.#leftOut.set(why, known);
  }

  doNotLookAt(groups: readonly PathGroup[]): void {
    this.#notLookedAt.push(...groups);
  }

  note(sentence: string): void {
    this.#notes.add(sentence);
  }

  get badRows(): BadRows {
    return { count: this.#leftOutCount, total: this.#rows + this.#leftOutCount, first: this.#badRows };
  }

  get account(): ReadAccount {
    const leftOut = Array.from(this.#leftOut, ([why, { count, first, examples }]) => ({
      why: `${why}${listed([...examples])}`,
      count,
      first,
    }));
    return {
      rows: this.#rows,
      leftOut: leftOut.sort((one, other) => other.count - one.count),
      notLookedAt: namesOf(this.#notLookedAt),
      notLookedAtCount: this.#notLookedAt.reduce((sum, { count }) => sum + count, 0),
      notes: [...this.#notes],
    };
  }
}

function listed(examples: readonly string[]): string {
  if (examples.length === 0) return '';
  const more = examples.length - mostExamples;
  return ` (${examples.slice(0, mostExamples).join(', ')}${more > 0 ? ` and ${more} more` : ''})`;
}
