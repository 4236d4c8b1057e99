import type { TimeSlices } from '../system/time_slices.js';
import type { BagWriter } from './bag_writer.js';
import type { Places } from './places.js';
import { entryOf, newText, none, numberOf, sameText, uncounted, type Rows } from './rows.js';
import { accumulate, rewind, RunFinder, type RunLevel } from './run_finder.js';

export interface FinderOptions {
  /** So many texts, the first ones, are counted; in the others the kept runs are only found. */
  readonly counted: number;
  /** So many texts must have a run. */
  readonly minimumCount: number;
}

/** The runs of two and more tokens, at the places of the words that they begin with. */
export class LongerRuns {
  /** Of the places where another word follows, sorted by the word. */
  readonly #rows: Rows;
  /** `[words + 1]`: where the rows of each word start. */
  readonly #starts: Int32Array;

  private constructor(
    readonly places: Places,
    starts: Int32Array,
    fields: number,
  ) {
    this.#starts = starts;
    this.#rows = { fields, data: new Int32Array(fields * (starts.at(-1) ?? 0)) };
  }

  /**
   * @param words word numbers are below it
   * @param levels of two tokens, three, and so on; what is found is added
   * @throws the reason of the signal of `slices`
   */
  static async find(
    places: Places,
    words: number,
    levels: readonly RunLevel[],
    { counted, minimumCount }: FinderOptions,
    slices: TimeSlices,
  ): Promise<LongerRuns> {
    const starts = new Int32Array(words + 1);
    for (let text = 0; text < places.texts; text += 1) {
      countRows(places, text, starts);
      if (slices.isOver) await slices.next();
    }
    accumulate(starts, starts.length);
    const runs = new LongerRuns(places, starts, levels.length);
    const lastTexts = new Int32Array(words).fill(none);
    for (let text = 0; text < places.texts; text += 1) {
      runs.#sort(text, text < counted, lastTexts);
      if (slices.isOver) await slices.next();
    }
    rewind(starts, starts.length);
    const finder = new RunFinder(levels, words, minimumCount);
    for (let word = 0; word < words; word += 1) {
      finder.find(runs.#rows, starts[word] ?? 0, starts[word + 1] ?? 0, word);
      if (slices.isOver) await slices.next();
    }
    return runs;
  }

  /** Puts the ids of features in place of the runs. @param ids `[levels, runs]` */
  async putIds(ids: readonly Int32Array[], slices: TimeSlices): Promise<void> {
    for (let word = 0; word + 1 < this.#starts.length; word += 1) {
      this.#putIds(ids, this.#starts[word] ?? 0, this.#starts[word + 1] ?? 0);
      if (slices.isOver) await slices.next();
    }
  }

  /** Hands the ids of the features of longer runs to `writer`, one text after the other. @param start the first text */
  reader(start: number, writer: BagWriter): () => void {
    const next = this.#starts.slice();
    for (let text = 0; text < start; text += 1) countRows(this.places, text, next);
    let text = start;
    let ids = new Int32Array(0);
    return () => {
      const length = this.#rows.fields * this.places.lengthOf(text);
      if (length > ids.length) ids = new Int32Array(2 * length);
      // Reading and writing one after the other, since what reading waits for then is not waited for one by one.
      writer.addAll(ids.subarray(0, this.#read(text, next, ids)));
      text += 1;
    };
  }

  #sort(text: number, isCounted: boolean, lastTexts: Int32Array): void {
    const { words, starts } = this.places;
    const { data, fields } = this.#rows;
    const next = this.#starts;
    const end = (starts[text + 1] ?? 0) - 1;
    for (let place = starts[text] ?? 0; place < end; place += 1) {
      const word = words[place] ?? none;
      const following = words[place + 1] ?? none;
      if (word === none || following === none) continue;
      const row = next[word] ?? 0;
      next[word] = row + 1;
      const isSame = lastTexts[word] === text;
      lastTexts[word] = text;
      data[fields * row] = entryOf(following, !isCounted ? uncounted : isSame ? sameText : newText);
      for (let k = 1; k < fields; k += 1) data[fields * row + k] = words[place + 1 + k] ?? none;
    }
  }

  #putIds(ids: readonly Int32Array[], start: number, end: number): void {
    const { data, fields } = this.#rows;
    for (let row = start; row < end; row += 1) {
      for (let k = 0; k < fields; k += 1) {
        const run = numberOf(data[fields * row + k] ?? none);
        data[fields * row + k] = run === none ? none : (ids[k]?.[run] ?? none);
      }
    }
  }

  #read(text: number, next: Int32Array, ids: Int32Array): number {
    const { words, starts } = this.places;
    const { data, fields } = this.#rows;
    const end = (starts[text + 1] ?? 0) - 1;
    let count = 0;
    for (let place = starts[text] ?? 0; place < end; place += 1) {
      const word = words[place] ?? none;
      if (word === none || words[place + 1] === none) continue;
      const row = next[word] ?? 0;
      next[word] = row + 1;
      for (let k = 0; k < fields; k += 1) ids[count++] = data[fields * row + k] ?? none;
    }
    return count;
  }
}

/** Counts, of each word, the places of a text where another word follows it. */
function countRows({ words, starts }: Places, text: number, counts: Int32Array): void {
  const end = (starts[text + 1] ?? 0) - 1;
  for (let place = starts[text] ?? 0; place < end; place += 1) {
    const word = words[place] ?? none;
    if (word === none || words[place + 1] === none) continue;
    counts[word] = (counts[word] ?? 0) + 1;
  }
}
