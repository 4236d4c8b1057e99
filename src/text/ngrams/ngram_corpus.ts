import type { TimeSlices } from '../../system/time_slices.js';
import { BagWriter, type EncodedTexts } from '../bag_writer.js';
import { makeNumbers, type Places } from './token_sequence.js';
import { entryOf, newText, none, numberOf, sameText, uncounted, type Rows } from './occurrences.js';
import { accumulate, rewind, RunFinder, type RunLevel } from './ngram_extender.js';

/** From the first to before the last. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Places, and those of them where another word follows, sorted by the word. */
export interface SortedPlaces extends Places {
  readonly rows: Rows;
  /** `[words + 1]`: where the rows of each word start. */
  readonly rowStarts: Int32Array;
}

export interface SortOptions {
  /** Word numbers are below it. */
  readonly words: number;
  /** So many texts, the first ones, are counted; in the others the kept runs are only found. */
  readonly counted: number;
  /** Of the longest runs. */
  readonly ngrams: number;
  /** Whether other threads are to have the places, too. */
  readonly isShared: boolean;
}

export interface EncodingOptions {
  /** Ids are below it. */
  readonly features: number;
  /** `[words]`: the id of each word, or -1. */
  readonly idOfWord: Int32Array;
  /** The id in place of -1, and of tokens that are no such word. */
  readonly unknown: number;
  /** Whether it matters how often a text has a feature. */
  readonly counts: boolean;
}

/**
 * The runs of two and more tokens, at the places of the words that they begin with. Each method throws the reason of
 * the signal of its `slices`; each works on what it is given alone, so that threads can share the places.
 */
export class LongerRuns {
  constructor(readonly places: SortedPlaces) {}

  static async sort(places: Places, options: SortOptions, slices: TimeSlices): Promise<LongerRuns> {
    const texts = places.starts.length - 1;
    const rowStarts = makeNumbers(options.words + 1, options.isShared);
    for (let text = 0; text < texts; text += 1) {
      countRows(places, text, rowStarts);
      if (slices.isOver) await slices.next();
    }
    accumulate(rowStarts, rowStarts.length);
    const fields = options.ngrams - 1;
    const data = makeNumbers(fields * (rowStarts.at(-1) ?? 0), options.isShared);
    const sorted = { ...places, rows: { data, fields }, rowStarts };
    const lastTexts = new Int32Array(options.words).fill(none);
    for (let text = 0; text < texts; text += 1) {
      sortRows(sorted, text, text < options.counted, lastTexts);
      if (slices.isOver) await slices.next();
    }
    rewind(rowStarts, rowStarts.length);
    return new LongerRuns(sorted);
  }

  /** How many words there are. */
  get words(): number {
    return this.places.rowStarts.length - 1;
  }

  /**
   * Finds the runs that begin with some words and puts them in the rows.
   * @param levels of two tokens, three, and so on; what is found is added
   * @param minimumCount so many texts must have a run
   */
  async find(
    words: Range,
    levels: readonly RunLevel[],
    minimumCount: number,
    slices: TimeSlices,
  ): Promise<void> {
    const { rows, rowStarts } = this.places;
    const finder = new RunFinder(levels, this.words, minimumCount);
    for (let word = words.start; word < words.end; word += 1) {
      finder.find(rows, rowStarts[word] ?? 0, rowStarts[word + 1] ?? 0, word);
      if (slices.isOver) await slices.next();
    }
  }

  /** Puts ids in place of the runs that begin with some words. @param ids `[levels, runs]` */
  async putIds(words: Range, ids: readonly Int32Array[], slices: TimeSlices): Promise<void> {
    const { rows, rowStarts } = this.places;
    for (let word = words.start; word < words.end; word += 1) {
      putIds(rows, rowStarts[word] ?? 0, rowStarts[word + 1] ?? 0, ids);
      if (slices.isOver) await slices.next();
    }
  }

