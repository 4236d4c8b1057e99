import type { CharacterRange } from '../characters/character_ngrams.js';
import { sharedInt32, Int32List, enlarged } from '../int32_list.js';
import { ImdbTorchError } from '../../errors.js';
import { TokenInterner, type SharedTokens } from '../tokens/token_interner.js';
import type { Vocabulary } from '../vocabulary.js';
import { PairTable } from './pair_table.js';

/** Stands for a token or an n-gram that is neither a feature nor inside one. */
export const noFeature = -1;
/** The number of features that are looked at without a break: less than a millisecond's work. */
const featuresAtOnce = 1 << 9;
const blank = 0x20;

/** The tables of an index on memory that threads share: structured cloning copies none of it. */
export interface IndexTables {
  /** The number of features. */
  readonly features: number;
  /** The greatest number of tokens of a feature. */
  readonly longest: number;
  readonly tokens: SharedTokens;
  /** `[tokens]`: the id of each token. Ids from the number of features on are of n-grams that are only inside features. */
  readonly idOfToken: Int32Array;
  /** The slots of the table of pairs. */
  readonly pairs: Int32Array;
  /** Where characters count, their n-grams among the features, and the id of each. */
  readonly characters: {
    readonly range: CharacterRange;
    readonly ngrams: SharedTokens;
    readonly idOf: Int32Array;
  } | null;
}

interface TableOptions {
  readonly vocabulary: Vocabulary;
  /** Whether id 0 stands for all unknown tokens, whatever its name. */
  readonly hasUnknown: boolean;
  /** The numbers of characters of n-grams that are features as well; null: none are. */
  readonly characters: CharacterRange | null;
}

/**
 * Makes the tables of an index of the features, and pauses again and again, so that other work can be done meanwhile.
 * @throws ImdbTorchError ERR_RUN when a feature comes twice
 */
export function* makeTables(options: TableOptions): Generator<undefined, IndexTables, undefined> {
  const builder = new TableBuilder(options);
  yield* builder.addFeatures();
  yield* builder.addLonger();
  return builder.finish();
}

class TableBuilder {
  readonly #interner = new TokenInterner();
  /** `[tokens]`, and room for more. */
  #idOfToken = new Int32Array(1 << 12).fill(noFeature);
  /** The tokens of all features. There is room for one in each byte: memory that is never touched costs nothing. */
  readonly #tokens: Int32Array;
  /** `[features + 1]`: where the tokens of each start; n-grams of characters have none. */
  readonly #offsets: Int32Array;
  readonly #characters = new TokenInterner();
  readonly #idOfCharacters = new Int32List();
  readonly #pairs: PairTable;
  #longest = 1;
  #nextId: number;

  constructor(private readonly options: TableOptions) {
    const { size, lines } = options.vocabulary;
    this.#tokens = new Int32Array(lines.length + 1);
    this.#offsets = new Int32Array(size + 1);
    this.#pairs = new PairTable(size, true);
    this.#nextId = size;
  }

  /** Adds the features that are tokens or n-grams of characters, and the tokens of the others. */
  *addFeatures(): Generator<undefined, void, undefined> {
    const { vocabulary, hasUnknown, characters } = this.options;
    const { lines, starts, size } = vocabulary;
    const first = hasUnknown ? 1 : 0;
    for (let id = 0; id < size; id += 1) {
      const [start, end] = [starts[id], starts[id + 1] - 1];
      this.#offsets[id + 1] = this.#offsets[id];
      if (id % featuresAtOnce === 0) yield;
      if (characters !== null && vocabulary.isOfCharacters(id)) {
        const number = this.#characters.internBytes(lines, start + 1, end);
        if (number !== this.#idOfCharacters.length) throw this.#comesTwice(id);
        this.#idOfCharacters.push(id);
      } else if (id >= first) this.#addTokens(id, start, end);
    }
    yield;
    // Tokens that are no features have ids behind those of all features.
    for (let token = 0; token < this.#interner.size; token += 1) {
      if (this.#idOfToken[token] === noFeature) this.#idOfToken[token] = this.#nextId++;
    }
  }

  #addTokens(id: number, start: number, end: number): void {
    const { lines } = this.options.vocabulary;
    const first = this.#offsets[id];
    let last = first;
    for (let k = start; k <= end; k += 1) {
      if (k < end && lines[k] !== blank) continue;
      this.#tokens[last++] = this.#numberOf(start, k);
      start = k + 1;
    }
    this.#offsets[id + 1] = last;
    this.#longest = Math.max(this.#longest, last - first);
    if (last - first > 1) return;
    const token = this.#tokens[first];
    if (this.#idOfToken[token] !== noFeature) throw this.#comesTwice(id);
    this.#idOfToken[token] = id;
  }

  #numberOf(start: number, end: number): number {
    const token = this.#interner.internBytes(this.options.vocabulary.lines, start, end);
    const { length } = this.#idOfToken;
    if (token === length) this.#idOfToken = enlarged(this.#idOfToken, 2 * length).fill(noFeature, length);
    return token;
  }

  /** Adds the features of several tokens, shorter ones first: what is inside a feature then has its own id already. */
  *addLonger(): Generator<undefined, void, undefined> {
    const offsets = this.#offsets;
    for (let length = 2; length <= this.#longest; length += 1) {
      const ngrams = new Int32Array(length);
      for (let id = 0; id < offsets.length - 1; id += 1) {
        if (id % featuresAtOnce === 0) yield;
        if (offsets[id + 1] - offsets[id] !== length) continue;
        for (let i = 0; i < length; i += 1) ngrams[i] = this.#idOfToken[this.#tokens[offsets[id] + i]];
        if (this.#addPairs(ngrams, id) !== id) throw this.#comesTwice(id);
      }
    }
  }

  /** Adds the pairs of a feature. @param ngrams the ids of its tokens, which it overwrites @returns its id */
  #addPairs(ngrams: Int32Array, id: number): number {
    for (let count = ngrams.length - 1; count > 0; count -= 1) {
      for (let i = 0; i < count; i += 1) {
        const found = this.#pairs.findOrAdd(ngrams[i], ngrams[i + 1], count === 1 ? id : this.#nextId);
        if (found === this.#nextId) this.#nextId += 1;
        ngrams[i] = found;
      }
    }
    return ngrams[0];
  }

  finish(): IndexTables {
    const { vocabulary, characters } = this.options;
    return {
      features: vocabulary.size,
      longest: this.#longest,
      tokens: this.#interner.share(),
      idOfToken: sharedInt32(this.#idOfToken.subarray(0, this.#interner.size)),
      pairs: this.#pairs.slots,
      characters: characters && {
        range: characters,
        ngrams: this.#characters.share(),
        idOf: sharedInt32(this.#idOfCharacters.toArray()),
      },
    };
  }

  #comesTwice(id: number): ImdbTorchError {
    const feature = JSON.stringify(this.options.vocabulary.word(id));
    return new ImdbTorchError(
      'ERR_RUN',
      `Expected each feature once in the vocabulary but ${feature} is there twice; train again.`,
    );
  }
}
