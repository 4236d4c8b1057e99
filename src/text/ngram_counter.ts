import { BagWriter, type EncodedTexts } from './bag_writer.js';
import { RunCounts } from './run_counts.js';
import type { TokenLists } from './token_lists.js';
import { mostFrequent, totalLength, unknownWord } from './vocabulary.js';

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
}

/**
 * Finds the runs of 1, 2, 3, ... tokens that at least `minimumCount` texts have, one length after the other, and
 * where they are. A run can only be that frequent when both runs inside it that are one token shorter are, so all other
 * places are left out. The rest is sorted by the first of the two, so that what is counted at a time fits in the
 * processor's cache; a hash table of all runs would not.
 */
export class NgramCounter {
  readonly #levels: Level[] = [];
  /** `[texts + 1]`: where each text starts among the places; a text has a place for each token, and one for its end. */
  readonly #starts: Int32Array;
  /** `[places]`: the text of each place. */
  #textOfPlace: Int32Array | null = null;

  /** Counts single tokens. @param rows the texts, in order */
  constructor(
    readonly tokens: TokenLists,
    rows: Int32Array,
    readonly options: CounterOptions,
  ) {
    const { ids, offsets } = tokens;
    const places = new Int32Array(totalLength(tokens, rows) + rows.length);
    this.#starts = new Int32Array(rows.length + 1);
    let end = 0;
    rows.forEach((row, text) => {
      const list = ids.subarray(offsets[row], offsets[row + 1]);
      places.set(list, end);
      end += list.length;
      places[end] = none;
      end += 1;
      this.#starts[text + 1] = end;
    });
    this.#countWords(places);
  }

  #countWords(words: Int32Array): void {
    const counts = new RunCounts(this.tokens.words.size);
    for (let text = 0; text < this.options.counted; text += 1) {
      const end = (this.#starts[text + 1] ?? 0) - 1;
      for (let place = this.#starts[text] ?? 0; place < end; place += 1) counts.add(words[place] ?? 0, text);
    }
    const level: Level = { base: 0, left: [], last: [], totals: [], runs: words };
    counts.select(this.options.minimumCount, (word, total) => push(level, word, word, total));
    for (let place = 0; place < words.length; place += 1) {
      const word = words[place] ?? none;
      if (word !== none) words[place] = counts.numberOf(word);
    }
    this.#levels.push(level);
  }

  /** Finds the runs that are one token longer than those that were found last. */
  countLonger(): void {
    const [words] = this.#levels;
    const shorter = this.#levels.at(-1);
    if (words === undefined || shorter === undefined) return;
    const textOfPlace = (this.#textOfPlace ??= this.#findTexts());
    const reach = this.#levels.length;
    const base = shorter.base + shorter.totals.length;
    const runs = new Int32Array(shorter.runs.length).fill(none);
    const level: Level = { base, left: [], last: [], totals: [], runs };
    const counts = new RunCounts(words.totals.length);
    const { counted, minimumCount } = this.options;
    const { places, ends } = placesByRun(shorter);
    for (let index = 0; index < ends.length; index += 1) {
      const start = ends[index - 1] ?? 0;
      const end = ends[index] ?? 0;
      if (end - start < minimumCount) continue;
      for (let i = start; i < end; i += 1) {
        const place = places[i] ?? 0;
        const text = textOfPlace[place] ?? 0;
        if (text < counted) counts.add(words.runs[place + reach] ?? 0, text);
      }
      counts.select(minimumCount, (last, total) => push(level, shorter.base + index, last, total));
      for (let i = start; i < end; i += 1) {
        const place = places[i] ?? 0;
        runs[place] = counts.numberOf(words.runs[place + reach] ?? 0);
      }
      counts.clear();
    }
    this.#levels.push(level);
  }

  /**
   * The most frequent runs as features; of equally frequent ones the shorter first, then that whose run without its last
   * token comes first, then the first to appear.
   * @param vocabularySize at most so many features, `<UNK>` included; null: all
   * @param hasUnknown whether id 0 is `<UNK>`
   */
  features(vocabularySize: number | null, hasUnknown: boolean): CountedFeatures {
    const first = hasUnknown ? 1 : 0;
    const totals = new Int32Array(this.#levels.reduce((sum, level) => sum + level.totals.length, 0));
    for (const level of this.#levels) totals.set(level.totals, level.base);
    const ids = new Int32Array(totals.length).fill(none);
    const order = mostFrequent(totals, (vocabularySize ?? Infinity) - first);
    order.forEach((run, rank) => {
      ids[run] = rank + first;
    });
    const names = new Array<string>(first + order.length).fill(unknownWord);
    this.#levels.forEach(({ base, left, last }, length) => {
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

  /** The texts from `start` to `end` as features. @param counts whether it matters how often a text has one */
  encode(
    features: CountedFeatures,
    { start, end }: { start: number; end: number },
    counts: boolean,
  ): EncodedTexts {
    const places = (this.#starts[end] ?? 0) - (this.#starts[start] ?? 0);
    const most = places * this.#levels.length;
    const writer = new BagWriter(features.names.length, end - start, most, counts);
    for (let text = start; text < end; text += 1) {
      for (const level of this.#levels) this.#addFeatures(level, text, features, writer);
      writer.endText();
    }
    return writer.finish();
  }

  #addFeatures({ base, runs }: Level, text: number, features: CountedFeatures, writer: BagWriter): void {
    const { ids, hasUnknown } = features;
    const end = (this.#starts[text + 1] ?? 0) - 1;
    for (let place = this.#starts[text] ?? 0; place < end; place += 1) {
      const run = runs[place] ?? none;
      const id = run === none ? none : (ids[run] ?? none);
      if (id !== none) writer.add(id);
      else if (hasUnknown && base === 0) writer.add(0);
    }
  }

  #findTexts(): Int32Array {
    const texts = new Int32Array(this.#starts.at(-1) ?? 0);
    for (let text = 1; text + 1 < this.#starts.length; text += 1) {
      texts.fill(text, this.#starts[text], this.#starts[text + 1]);
    }
    return texts;
  }
}

/** Adds a run to a level and returns its number. */
function push({ base, left, last, totals }: Level, itsLeft: number, itsLast: number, total: number): number {
  left.push(itsLeft);
  last.push(itsLast);
  totals.push(total);
  return base + totals.length - 1;
}

/** The places where one run of a level follows another, sorted by the first of them; where those of each run end. */
function placesByRun({ base, totals, runs }: Level): { places: Int32Array; ends: Int32Array } {
  const ends = new Int32Array(totals.length);
  let count = 0;
  for (let place = 0; place + 1 < runs.length; place += 1) {
    if (runs[place] === none || runs[place + 1] === none) continue;
    const index = (runs[place] ?? 0) - base;
    ends[index] = (ends[index] ?? 0) + 1;
    count += 1;
  }
  let end = 0;
  for (let index = 0; index < ends.length; index += 1) {
    // At first where the places of a run start; putting each where it belongs moves that to their end.
    const start = end;
    end += ends[index] ?? 0;
    ends[index] = start;
  }
  const places = new Int32Array(count);
  for (let place = 0; place + 1 < runs.length; place += 1) {
    if (runs[place] === none || runs[place + 1] === none) continue;
    const index = (runs[place] ?? 0) - base;
    const at = ends[index] ?? 0;
    places[at] = place;
    ends[index] = at + 1;
  }
  return { places, ends };
}