  /** Ranges of texts, in order, as features, once all ids have been put. */
  async encode(
    texts: readonly Range[],
    options: EncodingOptions,
    slices: TimeSlices,
  ): Promise<readonly EncodedTexts[]> {
    const nextRows = this.places.rowStarts.slice();
    const encoded: EncodedTexts[] = [];
    let reached = 0;
    for (const range of texts) {
      for (; reached < range.start; reached += 1) {
        countRows(this.places, reached, nextRows);
        if (slices.isOver) await slices.next();
      }
      encoded.push(await this.#encode(range, nextRows, options, slices));
      reached = range.end;
    }
    return encoded;
  }

  /** @param nextRows where the next row of each word is; is moved on */
  async #encode(
    texts: Range,
    nextRows: Int32Array,
    options: EncodingOptions,
    slices: TimeSlices,
  ): Promise<EncodedTexts> {
    const { starts, rows } = this.places;
    const most = (rows.fields + 1) * ((starts[texts.end] ?? 0) - (starts[texts.start] ?? 0));
    const writer = new BagWriter(options.features, texts.end - texts.start, most, options.counts);
    let ids = new Int32Array(0);
    for (let text = texts.start; text < texts.end; text += 1) {
      const length = (rows.fields + 1) * ((starts[text + 1] ?? 0) - (starts[text] ?? 0));
      if (length > ids.length) ids = new Int32Array(2 * length);
      // One after the other: where both were mixed, each miss of the processor's cache would be waited for on its own.
      const count = readIds(this.places, text, nextRows, options, ids);
      writer.addAll(ids.subarray(0, count));
      writer.endText();
      if (slices.isOver) await slices.next();
    }
    return writer.finish();
  }
}

/** Counts, of each word, the places of a text where another word follows it. */
function countRows({ words, starts }: Places, text: number, counts: Int32Array): void {
  const end = (starts[text + 1] ?? 0) - 1;
  for (let place = starts[text] ?? 0; place < end; place += 1) {
    const word = words[place] ?? none;
    if (word === none || words[place + 1] === none) continue;
    counts[word] += 1;
  }
}

function sortRows(
  { words, starts, rows: { data, fields }, rowStarts }: SortedPlaces,
  text: number,
  isCounted: boolean,
  lastTexts: Int32Array,
): void {
  const end = (starts[text + 1] ?? 0) - 1;
  for (let place = starts[text] ?? 0; place < end; place += 1) {
    const word = words[place] ?? none;
    const following = words[place + 1] ?? none;
    if (word === none || following === none) continue;
    const row = rowStarts[word] ?? 0;
    rowStarts[word] = row + 1;
    const isSame = lastTexts[word] === text;
    lastTexts[word] = text;
    data[fields * row] = entryOf(following, !isCounted ? uncounted : isSame ? sameText : newText);
    for (let k = 1; k < fields; k += 1) data[fields * row + k] = words[place + 1 + k] ?? none;
  }
}

function putIds({ data, fields }: Rows, start: number, end: number, ids: readonly Int32Array[]): void {
  for (let row = start; row < end; row += 1) {
    for (let k = 0; k < fields; k += 1) {
      const run = numberOf(data[fields * row + k] ?? none);
      data[fields * row + k] = run === none ? none : (ids[k]?.[run] ?? none);
    }
  }
}

/** @param nextRows where the next row of each word is @returns how many ids, or -1 each, it has put in `ids` */
function readIds(
  { words, starts, rows: { data, fields } }: SortedPlaces,
  text: number,
  nextRows: Int32Array,
  { idOfWord, unknown }: EncodingOptions,
  ids: Int32Array,
): number {
  const end = (starts[text + 1] ?? 0) - 1;
  let count = 0;
  for (let place = starts[text] ?? 0; place < end; place += 1) {
    const word = words[place] ?? none;
    const id = word === none ? none : (idOfWord[word] ?? none);
    ids[count++] = id === none ? unknown : id;
    if (word === none || words[place + 1] === none) continue;
    const row = nextRows[word];
    nextRows[word] = row + 1;
    for (let k = 0; k < fields; k += 1) ids[count++] = data[fields * row + k] ?? none;
  }
  return count;
}
