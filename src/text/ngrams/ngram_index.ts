import { ImdbTorchError } from '../../errors.js';
import { BagWriter } from '../bag_writer.js';
import { CharacterNgrams, isCharacterNgram, type CharacterRange } from '../characters/character_ngrams.js';
import { TokenInterner } from '../tokens/token_interner.js';
import { PairTable } from './pair_table.js';

/** Stands for a token or an n-gram that is neither a feature nor inside one. */
const noFeature = -1;

/** The n-grams of characters among features. */
interface CharacterFeatures {
  readonly ngrams: CharacterNgrams;
  /** `[n-grams]`: the id of each. */
  readonly idOf: Int32Array;
}

interface WriterOptions {
  /** Number of texts. */
  readonly texts: number;
  /** Greatest numbers of tokens and of n-grams of characters that the texts have together. */
  readonly tokens: number;
  readonly characters: number;
  /** Whether it matters how often a text has a feature. */
  readonly counts: boolean;
}

/**
 * Finds given features in texts. An n-gram of two or more tokens is looked up as the pair of its first and its last n - 1
 * tokens, so n-grams of any length are found exactly, by numbers that are at hand, and without a string.
 */
export class NgramIndex {
  /** The tokens of all features; frozen. Greater numbers than it gives are of tokens that are in no feature. */
  readonly interner: TokenInterner;
  /** `[tokens]`: the id of each token. Ids from the number of features on are of n-grams that are only inside features. */
  readonly #idOfToken: number[] = [];
  readonly #idOfPair: PairTable;
  /** Where characters count. Their n-grams are looked for elsewhere: it takes the bytes of the tokens. */
  readonly characters: CharacterFeatures | null;
  #nextId: number;
  #longest = 1;
  /** For each token of a text the n-gram of the present length that starts there. */
  #ngrams = new Int32Array(1 << 10);

  /**
   * @param features id -> its tokens joined by blanks
   * @param hasUnknown whether id 0 stands for all unknown tokens, whatever its name
   * @param characters the numbers of characters of n-grams that are features as well; null: none are
   * @throws ImdbTorchError ERR_RUN when a feature comes twice
   */
  constructor(
    readonly features: readonly string[],
    readonly hasUnknown: boolean,
    characters: CharacterRange | null = null,
  ) {
    this.interner = new TokenInterner(features.length);
    this.#nextId = features.length;
    this.#idOfPair = new PairTable(features.length);
    const longer: { id: number; tokens: string[] }[] = [];
    const ngrams = characters === null ? null : new CharacterNgrams(characters);
    const idOf: number[] = [];
    for (let id = hasUnknown ? 1 : 0; id < features.length; id += 1) {
      const feature = features[id];
      if (ngrams !== null && isCharacterNgram(feature)) {
        if (ngrams.interner.internString(feature.slice(1)) !== idOf.length) throw comesTwice(feature);
        idOf.push(id);
      } else if (feature.includes(' ')) longer.push({ id, tokens: feature.split(' ') });
      else this.#addToken(feature, id);
    }
    // Shorter ones first: what is inside a feature then has its own id already where it is one.
    longer.sort((one, other) => one.tokens.length - other.tokens.length);
    for (const { id, tokens } of longer) this.#addLonger(tokens, id);
    this.interner.frozen = true;
    if (ngrams !== null) ngrams.interner.frozen = true;
    this.characters = ngrams && { ngrams, idOf: Int32Array.from(idOf) };
  }

  /** Returns a writer for the features of texts. */
  writer({ texts, tokens, characters, counts }: WriterOptions): BagWriter {
    return new BagWriter(this.features.length, texts, this.#longest * tokens + characters, counts);
  }

  /** Hands the n-grams of the tokens of a text to `writer`. @param tokens their numbers in `interner` */
  add(tokens: Int32Array, writer: BagWriter): void {
    if (this.#longest === 1 && this.characters === null) this.#writeTokens(tokens, writer);
    else this.#findTokens(tokens, writer);
    for (let length = 2; length <= this.#longest; length += 1) {
      this.#findLonger(tokens.length - length + 1, writer);
    }
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
    const known = this.interner.size;
    for (let i = 0; i < tokens.length; i += 1) {
      const isKnown = tokens[i] !== noFeature && tokens[i] < known;
      const id = isKnown ? this.#idOfToken[tokens[i]] : noFeature;
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
