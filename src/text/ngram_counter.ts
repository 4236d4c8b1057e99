import type { TimeSlices } from '../system/time_slices.js';
import { BagWriter, type EncodedTexts } from './bag_writer.js';
import { LongerRuns, type FinderOptions } from './longer_runs.js';
import { Places } from './places.js';
import { none } from './rows.js';
import { RunCounts } from './run_counts.js';
import { RunLevel } from './run_finder.js';
import { selectFeatures, type SelectedFeatures, type SelectionOptions } from './selected_features.js';
import type { TokenLists } from './token_lists.js';

export interface CounterOptions extends FinderOptions, SelectionOptions {
  /** Of the longest runs. */
  readonly ngrams: number;
}

/** Counts the runs of 1, 2, 3, ... tokens of texts, and encodes the texts with the most frequent ones. */
export class NgramCounter {
  /** The kept runs of 1, 2, 3, ... tokens. */
  readonly #levels: readonly RunLevel[];
  /** `[words]`: the kept run that each word is, or `none`. */
  #runOfWord = new Int32Array(0);
  #longer: LongerRuns | undefined;
  #features: SelectedFeatures = { names: [], ids: [] };

  private constructor(
    readonly tokens: TokenLists,
    /** `[texts]` */
    readonly rows: Int32Array,
    readonly options: CounterOptions,
    readonly slices: TimeSlices,
  ) {
    this.#levels = Array.from({ length: options.ngrams }, () => new RunLevel());
  }

  /**
   * Finds the runs of all lengths and selects the features.
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
    if (options.ngrams > 1) await counter.#findLonger();
    if (slices.isOver) await slices.next();
    counter.#features = selectFeatures(counter.#levels, (word) => tokens.words.word(word), options);
    await counter.#longer?.putIds(counter.#features.ids.slice(1), slices);
    return counter;
  }

  /** Id -> tokens joined by blanks. */
  get features(): readonly string[] {
    return this.#features.names;
  }

  async #countWords(): Promise<void> {
    const { tokens, rows, options, slices } = this;
    const [level] = this.#levels;
    const counts = new RunCounts(tokens.words.size);
    for (let text = 0; text < options.counted; text += 1) {
      counts.addText(tokens.list(rows[text] ?? 0), text);
      if (slices.isOver) await slices.next();
    }
    counts.select(options.minimumCount, (word, total) => level?.push(word, word, total) ?? none);
    if (slices.isOver) await slices.next();
    this.#runOfWord = new Int32Array(tokens.words.size).map((_, word) => counts.numberOf(word));
  }

  async #findLonger(): Promise<void> {
    const { tokens, rows, options, slices } = this;
    const [words, ...longer] = this.#levels;
    const places = await Places.of(tokens, rows, this.#runOfWord, slices);
    this.#longer = await LongerRuns.find(places, words?.count ?? 0, longer, options, slices);
  }

  /**
   * The texts from `start` to `end` as features.
   * @param counts whether it matters how often a text has one
   * @throws the reason of the signal of `slices`
   */
  async encode({ start, end }: { start: number; end: number }, counts: boolean): Promise<EncodedTexts> {
    const { tokens, rows, slices } = this;
    const most = tokens.lengthOf(rows.subarray(start, end)) * this.options.ngrams;
    const writer = new BagWriter(this.features.length, end - start, most, counts);
    const unknown = this.options.hasUnknown ? 0 : none;
    const [idOfRun] = this.#features.ids;
    const idOfWord = this.#runOfWord.map((run) => {
      const id = run === none ? none : (idOfRun?.[run] ?? none);
      return id === none ? unknown : id;
    });
    const addLonger = this.#longer?.reader(start, writer);
    for (let text = start; text < end; text += 1) {
      const words = tokens.list(rows[text] ?? 0);
      // The list is made anew for each text.
      for (let i = 0; i < words.length; i += 1) words[i] = idOfWord[words[i] ?? 0] ?? none;
      writer.addAll(words);
      addLonger?.();
      writer.endText();
      if (slices.isOver) await slices.next();
    }
    return writer.finish();
  }
}
