import { entryOf, newText, none, numberOf, sameText, textOf, uncounted, type Rows } from './occurrences.js';
import { RunCounts } from './continuation_counts.js';

/** The kept runs of one length, in the order in which they are found. */
export class RunLevel {
  /** Of each run the number of the one without its last token; of a single token its word number. */
  readonly left: number[] = [];
  /** Of each run the number of its last token; of a single token its word number. */
  readonly last: number[] = [];
  /** How often each run occurs. */
  readonly totals: number[] = [];

  get count(): number {
    return this.totals.length;
  }

  /** Adds a run and returns its number. */
  push(left: number, last: number, total: number): number {
    this.left.push(left);
    this.last.push(last);
    return this.totals.push(total) - 1;
  }

  /** Adds runs. @param base what is to be added to the numbers of shorter runs */
  append(
    { left, last, totals }: Readonly<Record<'left' | 'last' | 'totals', Int32Array>>,
    base: number,
  ): void {
    totals.forEach((total, index) => this.push(base + (left[index] ?? 0), last[index] ?? 0, total));
  }
}

/** Consecutive runs of a level. */
interface Runs {
  readonly level: number;
  readonly first: number;
  readonly count: number;
}

/** For the places of some runs of a level. */
interface Room {
  rows: Rows;
  /** Where the rows of each run start. */
  readonly starts: Int32Array;
  /** The last text that has each run; of other texts until its first row, which no row of the same run is before. */
  readonly lastTexts: Int32Array;
}

/**
 * Finds the runs that begin with given ones. The places of a run are sorted by the word that follows, those of each of the
 * longer runs by the next one, and so on: what is counted at a time lies together and mostly fits in the processor's
 * cache, which neither a hash table of all runs nor the texts would.
 */
export class RunFinder {
  readonly #counts: RunCounts;
  /** Of each level. */
  readonly #rooms: Room[] = [];

  /**
   * @param levels of each length beyond that of the given runs; what is found is added
   * @param words word numbers are below it
   * @param minimumCount so many texts must have a run
   */
  constructor(
    readonly levels: readonly RunLevel[],
    readonly words: number,
    readonly minimumCount: number,
  ) {
    this.#counts = new RunCounts(words);
  }

  /** Finds the runs that begin with `left`, whose rows are those from `start` to `end`, and puts them there. */
  find(rows: Rows, start: number, end: number, left: number, level = 0): void {
    const found = this.levels[level];
    if (found === undefined) return;
    const first = found.count;
    if (end - start >= this.minimumCount) {
      this.#counts.addRows(rows, start, end);
      this.#counts.select(this.minimumCount, (last, total) => found.push(left, last, total));
    }
    const count = found.count - first;
    if (count === 0) {
      rows.data.fill(none, rows.fields * start, rows.fields * end);
    } else {
      this.#counts.numberRows(rows, start, end);
    }
    this.#counts.clear();
    if (count > 0 && rows.fields > 1) this.#findLonger(rows, start, end, { level, first, count });
  }

  #findLonger(rows: Rows, start: number, end: number, runs: Runs): void {
    const room = this.#room(runs, end - start, rows.fields - 1);
    const { starts } = room;
    const length = runs.count + 1;
    countRows(rows, start, end, runs, starts.fill(0, 0, length));
    accumulate(starts, length);
    sortRows(rows, start, end, runs, room);
    rewind(starts, length);
    for (let index = 0; index < runs.count; index += 1) {
      this.find(room.rows, starts[index] ?? 0, starts[index + 1] ?? 0, runs.first + index, runs.level + 1);
    }
    takeRows(rows, start, end, runs, room);
  }

  #room({ level }: Runs, rows: number, fields: number): Room {
    const room = (this.#rooms[level] ??= {
      rows: { data: new Int32Array(0), fields },
      starts: new Int32Array(this.words + 1),
      lastTexts: new Int32Array(this.words),
    });
    if (room.rows.data.length < rows * fields) {
      room.rows = { data: new Int32Array(2 * rows * fields), fields };
    }
    return room;
  }
}

/** Makes numbers of rows to where they start. */
export function accumulate(counts: Int32Array, length: number): void {
  let start = 0;
  for (let index = 0; index < length; index += 1) {
    const count = counts[index] ?? 0;
    counts[index] = start;
    start += count;
  }
}

/** Takes each start, which has gone forward to where the next one was, back. */
export function rewind(starts: Int32Array, length: number): void {
  starts.copyWithin(1, 0, length - 1);
  starts[0] = 0;
}

/** Counts the rows of each run that another word follows. */
function countRows(
  { data, fields }: Rows,
  start: number,
  end: number,
  { first }: Runs,
  counts: Int32Array,
): void {
  for (let i = fields * start; i < fields * end; i += fields) {
    const run = numberOf(data[i] ?? 0);
    if (run === none || data[i + 1] === none) continue;
    counts[run - first] = (counts[run - first] ?? 0) + 1;
  }
}

/** Puts the rows of each run that another word follows together. */
function sortRows({ data, fields }: Rows, start: number, end: number, { first }: Runs, room: Room): void {
  const { rows, starts, lastTexts } = room;
  let text = 0;
  for (let i = fields * start; i < fields * end; i += fields) {
    const entry = data[i] ?? 0;
    if (textOf(entry) === newText) text += 1;
    const run = numberOf(entry);
    const word = data[i + 1] ?? none;
    if (run === none || word === none) continue;
    const row = starts[run - first] ?? 0;
    starts[run - first] = row + 1;
    const isSame = lastTexts[run - first] === text;
    lastTexts[run - first] = text;
    const at = rows.fields * row;
    rows.data[at] = entryOf(word, textOf(entry) === uncounted ? uncounted : isSame ? sameText : newText);
    for (let k = 1; k < rows.fields; k += 1) rows.data[at + k] = data[i + 1 + k] ?? none;
  }
}

/** Puts what has been found for each row behind its run. */
function takeRows({ data, fields }: Rows, start: number, end: number, { first }: Runs, room: Room): void {
  const { rows, starts } = room;
  for (let i = fields * start; i < fields * end; i += fields) {
    const run = numberOf(data[i] ?? 0);
    if (run === none || data[i + 1] === none) {
      for (let k = 1; k < fields; k += 1) data[i + k] = none;
      continue;
    }
    const row = starts[run - first] ?? 0;
    starts[run - first] = row + 1;
    for (let k = 0; k < rows.fields; k += 1) data[i + 1 + k] = rows.data[rows.fields * row + k] ?? none;
  }
}
