import type { CharacterRange } from '../characters/character_ngrams.js';
import { mostNgrams } from '../features.js';
import { sharedInt32 } from '../shared_memory.js';
import { areTokens, type SharedTokens, type TokenInterner } from '../tokens/token_interner.js';
import { arePackedPairs, packPairs, type PackedPairs } from './packed_pairs.js';
import { PairTable } from './pair_table.js';

/** Stands for a token or an n-gram that is neither a feature nor inside one. */
export const noFeature = -1;
/** The number of features that are looked at without a break: less than a millisecond's work. */
export const featuresAtOnce = 1 << 9;

/** The tables of an index on memory that threads share: structured cloning copies none of it. */
export interface IndexTables {
  /** The number of features. */
  readonly features: number;
  /** The greatest number of tokens of a feature. */
  readonly longest: number;
  readonly tokens: SharedTokens;
  /** `[tokens]`: the id of each token. Ids from the number of features on are of n-grams that are only inside features. */
  readonly idOfToken: Int32Array;
  /** An n-gram of two or more tokens is the pair of its first and its last n - 1 tokens, by their ids. */
  readonly pairs: PackedPairs;
  /** Where characters count, their n-grams among the features, and the id of each. */
  readonly characters: {
    readonly range: CharacterRange;
    readonly ngrams: SharedTokens;
    readonly idOf: Int32Array;
  } | null;
}

/**
 * Features as sequences of tokens, each of which is written once. A feature without tokens is found in no text, unless
 * it is an n-gram of characters: as `<UNK>`, which stands for what is not found.
 */
export interface NumberedFeatures {
  /** Has the tokens of all features and no others; where all features are single tokens, in the order of their ids. */
  readonly tokens: TokenInterner;
  /** The numbers of the tokens of all features, one feature behind the other. */
  readonly sequences: Int32Array;
  /** `[features + 1]`: where the tokens of each feature start in `sequences`, and where the last one's end. */
  readonly offsets: Int32Array;
  /** Where characters count: the n-grams of them, without the mark in front, and `[n-grams]`: the id of each. */
  readonly characters: {
    readonly range: CharacterRange;
    readonly ngrams: TokenInterner;
    readonly idOf: Int32Array;
  } | null;
}

/**
 * Makes the tables of an index of features, and pauses again and again, so that other work can be done meanwhile.
 * @param features are trusted: that numbers are in their ranges is to be checked by who has read them
 * @param comesTwice makes what is thrown when the tokens of a feature are those of an earlier one
 */
export function* makeTablesOf(
  features: NumberedFeatures,
  comesTwice: (id: number) => Error,
): Generator<undefined, IndexTables, undefined> {
  const builder = new TableBuilder(features, comesTwice);
  yield* builder.addTokens();
  yield* builder.addLonger();
  return builder.finish();
}

/** Returns what is made in steps, without a pause between them. */
export function madeAtOnce<T>(making: Generator<undefined, T, undefined>): T {
  for (;;) {
    const step = making.next();
    if (step.done === true) return step.value;
  }
}

/** Whether tables, as a file has them, can be used: no number in them leads out of its array. */
export function areTables({ features, longest, tokens, idOfToken, pairs, characters }: IndexTables): boolean {
  const isCount = (value: number): boolean => Number.isInteger(value) && value >= 0;
  if (!isCount(features) || !isCount(longest) || longest < 1 || longest > mostNgrams) return false;
  if (!areTokens(tokens) || idOfToken.length !== tokens.size || !arePackedPairs(pairs)) return false;
  // Where features are single tokens, none is only inside others, and an id is written as it is.
  const end = longest === 1 ? features : Infinity;
  if (idOfToken.some((id) => id < 0 || id >= end)) return false;
  if (characters === null) return true;
  const { ngrams, idOf } = characters;
  return areTokens(ngrams) && idOf.length === ngrams.size && idOf.every((id) => id >= 0 && id < features);
}

class TableBuilder {
  /** `[tokens]` */
  readonly #idOfToken: Int32Array;
  readonly #pairs: PairTable;
  #longest = 1;
  #nextId: number;

  constructor(
    private readonly features: NumberedFeatures,
    private readonly comesTwice: (id: number) => Error,
  ) {
    const size = features.offsets.length - 1;
    this.#idOfToken = new Int32Array(features.tokens.size).fill(noFeature);
    this.#pairs = new PairTable(size);
    this.#nextId = size;
  }

  /** Adds the features of one token, and gives the other tokens ids behind those of all features. */
  *addTokens(): Generator<undefined, void, undefined> {
    const { offsets, sequences } = this.features;
    const idOfToken = this.#idOfToken;
    for (let id = 0; id < offsets.length - 1; id += 1) {
      if (id % featuresAtOnce === 0) yield;
      const length = offsets[id + 1] - offsets[id];
      this.#longest = Math.max(this.#longest, length);
      if (length !== 1) continue;
      const token = sequences[offsets[id]];
      if (idOfToken[token] !== noFeature) throw this.comesTwice(id);
      idOfToken[token] = id;
    }
    yield;
    for (let token = 0; token < idOfToken.length; token += 1) {
      if (idOfToken[token] === noFeature) idOfToken[token] = this.#nextId++;
    }
  }

  /** Adds the features of several tokens, shorter ones first: what is inside a feature then has its own id already. */
  *addLonger(): Generator<undefined, void, undefined> {
    const { offsets, sequences } = this.features;
    for (let length = 2; length <= this.#longest; length += 1) {
      const ngrams = new Int32Array(length);
      for (let id = 0; id < offsets.length - 1; id += 1) {
        if (id % featuresAtOnce === 0) yield;
        if (offsets[id + 1] - offsets[id] !== length) continue;
        for (let i = 0; i < length; i += 1) ngrams[i] = this.#idOfToken[sequences[offsets[id] + i]];
        if (this.#addPairs(ngrams, id) !== id) throw this.comesTwice(id);
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
    const { tokens, offsets, characters } = this.features;
    return {
      features: offsets.length - 1,
      longest: this.#longest,
      tokens: tokens.share(),
      idOfToken: sharedInt32(this.#idOfToken),
      pairs: packPairs(this.#pairs.slots, this.#pairs.size, this.#nextId),
      characters: characters && {
        range: characters.range,
        ngrams: characters.ngrams.share(),
        idOf: sharedInt32(characters.idOf),
      },
    };
  }
}
