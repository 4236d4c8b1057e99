import { BagScratch, BagWriter } from '../bag_writer.js';
import type { CharacterRange } from '../characters/character_ngrams.js';
import { TokenInterner } from '../tokens/token_interner.js';
import { noFeature, type IndexTables } from './index_tables.js';
import { PairFinder } from './packed_pairs.js';

/** The n-grams of characters among features. */
interface CharacterFeatures {
  readonly range: CharacterRange;
  /** Gives n-grams their numbers; the base of those of its users. */
  readonly ngrams: TokenInterner;
  /** `[n-grams]`: the id of each. */
  readonly idOf: Int32Array;
}

interface WriterOptions {
  /** Number of texts. */
  readonly texts: number;
  /** Numbers of tokens and of n-grams of characters, in all texts together, to have room for at first. */
  readonly tokens: number;
  readonly characters: number;
  /** Whether it matters how often a text has a feature. */
  readonly counts: boolean;
}

/**
 * Finds given features in texts. An n-gram of two or more tokens is looked up as the pair of its first and its last n - 1
 * tokens, so n-grams of any length are found exactly, by numbers that are at hand, and without a string. Texts may come in
 * turns, but each is added as a whole.
 */
export class NgramIndex {
  /** The tokens of all features, to be the base of others. Greater numbers are of tokens that are in no feature. */
  readonly interner: TokenInterner;
  /** Where characters count. Their n-grams are looked for elsewhere: it takes the bytes of the tokens. */
  readonly characters: CharacterFeatures | null;
  readonly #idOfToken: Int32Array;
  readonly #pairs: PairFinder;
  readonly #features: number;
  readonly #longest: number;
  /** Whether the features are the tokens, in the order of their numbers: nothing has to be looked up then. */
  readonly #isPlain: boolean;
  readonly #scratch: BagScratch;
  /** For each token of a text the n-gram of the present length that starts there. */
  #ngrams = new Int32Array(1 << 10);

  /**
   * @param tables are only read
   * @param hasUnknown whether id 0 stands for all unknown tokens
   */
  constructor(
    readonly tables: IndexTables,
    readonly hasUnknown: boolean,
  ) {
    const { tokens, idOfToken, pairs, characters, features, longest } = tables;
    this.interner = TokenInterner.over(tokens);
    this.#idOfToken = idOfToken;
    this.#pairs = new PairFinder(pairs);
    this.#features = features;
    this.#longest = longest;
    const first = hasUnknown ? 1 : 0;
    const isInOrder = longest === 1 && idOfToken.every((id, token) => id === token + first);
    this.#isPlain = isInOrder && characters === null;
    this.#scratch = new BagScratch(features);
    this.characters = characters && { ...characters, ngrams: TokenInterner.over(characters.ngrams) };
  }

  /** Returns a writer for the features of texts. */
  writer({ texts, tokens, characters, counts }: WriterOptions): BagWriter {
    return new BagWriter(this.#features, texts, this.#longest * tokens + characters, counts, this.#scratch);
  }

  /** Makes room in `writer` for the features of so many tokens and n-grams of characters. */
  makeRoom(writer: BagWriter, tokens: number, characters: number): void {
    writer.makeRoom(this.#longest * tokens + characters);
  }

  /** Hands the n-grams of the tokens of a text to `writer`. @param tokens their numbers in `interner` */
  add(tokens: Int32Array, writer: BagWriter): void {
    if (this.#isPlain) this.#writeTokens(tokens, writer);
    else this.#findTokens(tokens, writer);
    for (let length = 2; length <= Math.min(this.#longest, tokens.length); length += 1) {
      this.#findLonger(tokens.length - length + 1, writer);
    }
  }

  /** Does what `#findTokens` does where each token is a feature, whose id is its number, or one more. */
  #writeTokens(tokens: Int32Array, writer: BagWriter): void {
    const first = this.hasUnknown ? 1 : 0;
    for (const token of tokens) {
      if (token !== noFeature) writer.add(token + first);
      else if (this.hasUnknown) writer.add(0);
    }
  }

  #findTokens(tokens: Int32Array, writer: BagWriter): void {
    if (tokens.length > this.#ngrams.length) this.#ngrams = new Int32Array(2 * tokens.length);
    const known = this.interner.size;
    for (let i = 0; i < tokens.length; i += 1) {
      const isKnown = tokens[i] !== noFeature && tokens[i] < known;
      const id = isKnown ? this.#idOfToken[tokens[i]] : noFeature;
      this.#ngrams[i] = id;
      if (id !== noFeature && id < this.#features) writer.add(id);
      else if (this.hasUnknown) writer.add(0);
    }
  }

  /** Makes the n-grams one token longer. @param count how many of that length the text has */
  #findLonger(count: number, writer: BagWriter): void {
    const ngrams = this.#ngrams;
    this.#pairs.findNeighbours(ngrams, count);
    for (let i = 0; i < count; i += 1) {
      const id = ngrams[i];
      if (id >= 0 && id < this.#features) writer.add(id);
    }
  }
}
