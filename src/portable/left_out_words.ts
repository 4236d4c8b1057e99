import type { FeatureFinder } from '../text/feature_finder.js';
import { longestNgram } from '../text/features.js';
import { forEachDifference, neighbourhoods, type NumberedTokens } from '../text/left_out_words.js';
import type { BaseClassifier } from './base_classifier.js';
import { subtractFromRows } from './numbers/differences.js';
import { addRows, scaleAndShift } from './numbers/weighted_rows.js';

/** The numbers of the hidden layer that are computed at once, which takes some milliseconds. */
const numbersAtOnce = 1 << 19;
/** The look for what a token changes takes as long as this number of numbers. */
const numbersOfToken = 128;
/** A text that keeps a smaller share of the squares of its values is computed anew: a difference would be inexact. */
const leastShare = 1e-6;

/** The values of features that a word changes by being left out, less their values in the whole text. */
interface Changes {
  readonly ids: number[];
  readonly differences: number[];
  /** What the text that is left is divided by the square root of, where it is normalised. */
  measure: number;
}

/**
 * Computes what a model says of a text without one of its words, for one word after the other, in time that grows with
 * the length of the text alone: before its activation the first layer is linear, so that what the features of a word
 * add to it can be taken away. Sums are in float64, in which nothing is lost by that.
 */
export class LeftOutWords {
  readonly #classifier: BaseClassifier;
  readonly #finder: FeatureFinder;
  readonly #text: NumberedTokens;
  /** For each word the places of its tokens, ascending. */
  readonly #places: readonly (readonly number[])[];
  /** How often the text has each of its features. */
  readonly #counts = new Map<number, number>();
  /** The first layer for a text without features, `[hidden]`. */
  readonly #bias: Float64Array;
  /** What the features of the text add to that, before their values are normalised, `[hidden]`. */
  readonly #sums: Float64Array;
  /** What the whole text is divided by the square root of, where it is normalised. */
  #measure = 0;
  /** The logits of the whole text, `[classes]`. */
  readonly whole: Float64Array;

  /** @param wordOf the number of the word of each token, counted as they come */
  constructor(classifier: BaseClassifier, tokens: readonly string[], wordOf: Int32Array) {
    const { featurizer } = classifier;
    this.#classifier = classifier;
    this.#finder = featurizer.finder();
    this.#text = { tokens: this.#finder.numbersOf(tokens), wordOf };
    const places: number[][] = [];
    wordOf.forEach((word, place) => (places[word] ??= []).push(place));
    this.#places = places;
    this.#bias = classifier.firstLayer(new Int32Array(0), Int32Array.of(0, 0));
    this.#sums = new Float64Array(this.#bias.length);
    this.#addAll();
    this.whole = this.#logits([{ ids: [], differences: [], measure: this.#measure }]);
  }

  /**
   * Returns the logits of the text without a word, `[classes]`, for some words from `first` on: as many as take some
   * milliseconds.
   */
  without(first: number): Float64Array[] {
    const reach = longestNgram(this.#classifier.featurizer.options) - 1;
    const lists: Int32Array[] = [];
    let tokens = 0;
    for (
      let word = first;
      word < this.#places.length && tokens * (this.#bias.length + numbersOfToken) < numbersAtOnce;
      word += 1
    ) {
      const around = neighbourhoods(this.#text, this.#places[word], reach);
      tokens += around[0].length;
      lists.push(...around);
    }
    const counted = this.#finder.count(lists);
    const texts = Array.from({ length: lists.length / 2 }, (_, k) => {
      const changes: Changes = { ids: [], differences: [], measure: this.#measure };
      forEachDifference(counted, [2 * k, 2 * k + 1], (id, difference) => {
        this.#change(changes, id, difference);
      });
      return changes;
    });
    const { length } = this.whole;
    const logits = this.#logits(texts);
    return texts.map((changes, k) => {
      if (changes.ids.length === 0 && changes.measure === this.#measure) return this.whole;
      return this.#isInexact(changes) ? this.#anew(first + k) : logits.subarray(k * length, (k + 1) * length);
    });
  }

  #isInexact({ measure }: Changes): boolean {
    return this.#classifier.featurizer.options.normalize === true && measure < leastShare * this.#measure;
  }

  #anew(word: number): Float64Array {
    const { tokens, wordOf } = this.#text;
    const { featurizer } = this.#classifier;
    const { counts, ...features } = this.#finder.count([tokens.filter((_, k) => wordOf[k] !== word)]);
    return this.#classifier.logitsOfEncoded({
      ...features,
      counts: featurizer.options.counts === 'counts' ? counts : null,
    });
  }

  #change(changes: Changes, id: number, difference: number): void {
    const count = this.#counts.get(id) ?? 0;
    const [before, after] = [this.#value(id, count), this.#value(id, count + difference)];
    changes.measure += this.#measureOf(after, count + difference) - this.#measureOf(before, count);
    if (before === after) return;
    changes.ids.push(id);
    changes.differences.push(after - before);
  }

  /** Returns what a feature that occurs so often adds to the measure of a text: the square of its value, or 1. */
  #measureOf(value: number, count: number): number {
    if (this.#classifier.featurizer.options.normalize === 'length') return Math.min(count, 1);
    return value * value;
  }

  /** Returns the value of a feature before values are normalised. */
  #value(id: number, count: number): number {
    const { options, weights } = this.#classifier.featurizer;
    const times = options.counts === 'counts' ? count : Math.min(count, 1);
    return times * (weights === null ? 1 : weights[id]);
  }

  /** Adds up the features of the whole text. */
  #addAll(): void {
    const { ids, counts } = this.#finder.count([this.#text.tokens]);
    const atOnce = Math.ceil(numbersAtOnce / (this.#bias.length + numbersOfToken));
    for (let start = 0; start < ids.length; start += atOnce) {
      const some = Int32Array.from(ids.subarray(start, start + atOnce));
      const values = Float64Array.from(some, (id, k) => {
        const count = counts?.[start + k] ?? 1;
        this.#counts.set(id, count);
        const value = this.#value(id, count);
        this.#measure += this.#measureOf(value, count);
        return value;
      });
      addRows(this.#sums, this.#effects(some), values);
    }
  }

  /** Returns the logits of texts by what is different in them, `[texts, classes]`. */
  #logits(texts: readonly Changes[]): Float64Array {
    const { normalize, gain } = this.#classifier.featurizer.options;
    const ids = Int32Array.from(new Set(texts.flatMap((changes) => changes.ids))).sort();
    const rowOf = new Map(Array.from(ids, (id, row) => [id, row]));
    const effects = this.#effects(ids);
    const width = this.#bias.length;
    const hidden = new Float64Array(texts.length * width);
    for (const [k, changes] of texts.entries()) {
      const sums = this.#sums.slice();
      const rows = changes.ids.map((id) => rowOf.get(id) ?? NaN);
      addRows(sums, effects, changes.differences, rows);
      const factor = normalize !== false && changes.measure > 0 ? gain / Math.sqrt(changes.measure) : gain;
      scaleAndShift(hidden.subarray(k * width, (k + 1) * width), sums, factor, this.#bias);
    }
    return this.#classifier.upperLayers(hidden);
  }

  /** Returns what features of value 1 add to the first layer, `[ids, hidden]`. @param ids ascending */
  #effects(ids: Int32Array): Float64Array {
    const offsets = Int32Array.from({ length: ids.length + 1 }, (_, k) => k);
    return subtractFromRows(this.#classifier.firstLayer(ids, offsets), this.#bias);
  }
}
