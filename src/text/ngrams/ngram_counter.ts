import { availableParallelism } from 'node:os';
import type { TimeSlices } from '../../system/time_slices.js';
import { BagWriter, type EncodedTexts } from '../bag_writer.js';
import { CharacterCounter } from '../characters/character_counter.js';
import type { CharacterRange } from '../characters/character_ngrams.js';
import { leastLetterNgrams } from '../features.js';
import type { TokenLists } from '../tokens/token_lists.js';
import { isUnspacedToken } from '../tokens/unicode_tokenizer.js';
import { ContinuationCounts } from './continuation_counts.js';
import { NgramCorpus, type BagOptions, type Range } from './ngram_corpus.js';
import { NgramsOfOrder, type NgramLimits } from './ngram_extender.js';
import { noNgram } from './occurrences.js';
import { selectFeatures, type SelectedFeatures, type SelectionOptions } from './selected_features.js';
import { ThreadedNgrams } from './threaded_ngrams.js';
import { concatenateTokens } from './token_sequence.js';

/** Fewer tokens are done before a second thread has started. */
const leastTokensOfThread = 1 << 21;

export interface CounterOptions extends SelectionOptions {
  /** Number of texts, the first ones, that are counted; in the others the kept n-grams are only found. */
  readonly counted: number;
  /** Number of texts that must have an n-gram. */
  readonly minimumCount: number;
  /** Number of tokens of the longest n-grams; where letters are tokens, those of a few of them are counted in any case. */
  readonly ngrams: number;
  /** The numbers of characters of n-grams inside words that are features as well; by default none are. */
  readonly characters?: CharacterRange | undefined;
  /** Whether a second thread counts n-grams of two and more tokens; by default where that is faster. */
  readonly isThreaded?: boolean;
}

/**
 * Counts the n-grams of texts, and encodes the texts with the most frequent ones. It may own a thread, so it is to be
 * stopped.
 *
 * For the texts "a b a c" and "a b a b", n-grams of up to 3 tokens and a minimum count of 2 texts (`-` is `noNgram`,
 * `'` marks the first occurrence of a text):
 *
 * 1. `ContinuationCounts` counts single tokens. One text alone has c, so a and b are kept, as 0 and 1, with the counts
 *    4 and 3. From here on tokens have these numbers.
 * 2. `concatenateTokens` makes the sequence `0 1 0 - - 0 1 0 1 -`, with the starts `0 5 10`.
 * 3. `NgramCorpus.group` writes for each token that another one follows the next two tokens, grouped by token, with the
 *    group starts `0 3 5`: of a `1' 0`, `1' 0`, `1 -`, of b `0' -`, `0' 1`.
 * 4. `NgramExtender` counts the first column of a group. Behind a there is b in 2 texts, 3 times: "a b" is kept as
 *    bigram 0, with prefix 0, last token 1 and count 3. Its number replaces the column: `0' 0`, `0' 0`, `0 -`.
 * 5. The occurrences of "a b" that another token follows are grouped again, `0'` and `0'`, and counted: "a b a" is kept as
 *    trigram 0, with prefix 0, last token 0 and count 2. Their numbers go back to the second column: the group of a is now
 *    `0' 0'`, `0' 0'`, `0 -`. In the group of b, "b a" is kept as bigram 1, but one text alone has "b a b": `1' -`, `1' -`.
 * 6. `selectFeatures` orders by count: a 4, b 3, "a b" 3, "b a" 2, "a b a" 2 get the ids 0 to 4.
 * 7. `putIds` replaces numbers by ids: `2 4`, `2 4`, `2 -`, `3 -`, `3 -`. `writeBags` walks through the sequence once
 *    more and takes, behind the id of each token, the next row of its group: for "a b a b" the ids 0 2 4, 1 3, 0 2, 1.
 */
export class NgramCounter {
  /** The kept n-grams of 1, 2, 3, ... tokens. */
  readonly #orders: NgramsOfOrder[];
  /** `[tokens]`: the number among the kept ones of each token, or `noNgram`. */
  #keptTokens = new Int32Array(0);
  #longer: ThreadedNgrams | undefined;
  #characters: CharacterCounter | null = null;
  #features: SelectedFeatures = { names: [], ids: [], characterIds: new Int32Array(0) };

  private constructor(
    readonly tokens: TokenLists,
    /** `[texts]` */
    readonly rows: Int32Array,
    readonly options: CounterOptions,
    readonly slices: TimeSlices,
  ) {
    this.#orders = [new NgramsOfOrder()];
  }

