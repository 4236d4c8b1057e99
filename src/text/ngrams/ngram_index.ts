import { ImdbTorchError } from '../../errors.js';
import { BagWriter } from '../bag_writer.js';
import { TokenInterner } from '../tokens/token_interner.js';
import { PairTable } from './pair_table.js';

/** Stands for a token or an n-gram that is neither a feature nor inside one. */
const noFeature = -1;

/**
 * Finds given features in texts. An n-gram of two or more tokens is looked up as the pair of its first and its last n - 1
 * tokens, so n-grams of any length are found exactly, by numbers that are at hand, and without a string.
 */
export class NgramIndex {
  /** The tokens of all features; frozen. */
  readonly interner: TokenInterner;
  /** `[tokens]`: the id of each token. Ids from the number of features on are of n-grams that are only inside features. */
  readonly #idOfToken: number[] = [];
  readonly #idOfPair: PairTable;
  #nextId: number;
  #longest = 1;
  /** For each token of a text the n-gram of the present length that starts there. */
  #ngrams = new Int32Array(1 << 10);

  /**
   * @param features id -> its tokens joined by blanks
   * @param hasUnknown whether id 0 stands for all unknown tokens, whatever its name
   * @throws ImdbTorchError ERR_RUN when a feature comes twice
   */
  constructor(
    readonly features: readonly string[],
    readonly hasUnknown: boolean,
  ) {
    this.interner = new TokenInterner(features.length);
    this.#nextId = features.length;
    this.#idOfPair = new PairTable(features.length);
    const longer: { id: number; tokens: string[] }[] = [];
    for (let id = hasUnknown ? 1 : 0; id < features.length; id += 1) {
      const feature = features[id];
      if (feature.includes(' ')) longer.push({ id, tokens: feature.split(' ') });
      else this.#addToken(feature, id);
    }
    // Shorter ones first: what is inside a feature then has its own id already where it is one.
    longer.sort((one, other) => one.tokens.length - other.tokens.length);
    for (const { id, tokens } of longer) this.#addLonger(tokens, id);
    this.interner.frozen = true;
  }

  /**
   * Returns a writer for the features of texts.
   * @param tokens greatest number of tokens that the texts have together
   * @param counts whether it matters how often a text has a feature
   */
  writer(texts: number, tokens: number, counts: boolean): BagWriter {
    return new BagWriter(this.features.length, texts, this.#longest * tokens, counts);
  }

  /** Hands the features of a text to `writer`. @param tokens their numbers in `interner` */
  add(tokens: Int32Array, writer: BagWriter): void {
    if (this.#longest === 1) this.#writeTokens(tokens, writer);
    else this.#findTokens(tokens, writer);
    for (let length = 2; length <= this.#longest; length += 1) {
      this.#findLonger(tokens.length - length + 1, writer);
    }
    writer.endText();
  }

  #addToken(token: string, id: number): void {
    if (this.interner.internString(token) !== this.#idOfToken.length) throw comesTwice(token);
    this.#idOfToken.push(id);
  }

  #addLonger(tokens: readonly string[], id: number): void {
    this.#longest = Math.max(this.#longest, tokens.length);
    let ngrams = tokens.map((token) => {
      const number = this.interner.internString(token);
      if (number === this.#idOfToken.length) this.#idOfToken.push(this.#nextId++);
      return this.#idOfToken[number];
    });
    while (ngrams.length > 1) {
      const shorter = ngrams;
      ngrams = shorter.slice(1).map((last, k) => {
        const idOfNew = shorter.length === 2 ? id : this.#nextId;
        const found = this.#idOfPair.findOrAdd(shorter[k], last, idOfNew);
        if (found === this.#nextId) this.#nextId += 1;
        return found;
      });
    }
    if (ngrams[0] !== id) throw comesTwice(tokens.join(' '));
  }

  /** Does what `#findTokens` does where no n-grams follow: each token is a feature, whose id is its number, or one more. */
  #writeTokens(tokens: Int32Array, writer: BagWriter): void {
    const first = this.hasUnknown ? 1 : 0;
    for (const token of tokens) {
      if (token !== noFeature) writer.add(token + first);
      else if (this.hasUnknown) writer.add(0);
    }
  }

  #findTokens(tokens: Int32Array, writer: BagWriter): void {
    if (tokens.length > this.#ngrams.length) this.#ngrams = new Int32Array(2 * tokens.length);
    for (let i = 0; i < tokens.length; i += 1) {
      const id = tokens[i] === noFeature ? noFeature : this.#idOfToken[tokens[i]];
      this.#ngrams[i] = id;
      if (id !== noFeature && id < this.features.length) writer.add(id);
      else if (this.hasUnknown) writer.add(0);
    }
  }

  /** Makes the n-grams one token longer. @param count how many of that length the text has */
  #findLonger(count: number, writer: BagWriter): void {
    const ngrams = this.#ngrams;
    for (let i = 0; i < count; i += 1) {
      const isKnown = ngrams[i] !== noFeature && ngrams[i + 1] !== noFeature;
      const id = isKnown ? this.#idOfPair.find(ngrams[i], ngrams[i + 1]) : noFeature;
      ngrams[i] = id;
      if (id >= 0 && id < this.features.length) writer.add(id);
    }
  }
}

function comesTwice(feature: string): ImdbTorchError {
  return new ImdbTorchError(
    'ERR_RUN',
    `Expected each feature once in the vocabulary but ${JSON.stringify(feature)} is there twice; train again.`,
  );
}
