import { availableParallelism } from 'node:os';
import type { TimeSlices } from '../../system/time_slices.js';
import { BagWriter, type EncodedTexts } from '../bag_writer.js';
import { LongerRuns, type EncodingOptions, type Range } from './ngram_corpus.js';
import { placeWords } from './token_sequence.js';
import { none } from './occurrences.js';
import { RunCounts } from './continuation_counts.js';
import { RunLevel } from './ngram_extender.js';
import { selectFeatures, type SelectedFeatures, type SelectionOptions } from './selected_features.js';
import { ThreadedRuns } from './threaded_ngrams.js';
import type { TokenLists } from '../tokens/token_lists.js';

/** Fewer are done before a second thread has started. */
const leastTokensOfThread = 1 << 21;

export interface CounterOptions extends SelectionOptions {
  /** So many texts, the first ones, are counted; in the others the kept runs are only found. */
  readonly counted: number;
  /** So many texts must have a run. */
  readonly minimumCount: number;
  /** Of the longest runs. */
  readonly ngrams: number;
  /** Whether there is a second thread for longer runs; by default where it is faster. */
  readonly isThreaded?: boolean;
}

/**
 * Counts the runs of 1, 2, 3, ... tokens of texts, and encodes the texts with the most frequent ones. To be stopped: it
 * may have a thread of its own.
 */
export class NgramCounter {
  /** The kept runs of 1, 2, 3, ... tokens. */
  readonly #levels: readonly RunLevel[];
  /** `[words]`: the kept run that each word is, or `none`. */
  #runOfWord = new Int32Array(0);
  #longer: ThreadedRuns | undefined;
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
    try {
      await counter.#count();
      return counter;
    } catch (error) {
      await counter.stop();
      throw error;
    }
  }

  /** Id -> tokens joined by blanks. */
  get features(): readonly string[] {
    return this.#features.names;
  }

  async stop(): Promise<void> {
    await this.#longer?.stop();
  }

  async #count(): Promise<void> {
    const { tokens, options, slices } = this;
    await this.#countWords();
    if (options.ngrams > 1) await this.#findLonger();
    if (slices.isOver) await slices.next();
    this.#features = selectFeatures(this.#levels, (word) => tokens.words.word(word), options);
    await this.#longer?.putIds(this.#features.ids.slice(1));
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
    const isWorthIt = availableParallelism() > 1 && tokens.lengthOf(rows) >= leastTokensOfThread;
    const { isThreaded = isWorthIt, counted, ngrams, minimumCount } = options;
    const [level, ...longer] = this.#levels;
    const words = level?.count ?? 0;
    const places = await placeWords(tokens, rows, this.#runOfWord, isThreaded, slices);
    const runs = await LongerRuns.sort(places, { words, counted, ngrams, isShared: isThreaded }, slices);
    this.#longer = new ThreadedRuns(runs, isThreaded, slices);
    await this.#longer.find(longer, minimumCount);
  }

  /**
   * Texts as features.
   * @param texts ranges of them, in order
   * @param counts whether it matters how often a text has a feature
   * @throws the reason of the signal of `slices`
   */
  async encode(texts: readonly Range[], counts: boolean): Promise<readonly EncodedTexts[]> {
    const features = this.features.length;
    const [idOfWord = new Int32Array(0)] = this.#features.ids;
    const options = { features, idOfWord, unknown: this.options.hasUnknown ? 0 : none, counts };
    if (this.#longer !== undefined) return this.#longer.encode(texts, options);
    const encoded: EncodedTexts[] = [];
    for (const range of texts) encoded.push(await this.#encodeWords(range, options));
    return encoded;
  }

  async #encodeWords(
    { start, end }: Range,
    { features, idOfWord, unknown, counts }: EncodingOptions,
  ): Promise<EncodedTexts> {
    const { tokens, rows, slices } = this;
    const most = tokens.lengthOf(rows.subarray(start, end));
    const writer = new BagWriter(features, end - start, most, counts);
    const ids = this.#runOfWord.map((run) => {
      const id = run === none ? none : (idOfWord[run] ?? none);
      return id === none ? unknown : id;
    });
    for (let text = start; text < end; text += 1) {
      writer.addMapped(tokens.list(rows[text] ?? 0), ids);
      writer.endText();
      if (slices.isOver) await slices.next();
    }
    return writer.finish();
  }
}
