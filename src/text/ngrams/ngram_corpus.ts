import type { TimeSlices } from '../../system/time_slices.js';
import { BagWriter, type EncodedTexts } from '../bag_writer.js';
import { exclusivePrefixSum, restoreStarts } from './counting_sort.js';
import { NgramExtender, type NgramLimits, type NgramsOfOrder } from './ngram_extender.js';
import { newText, noNgram, numberOf, pack, sameText, uncounted, type Occurrences } from './occurrences.js';
import { makeNumbers, type TokenSequence } from './token_sequence.js';

/** The indices from `start` to before `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A sequence and the occurrences of its tokens behind which another one follows, grouped by token. */
export interface GroupedTokens extends TokenSequence {
  readonly occurrences: Occurrences;
  /** `[different tokens + 1]`: where the occurrences of each token start. */
  readonly occurrenceStarts: Int32Array;
  readonly limits: NgramLimits;
}

interface GroupOptions {
  /** Number of different tokens. */
  readonly tokens: number;
  /** Number of texts, the first ones, that are counted; in the others the kept n-grams are only found. */
  readonly counted: number;
  /** Number of tokens of the longest n-grams, those of letters included. */
  readonly longest: number;
  readonly limits: NgramLimits;
  /** Whether other threads are to see the arrays. */
  readonly isShared: boolean;
}

export interface BagOptions {
  /** Number of features. */
  readonly features: number;
  /** `[different tokens]`: the id of each token, or `noNgram`. */
  readonly idOfToken: Int32Array;
  /** The id of all other tokens, or `noNgram`. */
  readonly unknown: number;
  /** Whether it matters how often a text has a feature. */
  readonly counts: boolean;
}

/** Features of texts beside the n-grams. */
export interface OtherFeatures {
  /** How many ids the texts of a range have at most. @param counts whether it matters how often a text has one */
  lengthOf(range: Range, counts: boolean, slices: TimeSlices): Promise<number>;
  /** Hands the ids of a text to `writer`. */
  add(text: number, writer: BagWriter): void;
}

/**
 * Texts in which n-grams of two and more tokens are counted. A method touches only the occurrences of the tokens, or the
 * texts, that it is given, so that threads can share the arrays; it throws the reason of the signal of its `slices`.
 */
export class NgramCorpus {
  constructor(readonly arrays: GroupedTokens) {}

  /** Groups the occurrences of the tokens of `sequence`. */
  static async group(
    sequence: TokenSequence,
    { tokens, counted, longest, limits, isShared }: GroupOptions,
    slices: TimeSlices,
  ): Promise<NgramCorpus> {
    const texts = sequence.starts.length - 1;
    const occurrenceStarts = makeNumbers(tokens + 1, isShared);
    for (let text = 0; text < texts; text += 1) {
      countFollowedTokens(sequence, text, occurrenceStarts);
      if (slices.isOver) await slices.next();
    }
    exclusivePrefixSum(occurrenceStarts, tokens + 1);
    const width = longest - 1;
    const data = makeNumbers(width * occurrenceStarts[tokens], isShared);
    const arrays = { ...sequence, occurrences: { data, width }, occurrenceStarts, limits };
    const lastTexts = new Int32Array(tokens).fill(-1);
    for (let text = 0; text < texts; text += 1) {
      groupFollowedTokens(arrays, text, text < counted, lastTexts);
      if (slices.isOver) await slices.next();
    }
    restoreStarts(occurrenceStarts, tokens + 1);
    return new NgramCorpus(arrays);
  }

  /** The number of different tokens. */
  get tokens(): number {
    return this.arrays.occurrenceStarts.length - 1;
  }

  /**
   * Finds the n-grams that begin with the tokens of a range, and puts their numbers in the occurrences.
   * @param orders takes the n-grams of two, three, ... tokens
   * @param minimumCount number of texts that must have an n-gram
   */
  async extend(
    tokens: Range,
    orders: readonly NgramsOfOrder[],
    minimumCount: number,
    slices: TimeSlices,
  ): Promise<void> {
    const { occurrences, occurrenceStarts, limits } = this.arrays;
    const extender = new NgramExtender(orders, this.tokens, minimumCount, limits);
    for (let token = tokens.start; token < tokens.end; token += 1) {
      extender.extend(occurrences, occurrenceStarts[token], occurrenceStarts[token + 1], token);
      if (slices.isOver) await slices.next();
    }
  }

  /**
   * Replaces the numbers of the n-grams that begin with the tokens of a range by ids.
   * @param ids of the n-grams of two, three, ... tokens
   */
  async putIds(tokens: Range, ids: readonly Int32Array[], slices: TimeSlices): Promise<void> {
    const { occurrences, occurrenceStarts } = this.arrays;
    for (let token = tokens.start; token < tokens.end; token += 1) {
      putIds(occurrences, occurrenceStarts[token], occurrenceStarts[token + 1], ids);
      if (slices.isOver) await slices.next();
    }
  }

