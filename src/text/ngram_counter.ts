import type { TimeSlices } from '../system/time_slices.js';
import { BagWriter, type EncodedTexts } from './bag_writer.js';
import { placesByRun } from './places_by_run.js';
import { RunCounts } from './run_counts.js';
import type { TokenLists } from './token_lists.js';
import { mostFrequent, unknownWord } from './vocabulary.js';

/** At a place where no run of tokens starts that is kept, or where a text ends. */
const none = -1;

/** The kept runs of one length. Runs are numbered through all lengths. */
interface Level {
  /** How many runs the shorter lengths have. */
  readonly base: number;
  /** Of each run the one without its last token; of a single token its word number. */
  readonly left: number[];
  /** Of each run its last token, as a run of its own; of a single token its word number. */
  readonly last: number[];
  /** How often each run occurs. */
  readonly totals: number[];
}

/** Where the kept runs of one length are. */
interface Found {
  readonly level: Level;
  /** `[places]`: the run that starts at each place, or `none`. */
  readonly runs: Int32Array;
}

export interface CountedFeatures {
  /** Id -> tokens joined by blanks. */
  readonly names: readonly string[];
  /** `[runs]`: the id of each kept run, or -1. */
  readonly ids: Int32Array;
  readonly hasUnknown: boolean;
}

export interface CounterOptions {
  /** So many texts, the first ones, are counted; in the others the kept runs are only found. */
  readonly counted: number;
  readonly minimumCount: number;
  /** Of the longest runs. */
  readonly ngrams: number;
}

/**
 * Finds the runs of 1, 2, 3, ... tokens that at least `minimumCount` texts have, one length after the other, and
 * where they are. A run can only be that frequent when both runs inside it that are one token shorter are, so all other
 * places are left out. The rest is sorted by the first of the two, so that what is counted at a time fits in the
 * processor's cache; a hash table of all runs would not.
 */
export class NgramCounter {
  readonly #words: Level = { base: 0, left: [], last: [], totals: [] };
  /** `[words]`: the run that each word is, or `none`. */
  #runOfWord = new Int32Array(0);
  /** Where the longer runs are. */
  readonly #longer: Found[] = [];

  private constructor(
    readonly tokens: TokenLists,
    /** `[texts]` */
    readonly rows: Int32Array,
    readonly options: CounterOptions,
    readonly slices: TimeSlices,
  ) {}

  /**
   * Finds the runs of all lengths.
   * @param rows the texts, in order
   * @throws the reason of the signal of `slices`
   */
  static async count(
    tokens: TokenLists,
    rows: Int32Array,
    options: CounterOptions,
    slices: TimeSlices,
  ): Promise<NgramCounter> {
    const counter = new NgramCounter(tokens, rows, options, slices);
    await counter.#countWords();
    if (options.ngrams > 1) await counter.#countLonger();
    return counter;
  }

  async #countWords(): Promise<void> {
    const { tokens, rows, options, slices } = this;
    const counts = new RunCounts(tokens.words.size);
    for (let text = 0; text < options.counted; text += 1) {
      countWords(tokens.list(rows[text] ?? 0), text, counts);
      if (slices.isOver) await slices.next();
    }
    counts.select(options.minimumCount, (word, total) => push(this.#words, word, word, total));
    if (slices.isOver) await slices.next();
    this.#runOfWord = new Int32Array(tokens.words.size).map((_, word) => counts.numberOf(word));
  }

  async #countLonger(): Promise<void> {
    const places = await this.#placeWords();
    let shorter: Found = { level: this.#words, runs: places.words };
    for (let length = 2; length <= this.options.ngrams; length += 1) {
      shorter = await this.#findLonger(shorter, places, length);
      this.#longer.push(shorter);
    }
  }

  /** A place for each token, and one for the end of each text. */
  async #placeWords(): Promise<Places> {
    const { tokens, rows, slices } = this;
    const length = tokens.lengthOf(rows) + rows.length;
    const places = { words: new Int32Array(length), texts: new Int32Array(length) };
    let end = 0;
    for (let text = 0; text < rows.length; text += 1) {
      const start = end;
      for (const word of tokens.list(rows[text] ?? 0)) places.words[end++] = this.#runOfWord[word] ?? none;
      places.words[end++] = none;
      places.texts.fill(text, start, end);
      if (slices.isOver) await slices.next();
    }
    return places;
  }

