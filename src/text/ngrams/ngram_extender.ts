import { ContinuationCounts } from './continuation_counts.js';
import { exclusivePrefixSum, restoreStarts } from './counting_sort.js';
import { markOf, newText, noNgram, numberOf, pack, sameText, uncounted, type Occurrences } from './occurrences.js';

/** The kept n-grams with the same number of tokens, numbered in the order in which they are found. */
export class NgramsOfOrder {
  /** The number of each n-gram's first n - 1 tokens among the n-grams of that order; a single token's own number. */
  readonly prefix: number[] = [];
  /** The number of the last token of each. */
  readonly lastToken: number[] = [];
  /** How often each occurs in the counted texts. */
  readonly counts: number[] = [];

  get length(): number {
    return this.counts.length;
  }

  /** Adds an n-gram and returns its number. */
  push(prefix: number, lastToken: number, count: number): number {
    this.prefix.push(prefix);
    this.lastToken.push(lastToken);
    return this.counts.push(count) - 1;
  }

  /** Adds n-grams whose prefixes are numbered from `firstPrefix` on. */
  append({ prefix, lastToken, counts }: NgramArrays, firstPrefix: number): void {
    counts.forEach((count, k) => this.push(firstPrefix + prefix[k], lastToken[k], count));
  }
}

/** The fields of `NgramsOfOrder` as typed arrays. */
export type NgramArrays = Readonly<Record<'prefix' | 'lastToken' | 'counts', Int32Array>>;

/** Which n-grams are looked for. */
export interface NgramLimits {
  /** Number of tokens of the longest n-grams. */
  readonly ngrams: number;
  /** `[tokens]`: 1 for letters of scripts without blanks between words, of which n-grams may be longer; null: none is. */
  readonly letters: Uint8Array | null;
}

/** N-grams of one order that were found for the same prefix: `length` numbers from `first` on. */
interface Siblings {
  readonly order: number;
  readonly first: number;
  readonly length: number;
  /** Whether their common tokens are letters only. */
  readonly ofLetters: boolean;
}

/** Memory for the occurrences of siblings, grouped by n-gram. */
interface Groups {
  occurrences: Occurrences;
  /** `[siblings + 1]`: where the occurrences of each start. */
  readonly starts: Int32Array;
  /**
   * `[siblings]`: the text of the last occurrence of each. Before its first one it is that of other siblings, which does
   * not matter: only where the text changes is looked at.
   */
  readonly lastTexts: Int32Array;
}

/**
 * Finds the n-grams that begin with a given one, depth first. The occurrences of an n-gram are counted by the token
 * that follows, then grouped by it, and each group is treated in the same way. So what is counted at a time lies together
 * and mostly fits in the processor's cache, which neither a hash table of all n-grams nor the texts would.
 */
export class NgramExtender {
  readonly #counts: ContinuationCounts;
  /** One for each order: it is in use while those of lower orders are. */
  readonly #groups: Groups[] = [];

  /**
   * @param orders takes the n-grams that are found: element 0 those that are one token longer than the given ones
   * @param tokens number of different tokens
   * @param minimumCount number of texts that must have an n-gram
   */
  constructor(
    readonly orders: readonly NgramsOfOrder[],
    readonly tokens: number,
    readonly minimumCount: number,
    readonly limits: NgramLimits,
  ) {
    this.#counts = new ContinuationCounts(tokens);
  }