  /** Encodes ascending ranges of texts, once `putIds` has gone through all tokens. */
  async writeBags(
    ranges: readonly Range[],
    options: BagOptions,
    slices: TimeSlices,
    others: OtherFeatures | null = null,
  ): Promise<readonly EncodedTexts[]> {
    const next = this.arrays.occurrenceStarts.slice();
    const encoded: EncodedTexts[] = [];
    let reached = 0;
    for (const range of ranges) {
      for (; reached < range.start; reached += 1) {
        countFollowedTokens(this.arrays, reached, next);
        if (slices.isOver) await slices.next();
      }
      encoded.push(await this.#writeBags(range, next, options, slices, others));
      reached = range.end;
    }
    return encoded;
  }

  /** @param next where the next occurrence of each token is; is moved on */
  async #writeBags(
    range: Range,
    next: Int32Array,
    options: BagOptions,
    slices: TimeSlices,
    others: OtherFeatures | null,
  ): Promise<EncodedTexts> {
    const { start, end } = range;
    const { starts, occurrences } = this.arrays;
    const orders = occurrences.width + 1;
    const ofOthers = (await others?.lengthOf(range, options.counts, slices)) ?? 0;
    const mostOfAll = orders * (starts[end] - starts[start]) + ofOthers;
    const writer = new BagWriter(options.features, end - start, mostOfAll, options.counts);
    let ids = new Int32Array(0);
    for (let text = start; text < end; text += 1) {
      const most = orders * (starts[text + 1] - starts[text]);
      if (most > ids.length) ids = new Int32Array(2 * most);
      // First reading, then writing: mixed, each miss of the processor's cache would be waited for on its own.
      const count = readIds(this.arrays, text, next, options, ids);
      writer.addAll(ids.subarray(0, count));
      others?.add(text, writer);
      writer.endText();
      if (slices.isOver) await slices.next();
    }
    return writer.finish();
  }
}

/** Counts the occurrences of each token in a text behind which another one follows. */
function countFollowedTokens({ tokens, starts }: TokenSequence, text: number, counts: Int32Array): void {
  const end = starts[text + 1] - 1;
  for (let i = starts[text]; i < end; i += 1) {
    if (tokens[i] !== noNgram && tokens[i + 1] !== noNgram) counts[tokens[i]] += 1;
  }
}

/** Writes the occurrences that `countFollowedTokens` counts to the groups of their tokens. */
function groupFollowedTokens(
  { tokens, starts, occurrences: { data, width }, occurrenceStarts }: GroupedTokens,
  text: number,
  isCounted: boolean,
  lastTexts: Int32Array,
): void {
  const end = starts[text + 1] - 1;
  for (let i = starts[text]; i < end; i += 1) {
    const token = tokens[i];
    if (token === noNgram || tokens[i + 1] === noNgram) continue;
    const at = width * occurrenceStarts[token]++;
    const isSame = lastTexts[token] === text;
    lastTexts[token] = text;
    data[at] = pack(tokens[i + 1], !isCounted ? uncounted : isSame ? sameText : newText);
    // What would follow `noNgram` is not looked at.
    for (let k = 1; k < width && tokens[i + k] !== noNgram; k += 1) data[at + k] = tokens[i + 1 + k];
  }
}

function putIds({ data, width }: Occurrences, start: number, end: number, ids: readonly Int32Array[]): void {
  for (let row = width * start; row < width * end; row += width) {
    for (let k = 0; k < width; k += 1) {
      const ngram = numberOf(data[row + k]);
      data[row + k] = ngram === noNgram ? noNgram : ids[k][ngram];
    }
  }
}

/** Writes the ids of a text, and `noNgram` for what has none, to `ids` and returns how many they are. */
function readIds(
  { tokens, starts, occurrences: { data, width } }: GroupedTokens,
  text: number,
  next: Int32Array,
  { idOfToken, unknown }: BagOptions,
  ids: Int32Array,
): number {
  const end = starts[text + 1] - 1;
  let count = 0;
  for (let i = starts[text]; i < end; i += 1) {
    const token = tokens[i];
    const id = token === noNgram ? noNgram : idOfToken[token];
    ids[count++] = id === noNgram ? unknown : id;
    if (token === noNgram || tokens[i + 1] === noNgram) continue;
    const row = width * next[token]++;
    for (let k = 0; k < width; k += 1) ids[count++] = data[row + k];
  }
  return count;
}