  /**
   * Counts n-grams and selects the features.
   * @param rows the texts of `tokens`, in order
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

  /** Id -> tokens joined by blanks, or a tilde and characters. */
  get features(): readonly string[] {
    return this.#features.names;
  }

  async stop(): Promise<void> {
    await this.#longer?.stop();
  }

  async #count(): Promise<void> {
    const { tokens, options, slices } = this;
    await this.#countTokens();
    const letters = this.#findLetters();
    const longest = letters === null ? options.ngrams : Math.max(options.ngrams, leastLetterNgrams);
    while (this.#orders.length < longest) this.#orders.push(new NgramsOfOrder());
    if (longest > 1) await this.#countLonger({ ngrams: options.ngrams, letters });
    if (slices.isOver) await slices.next();
    const characters = this.#characters;
    this.#features = selectFeatures(this.#orders, (token) => tokens.interner.token(token), options, characters);
    characters?.putIds(this.#features.characterIds);
    await this.#longer?.putIds(this.#features.ids.slice(1));
  }

  async #countTokens(): Promise<void> {
    const { tokens, rows, options, slices } = this;
    const { characters: range, counted, minimumCount } = options;
    const [kept] = this.#orders;
    const { size } = tokens.interner;
    const counts = new ContinuationCounts(size);
    for (let text = 0; text < counted; text += 1) {
      counts.addText(tokens.list(rows[text]), text);
      if (slices.isOver) await slices.next();
    }
    counts.select(minimumCount, (token, count) => kept.push(token, token, count));
    if (slices.isOver) await slices.next();
    this.#keptTokens = new Int32Array(size).map((_, token) => counts.ngramOf(token));
    if (range === undefined) return;
    this.#characters = await CharacterCounter.count({ tokens, rows, counted, minimumCount, range }, counts, slices);
  }

  /** `[kept tokens]`: 1 for letters of scripts without blanks between words; null when there are none. */
  #findLetters(): Uint8Array | null {
    const { tokenizer, interner } = this.tokens;
    if (tokenizer !== 'unicode') return null;
    const letters = Uint8Array.from(this.#orders[0].lastToken, (token) => +isUnspacedToken(interner.token(token)));
    return letters.includes(1) ? letters : null;
  }

  async #countLonger(limits: NgramLimits): Promise<void> {
    const { tokens, rows, options, slices } = this;
    const isWorthIt = availableParallelism() > 1 && tokens.lengthOf(rows) >= leastTokensOfThread;
    const { isThreaded = isWorthIt, counted, minimumCount } = options;
    const [kept, ...longer] = this.#orders;
    const sequence = await concatenateTokens(tokens, rows, this.#keptTokens, isThreaded, slices);
    const longest = this.#orders.length;
    const grouping = { tokens: kept.length, counted, longest, limits, isShared: isThreaded };
    const corpus = await NgramCorpus.group(sequence, grouping, slices);
    this.#longer = new ThreadedNgrams(corpus, isThreaded, slices);
    await this.#longer.extend(longer, minimumCount);
  }

  /**
   * Encodes ascending ranges of the texts.
   * @param counts whether it matters how often a text has a feature
   * @throws the reason of the signal of `slices`
   */
  async makeBags(ranges: readonly Range[], counts: boolean): Promise<readonly EncodedTexts[]> {
    const [idOfToken] = this.#features.ids;
    const unknown = this.options.hasUnknown ? 0 : noNgram;
    const options = { features: this.features.length, idOfToken, unknown, counts };
    if (this.#longer !== undefined) return this.#longer.writeBags(ranges, options, this.#characters);
    const encoded: EncodedTexts[] = [];
    for (const range of ranges) encoded.push(await this.#makeBagsOfTokens(range, options));
    return encoded;
  }

  async #makeBagsOfTokens(range: Range, options: BagOptions): Promise<EncodedTexts> {
    const { tokens, rows, slices } = this;
    const { start, end } = range;
    const ofCharacters = (await this.#characters?.lengthOf(range, options.counts, slices)) ?? 0;
    const most = tokens.lengthOf(rows.subarray(start, end)) + ofCharacters;
    const writer = new BagWriter(options.features, end - start, most, options.counts);
    const ids = this.#keptTokens.map((kept) => {
      const id = kept === noNgram ? noNgram : options.idOfToken[kept];
      return id === noNgram ? options.unknown : id;
    });
    for (let text = start; text < end; text += 1) {
      writer.addMapped(tokens.list(rows[text]), ids);
      this.#characters?.add(text, writer);
      writer.endText();
      if (slices.isOver) await slices.next();
    }
    return writer.finish();
  }
}
