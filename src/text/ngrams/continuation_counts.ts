import { markOf, newText, noNgram, numberOf, pack, uncounted, type Occurrences } from './occurrences.js';

/** The fields kept of each last token: the n-gram's number, the last text with it, its number of texts and its count. */
const [ngram, lastText, texts, count] = [0, 1, 2, 3];
const fields = 4;

/**
 * Counts the n-grams that share all tokens but the last one, by their last token. The table has one row per token,
 * however many n-grams there are, so it mostly fits in the processor's cache.
 */
export class ContinuationCounts {
  readonly #data: Int32Array;
  /** The last tokens that were counted, in the order in which each first came. */
  readonly #seen: Int32Array;
  #size = 0;

  /** @param tokens number of different tokens */
  constructor(tokens: number) {
    this.#data = new Int32Array(fields * tokens);
    for (let i = ngram; i < this.#data.length; i += fields) this.#data[i] = noNgram;
    this.#seen = new Int32Array(tokens);
  }

  /** Counts the tokens of a text. */
  addText(tokens: Int32Array, text: number): void {
    for (const token of tokens) this.#add(token, text);
  }

  /** Counts the first following token of the occurrences from `start` to `end`. */
  addOccurrences({ data, width }: Occurrences, start: number, end: number): void {
    let text = 0;
    for (let i = width * start; i < width * end; i += width) {
      const mark = markOf(data[i]);
      if (mark === uncounted) return;
      if (mark === newText) text += 1;
      this.#add(numberOf(data[i]), text);
    }
  }

  /** Replaces the first following token of the occurrences from `start` to `end` by the n-gram that it completes. */
  replaceTokens({ data, width }: Occurrences, start: number, end: number): void {
    for (let i = width * start; i < width * end; i += width) {
      data[i] = pack(this.ngramOf(numberOf(data[i])), markOf(data[i]));
    }
  }

  #add(token: number, text: number): void {
    const data = this.#data;
    const at = fields * token;
    const before = data[at + texts];
    if (before === 0) this.#seen[this.#size++] = token;
    if (before === 0 || data[at + lastText] !== text) {
      data[at + lastText] = text;
      data[at + texts] = before + 1;
    }
    data[at + count] += 1;
  }

  /** Numbers the n-grams that at least `minimumCount` texts have: `keep` returns the number of each. */
  select(minimumCount: number, keep: (lastToken: number, count: number) => number): void {
    for (let k = 0; k < this.#size; k += 1) {
      const at = fields * this.#seen[k];
      if (this.#data[at + texts] < minimumCount) continue;
      this.#data[at + ngram] = keep(this.#seen[k], this.#data[at + count]);
    }
  }

  /** The last tokens that were counted, in the order in which each first came. */
  get seen(): Int32Array {
    return this.#seen.subarray(0, this.#size);
  }

  /** How often the last token was counted. */
  countOf(lastToken: number): number {
    return this.#data[fields * lastToken + count];
  }

  /** In how many texts the last token was counted. */
  textsOf(lastToken: number): number {
    return this.#data[fields * lastToken + texts];
  }

  /** The number of the n-gram with this last token, or `noNgram`. */
  ngramOf(lastToken: number): number {
    return this.#data[fields * lastToken + ngram];
  }

  /** Forgets everything that was counted. */
  clear(): void {
    for (let k = 0; k < this.#size; k += 1) {
      const at = fields * this.#seen[k];
      this.#data[at + ngram] = noNgram;
      this.#data[at + texts] = 0;
      this.#data[at + count] = 0;
    }
    this.#size = 0;
  }
}
