import type { TimeSlices } from '../../system/time_slices.js';
import type { BagWriter } from '../bag_writer.js';
import type { ContinuationCounts } from '../ngrams/continuation_counts.js';
import type { Range } from '../ngrams/ngram_corpus.js';
import type { TokenLists } from '../tokens/token_lists.js';
import { CharacterNgrams, characterMark, type CharacterRange } from './character_ngrams.js';
import { WordCharacters } from './word_characters.js';

/** The texts whose characters are counted, and how. */
export interface CharacterCounting {
  readonly tokens: TokenLists;
  /** `[texts]`: the texts of `tokens`, in order. */
  readonly rows: Int32Array;
  /** Number of texts, the first ones, that are counted. */
  readonly counted: number;
  /** Number of counted texts that must have an n-gram. */
  readonly minimumCount: number;
  readonly range: CharacterRange;
}

/** Whether n-grams are kept is known of most of them without looking at the texts. */
const dropped = 0;
const kept = 1;
const undecided = 2;

/**
 * Counts n-grams of characters by distinct words. How often the texts have one follows from how often they have the words
 * that hold it. So does, as a rule, whether enough texts have it: it is kept when one of these words alone is in enough
 * texts, and dropped when they are in too few all together. For what is left, and for rare words only, the texts are
 * looked at.
 */
export class CharacterCounter {
  readonly #words: WordCharacters;
  /** The numbers of the kept n-grams, in the order in which the counted texts first have them. */
  #kept = new Int32Array(0);
  /** How often the counted texts have each kept n-gram. */
  counts = new Int32Array(0);

  private constructor(readonly options: CharacterCounting) {
    this.#words = new WordCharacters(options.tokens.interner, new CharacterNgrams(options.range));
  }

  /**
   * @param words counts of the tokens of the counted texts
   * @throws the reason of the signal of `slices`
   */
  static async count(
    options: CharacterCounting,
    words: ContinuationCounts,
    slices: TimeSlices,
  ): Promise<CharacterCounter> {
    const counter = new CharacterCounter(options);
    const { seen } = words;
    for (const token of seen) {
      counter.#words.of(token);
      if (slices.isOver) await slices.next();
    }
    const { counts, states } = counter.#judge(words);
    if (slices.isOver) await slices.next();
    if (states.includes(undecided)) await counter.#decide(words, states, slices);
    counter.#kept = Int32Array.from(states.keys()).filter((ngram) => states[ngram] === kept);
    counter.counts = counter.#kept.map((ngram) => counts[ngram]);
    return counter;
  }

  /** The name of the feature that a kept n-gram is. */
  nameOf(index: number): string {
    return characterMark + this.#words.ngrams.interner.token(this.#kept[index]);
  }

  /** Gives the kept n-grams ids. @param ids `[kept]`: -1 for those that are no features */
  putIds(ids: Int32Array): void {
    const idOf = new Int32Array(this.#words.ngrams.interner.size).fill(-1);
    this.#kept.forEach((ngram, index) => (idOf[ngram] = ids[index]));
    this.#words.replace(idOf);
  }

  /** How many ids the texts of a range have at most. @param counts whether it matters how often a text has one */
  async lengthOf({ start, end }: Range, counts: boolean, slices: TimeSlices): Promise<number> {
    const { tokens, rows } = this.options;
    let length = 0;
    for (let text = start; text < end; text += 1) {
      length += this.#words.lengthOf(tokens.list(rows[text]), counts);
      if (slices.isOver) await slices.next();
    }
    return length;
  }

  /** Hands the ids of a text to `writer`. */
  add(text: number, writer: BagWriter): void {
    const { tokens, rows } = this.options;
    this.#words.addTo(writer, tokens.list(rows[text]));
  }

  /** Returns how often the counted texts have each n-gram, and what is known of the number of texts that have it. */
  #judge(words: ContinuationCounts): { counts: Int32Array; states: Uint8Array } {
    const { minimumCount } = this.options;
    const { size } = this.#words.ngrams.interner;
    const counts = new Int32Array(size);
    const mostTexts = new Int32Array(size);
    const states = new Uint8Array(size);
    for (const token of words.seen) {
      const count = words.countOf(token);
      const texts = words.textsOf(token);
      for (const ngram of this.#words.of(token)) {
        counts[ngram] += count;
        mostTexts[ngram] += texts;
        if (texts >= minimumCount) states[ngram] = kept;
      }
    }
    for (let ngram = 0; ngram < size; ngram += 1) {
      if (states[ngram] === dropped && mostTexts[ngram] >= minimumCount) states[ngram] = undecided;
    }
    return { counts, states };
  }

  /** Counts the texts that have the undecided n-grams. */
  async #decide(words: ContinuationCounts, states: Uint8Array, slices: TimeSlices): Promise<void> {
    const { tokens, rows, counted, minimumCount } = this.options;
    const isLookedAt = new Uint8Array(tokens.interner.size);
    for (const token of words.seen) {
      isLookedAt[token] = Number(this.#words.of(token).some((ngram) => states[ngram] === undecided));
    }
    const texts = new Int32Array(states.length);
    const lastTexts = new Int32Array(states.length).fill(-1);
    for (let text = 0; text < counted; text += 1) {
      for (const token of tokens.list(rows[text])) {
        if (isLookedAt[token] === 0) continue;
        for (const ngram of this.#words.of(token)) {
          if (lastTexts[ngram] === text) continue;
          lastTexts[ngram] = text;
          texts[ngram] += 1;
        }
      }
      if (slices.isOver) await slices.next();
    }
    states.forEach((state, ngram) => {
      if (state === undecided) states[ngram] = texts[ngram] >= minimumCount ? kept : dropped;
    });
  }
}