  /** Finds the runs that are one token longer than `shorter`. */
  async #findLonger(shorter: Found, { words, texts }: Places, length: number): Promise<Found> {
    const { slices } = this;
    const base = shorter.level.base + shorter.level.totals.length;
    const runs = new Int32Array(words.length).fill(none);
    const level: Level = { base, left: [], last: [], totals: [] };
    const counts = new RunCounts(this.#words.totals.length);
    const { counted, minimumCount } = this.options;
    const numbered = { runs: shorter.runs, base: shorter.level.base, count: shorter.level.totals.length };
    const { places, ends } = await placesByRun(numbered, slices);
    const reach = length - 1;
    for (let index = 0; index < ends.length; index += 1) {
      const start = ends[index - 1] ?? 0;
      const end = ends[index] ?? 0;
      if (end - start < minimumCount) continue;
      for (let i = start; i < end; i += 1) {
        const place = places[i] ?? 0;
        const text = texts[place] ?? 0;
        if (text < counted) counts.add(words[place + reach] ?? 0, text);
      }
      counts.select(minimumCount, (last, total) => push(level, shorter.level.base + index, last, total));
      for (let i = start; i < end; i += 1) {
        const place = places[i] ?? 0;
        runs[place] = counts.numberOf(words[place + reach] ?? 0);
      }
      counts.clear();
      if (slices.isOver) await slices.next();
    }
    return { level, runs };
  }

  /**
   * The most frequent runs as features; of equally frequent ones the shorter first, then that whose run without its last
   * token comes first, then the first to appear.
   * @param vocabularySize at most so many features, `<UNK>` included; null: all
   * @param hasUnknown whether id 0 is `<UNK>`
   */
  features(vocabularySize: number | null, hasUnknown: boolean): CountedFeatures {
    const first = hasUnknown ? 1 : 0;
    const levels = [this.#words, ...this.#longer.map(({ level }) => level)];
    const totals = new Int32Array(levels.reduce((sum, level) => sum + level.totals.length, 0));
    for (const level of levels) totals.set(level.totals, level.base);
    const ids = new Int32Array(totals.length).fill(none);
    const order = mostFrequent(totals, (vocabularySize ?? Infinity) - first);
    order.forEach((run, rank) => {
      ids[run] = rank + first;
    });
    const names = new Array<string>(first + order.length).fill(unknownWord);
    levels.forEach(({ base, left, last }, length) => {
      for (let k = 0; k < left.length; k += 1) {
        const id = ids[base + k] ?? none;
        if (id === none) continue;
        // A run is never more frequent than one inside it, so whatever is inside a feature is a feature.
        names[id] =
          length === 0
            ? this.tokens.words.word(last[k] ?? 0)
            : `${names[ids[left[k] ?? 0] ?? none] ?? ''} ${names[ids[last[k] ?? 0] ?? none] ?? ''}`;
      }
    });
    return { names, ids, hasUnknown };
  }

  /**
   * The texts from `start` to `end` as features.
   * @param counts whether it matters how often a text has one
   * @throws the reason of the signal of `slices`
   */
  async encode(
    features: CountedFeatures,
    { start, end }: { start: number; end: number },
    counts: boolean,
  ): Promise<EncodedTexts> {
    const { tokens, rows, slices } = this;
    const length = tokens.lengthOf(rows.subarray(start, end));
    const most = length * (1 + this.#longer.length);
    const writer = new BagWriter(features.names.length, end - start, most, counts);
    const unknown = features.hasUnknown ? 0 : none;
    const idOfWord = this.#runOfWord.map((run) => {
      const id = run === none ? none : (features.ids[run] ?? none);
      return id === none ? unknown : id;
    });
    let place = this.#longer.length === 0 ? 0 : tokens.lengthOf(rows.subarray(0, start)) + start;
    for (let text = start; text < end; text += 1) {
      const words = tokens.list(rows[text] ?? 0);
      addWords(words, idOfWord, writer);
      for (const { runs } of this.#longer) addRuns(runs, place, words.length, features.ids, writer);
      writer.endText();
      place += words.length + 1;
      if (slices.isOver) await slices.next();
    }
    return writer.finish();
  }
}

/** `[places]`: the kept word at each place, or `none`, and its text. */
interface Places {
  readonly words: Int32Array;
  readonly texts: Int32Array;
}

function countWords(words: Int32Array, text: number, counts: RunCounts): void {
  for (const word of words) counts.add(word, text);
}

function addWords(words: Int32Array, idOfWord: Int32Array, writer: BagWriter): void {
  for (const word of words) {
    const id = idOfWord[word] ?? none;
    if (id !== none) writer.add(id);
  }
}

/** Adds the features among the runs that start at the `count` places from `start`. */
function addRuns(runs: Int32Array, start: number, count: number, ids: Int32Array, writer: BagWriter): void {
  for (let place = start; place < start + count; place += 1) {
    const run = runs[place] ?? none;
    const id = run === none ? none : (ids[run] ?? none);
    if (id !== none) writer.add(id);
  }
}

/** Adds a run to a level and returns its number. */
function push({ base, left, last, totals }: Level, itsLeft: number, itsLast: number, total: number): number {
  left.push(itsLeft);
  last.push(itsLast);
  totals.push(total);
  return base + totals.length - 1;
}
