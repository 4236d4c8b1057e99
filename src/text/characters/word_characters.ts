import type { BagWriter } from '../bag_writer.js';
import { enlarged } from '../int32_list.js';
import type { TokenInterner } from '../tokens/token_interner.js';
import type { CharacterNgrams } from './character_ngrams.js';

const unknown = -1;
/** The number of tokens that there is room for at first: most come in no text that is looked at. */
const leastTokens = 1 << 10;

/** The character n-grams of words by the numbers of their tokens, found once for each word. */
export class WordCharacters {
  /** `[tokens]`: where the n-grams of each start and end among all, once they are found. */
  #starts: Int32Array;
  #ends: Int32Array;
  /** `[tokens]`: the list that each was last seen in. */
  #lastLists: Int32Array;
  #lists = 0;
  #all = new Int32Array(1 << 12);
  #length = 0;

  /**
   * @param tokens numbers the tokens
   * @param ngrams finds the n-grams of one
   * @param idOf `[n-grams]`: what each stands for, or -1 for nothing; null: its number
   */
  constructor(
    readonly tokens: TokenInterner,
    readonly ngrams: CharacterNgrams,
    private idOf: Int32Array | null = null,
  ) {
    this.#starts = new Int32Array(leastTokens).fill(unknown);
    this.#ends = new Int32Array(leastTokens);
    this.#lastLists = new Int32Array(leastTokens);
  }

  /** The n-grams of a token, each as often as it has it; valid until the next call. */
  of(token: number): Int32Array {
    this.#find(token);
    return this.#all.subarray(this.#starts[token], this.#ends[token]);
  }

  /** Turns the numbers of n-grams into ids, and leaves new n-grams out from now on. @param idOf see the constructor */
  replace(idOf: Int32Array): void {
    this.idOf = idOf;
    this.ngrams.interner.frozen = true;
    const all = this.#all;
    for (let token = 0; token < this.#starts.length; token += 1) {
      if (this.#starts[token] === unknown) continue;
      let end = this.#starts[token];
      for (let k = end; k < this.#ends[token]; k += 1) {
        const id = idOf[all[k]];
        if (id !== unknown) all[end++] = id;
      }
      this.#ends[token] = end;
    }
  }

  /**
   * How many n-grams a list of tokens has at most, from which `addTo` takes them.
   * @param counts whether it matters how often the list has each
   */
  lengthOf(list: Int32Array, counts: boolean): number {
    const present = (this.#lists += 1);
    let length = 0;
    for (const token of list) {
      if (token < 0) continue;
      this.#find(token);
      if (!counts && this.#lastLists[token] === present) continue;
      this.#lastLists[token] = present;
      length += this.#ends[token] - this.#starts[token];
    }
    return length;
  }

  /** Hands the n-grams of a list of tokens to `writer`. */
  addTo(writer: BagWriter, list: Int32Array): void {
    const { isCounting } = writer;
    const present = (this.#lists += 1);
    for (const token of list) {
      if (token < 0) continue;
      this.#find(token);
      if (!isCounting && this.#lastLists[token] === present) continue;
      this.#lastLists[token] = present;
      writer.addPart(this.#all, this.#starts[token], this.#ends[token]);
    }
  }

  #find(token: number): void {
    if (token >= this.#starts.length) this.#makeRoom(token + 1);
    if (this.#starts[token] !== unknown) return;
    this.#starts[token] = this.#length;
    this.ngrams.forEach(this.tokens.bytesOf(token), (ngram) => {
      const id = this.idOf === null ? ngram : this.idOf[ngram];
      if (id !== unknown) this.#push(id);
    });
    this.#ends[token] = this.#length;
  }

  #push(id: number): void {
    if (this.#length === this.#all.length) this.#all = enlarged(this.#all, 2 * this.#length);
    this.#all[this.#length++] = id;
  }

  #makeRoom(tokens: number): void {
    const old = this.#starts.length;
    const capacity = Math.max(tokens, 2 * old);
    this.#starts = enlarged(this.#starts, capacity).fill(unknown, old);
    this.#ends = enlarged(this.#ends, capacity);
    this.#lastLists = enlarged(this.#lastLists, capacity);
  }
}