  /**
   * Finds the n-grams that begin with `prefix`, and replaces in its occurrences, those from `start` to `end`, the tokens
   * that follow by the n-grams that they complete.
   * @param ofLetters whether the prefix is of letters only
   */
  extend(
    occurrences: Occurrences,
    start: number,
    end: number,
    prefix: number,
    ofLetters = this.#isLetter(prefix),
    order = 0,
  ): void {
    const { data, width } = occurrences;
    const found = this.orders[order];
    const first = found.length;
    const isWithin = order + 2 <= this.limits.ngrams;
    if (end - start >= this.minimumCount && (isWithin || ofLetters)) {
      this.#counts.addOccurrences(occurrences, start, end);
      this.#counts.select(this.minimumCount, (last, count) =>
        isWithin || this.#isLetter(last) ? found.push(prefix, last, count) : noNgram,
      );
    }
    const length = found.length - first;
    if (length === 0) data.fill(noNgram, width * start, width * end);
    else this.#counts.replaceTokens(occurrences, start, end);
    this.#counts.clear();
    if (length > 0 && width > 1) this.#extendAll({ order, first, length, ofLetters }, occurrences, start, end);
  }

  #isLetter(token: number): boolean {
    const { letters } = this.limits;
    return letters !== null && letters[token] !== 0;
  }

  /** Extends n-grams that the occurrences from `start` to `end` begin with. */
  #extendAll(ngrams: Siblings, occurrences: Occurrences, start: number, end: number): void {
    const groups = this.#groupsOf(ngrams.order, end - start, occurrences.width - 1);
    const { starts } = groups;
    const buckets = ngrams.length + 1;
    countFollowed(occurrences, start, end, ngrams.first, starts.fill(0, 0, buckets));
    exclusivePrefixSum(starts, buckets);
    groupFollowed(occurrences, start, end, ngrams.first, groups);
    restoreStarts(starts, buckets);
    for (let k = 0; k < ngrams.length; k += 1) {
      const ngram = ngrams.first + k;
      const ofLetters = ngrams.ofLetters && this.#isLetter(this.orders[ngrams.order].lastToken[ngram]);
      this.extend(groups.occurrences, starts[k], starts[k + 1], ngram, ofLetters, ngrams.order + 1);
    }
    takeLonger(occurrences, start, end, ngrams.first, groups);
  }

  #groupsOf(order: number, length: number, width: number): Groups {
    const groups = (this.#groups[order] ??= {
      occurrences: { data: new Int32Array(0), width },
      starts: new Int32Array(this.tokens + 1),
      lastTexts: new Int32Array(this.tokens),
    });
    if (groups.occurrences.data.length < length * width) {
      groups.occurrences = { data: new Int32Array(2 * length * width), width };
    }
    return groups;
  }
}

/** Counts the occurrences of each n-gram behind which another token follows. */
function countFollowed(
  { data, width }: Occurrences,
  start: number,
  end: number,
  first: number,
  counts: Int32Array,
): void {
  for (let i = width * start; i < width * end; i += width) {
    const ngram = numberOf(data[i]);
    if (ngram !== noNgram && data[i + 1] !== noNgram) counts[ngram - first] += 1;
  }
}

/** Copies the occurrences that `countFollowed` counts to the groups of their n-grams. */
function groupFollowed(
  { data, width }: Occurrences,
  start: number,
  end: number,
  first: number,
  { occurrences: grouped, starts, lastTexts }: Groups,
): void {
  let text = 0;
  for (let i = width * start; i < width * end; i += width) {
    const mark = markOf(data[i]);
    if (mark === newText) text += 1;
    const ngram = numberOf(data[i]);
    const token = data[i + 1];
    if (ngram === noNgram || token === noNgram) continue;
    const at = grouped.width * starts[ngram - first]++;
    const isSame = lastTexts[ngram - first] === text;
    lastTexts[ngram - first] = text;
    grouped.data[at] = pack(token, mark === uncounted ? uncounted : isSame ? sameText : newText);
    for (let k = 1; k < grouped.width; k += 1) grouped.data[at + k] = data[i + 1 + k];
  }
}

/** Takes the longer n-grams that were found for each occurrence back from its group. */
function takeLonger(
  { data, width }: Occurrences,
  start: number,
  end: number,
  first: number,
  { occurrences: grouped, starts }: Groups,
): void {
  for (let i = width * start; i < width * end; i += width) {
    const ngram = numberOf(data[i]);
    if (ngram === noNgram || data[i + 1] === noNgram) {
      for (let k = 1; k < width; k += 1) data[i + k] = noNgram;
      continue;
    }
    const at = grouped.width * starts[ngram - first]++;
    for (let k = 0; k < grouped.width; k += 1) data[i + 1 + k] = grouped.data[at + k];
  }
}
