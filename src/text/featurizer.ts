import {
  aFunction,
  aSignal,
  anObject,
  bytes,
  aString,
  checkText,
  checkTexts,
  fields,
  float32Array,
  instance,
  int32Array,
  optional,
  orNull,
} from '../arguments.js';
import { TimeSlices } from '../system/time_slices.js';
import type { BagWriter, EncodedTexts } from './bag_writer.js';
import { FeatureFinder } from './feature_finder.js';
import { featureFields, hasUnknown, type BuiltInTokenizer, type FeatureOptions } from './features.js';
import { sharedFloat32 } from './int32_list.js';
import { makeTables, type IndexTables } from './ngrams/index_tables.js';
import { NgramIndex } from './ngrams/ngram_index.js';
import type { TokenInterner } from './tokens/token_interner.js';
import { TokenLists } from './tokens/token_lists.js';
import { anOwnTokenizer, assertSameTokenizer, ownSpans, type OwnTokenizer } from './tokens/own_tokenizer.js';
import type { TokenSpan } from './tokens/token_span.js';
import { tokenSpans } from './tokens/tokenizer.js';
import { Vocabulary, type SharedVocabulary } from './vocabulary.js';

/** The number of texts that are encoded, and computed, at once where any number may come: it bounds the memory. */
export const textsPerBatch = 1024;

/** The features of one text: its ids, ascending, each once, and where it matters how often it has each. */
export type EncodedText = Pick<EncodedTexts, 'ids' | 'counts'>;

export interface FeaturizerOptions {
  options: FeatureOptions;
  /** The features. */
  vocabulary: Vocabulary;
  /** `[vocabulary.size]`: the factor of each feature; null without weighting. */
  weights: Float32Array | null;
  /** The tokenizer where it is one of the program's own, as `options` say. */
  tokenizer?: OwnTokenizer | undefined;
}

/** A featurizer for other threads. Its large parts are on memory that threads share. */
export interface SharedFeaturizer {
  readonly options: FeatureOptions;
  readonly vocabulary: SharedVocabulary;
  readonly weights: Float32Array | null;
  readonly index: IndexTables;
}

export interface EncodeSlicesOptions {
  signal?: AbortSignal | undefined;
  /** Is called after every slice. */
  onProgress?: ((progress: EncodeProgress) => void) | undefined;
}

/** The numbers of texts. */
export interface EncodeProgress {
  readonly done: number;
  readonly total: number;
}

const checkOptions = fields({
  options: fields(featureFields),
  vocabulary: instance(Vocabulary),
  weights: orNull(float32Array),
  tokenizer: optional(anOwnTokenizer),
});
const checkShared = fields({
  options: anObject,
  vocabulary: fields({ lines: bytes, starts: int32Array }),
  weights: orNull(float32Array),
  index: anObject,
});
const checkSlices = fields({ signal: optional(aSignal), onProgress: optional(aFunction) });

/** Turns texts into the features that a model was trained on; `createBags` weighs them as the model does. */
export class Featurizer {
  readonly options: FeatureOptions;
  /**
   * The features: tokens joined by a blank, or `~` and the characters of an n-gram inside a word, where `^` and `$` are
   * its start and its end; `<UNK>` is the notebook's id 0.
   */
  readonly vocabulary: Vocabulary;
  readonly weights: Float32Array | null;
  #madeIndex: NgramIndex | undefined;
  #shared: SharedFeaturizer | undefined;
  /** What finds the features of a few texts, again and again. */
  #finder: FeatureFinder | undefined;
  #tokens: TokenLists | undefined;
  readonly #own: OwnTokenizer | undefined;
  /** What finds the features of other texts, by what numbers their tokens. */
  readonly #finders = new WeakMap<TokenInterner, FeatureFinder>();

  constructor(options: FeaturizerOptions) {
    checkOptions(options, 'options');
    const { options: features, vocabulary, weights, tokenizer } = options;
    this.#own = tokenizer;
    this.options = features;
    this.vocabulary = vocabulary;
    this.weights = weights;
  }

  /**
   * Makes a featurizer of what another thread's `share` has returned.
   * @param tokenizer where it is one of the program's own, which has to be made in each thread
   */
  static fromShared(shared: SharedFeaturizer, tokenizer?: OwnTokenizer): Featurizer {
    checkShared(shared, 'shared');
    const { options, weights, index } = shared;
    const { lines, starts } = shared.vocabulary;
    const featurizer = new Featurizer({ options, vocabulary: new Vocabulary(lines, starts), weights, tokenizer });
    featurizer.#madeIndex = new NgramIndex(index, hasUnknown(options));
    return featurizer;
  }

  /** The index of the features; a text that comes before `prepare` is done waits until it is made. */
  get #index(): NgramIndex {
    if (this.#madeIndex !== undefined) return this.#madeIndex;
    const making = this.#makeTables();
    for (;;) {
      const step = making.next();
      if (step.done === true) return this.#keep(step.value);
    }
  }

  #makeTables(): Generator<undefined, IndexTables, undefined> {
    const { vocabulary, options } = this;
    return makeTables({ vocabulary, hasUnknown: hasUnknown(options), characters: options.characters ?? null });
  }

  #keep(tables: IndexTables): NgramIndex {
    return (this.#madeIndex ??= new NgramIndex(tables, hasUnknown(this.options)));
  }

  /**
   * Makes the index of the features in slices of about 10 ms, so that the first text is encoded as fast as all others.
   * @throws ImdbTorchError ERR_RUN when a feature comes twice
   */
  async prepare(): Promise<void> {
    const slices = new TimeSlices();
    const making = this.#makeTables();
    while (this.#madeIndex === undefined) {
      const step = making.next();
      if (step.done === true) this.#keep(step.value);
      else if (slices.isOver) await slices.next();
    }
  }

  /**
   * Returns what makes the same featurizer in other threads: structured cloning copies neither the features nor their
   * index nor their weights.
   */
  share(): SharedFeaturizer {
    const { options, vocabulary, weights } = this;
    return (this.#shared ??= {
      options,
      vocabulary: vocabulary.share(),
      weights: weights && sharedFloat32(weights),
      index: this.#index.tables,
    });
  }

  /**
   * Encodes a text.
   * @param text bytes are UTF-8; what is not is dropped
   * @throws ImdbTorchError ERR_RUN when a feature comes twice, as do all methods that encode
   */
  encode(text: string | Uint8Array): EncodedText {
    checkText(text, 'text');
    const { ids, counts } = this.encodeBatch([text]);
    return { ids, counts };
  }

  /** Encodes a few texts at once; `encodeInSlices` is for many. */
  encodeBatch(texts: readonly (string | Uint8Array)[]): EncodedTexts {
    checkTexts(texts);
    const { finder, tokens } = this.#ready();
    tokens.clear();
    const rows = Int32Array.from(texts, (text) => tokens.add(bytesOf(text)));
    const counts = this.options.counts === 'counts';
    let characters = 0;
    if (finder.hasCharacters) for (const row of rows) characters += finder.charactersIn(tokens.list(row), counts);
    const writer = this.#writer(tokens, rows, characters);
    for (const row of rows) finder.add(tokens.list(row), writer);
    return writer.finish();
  }

  /**
   * Encodes texts in slices of about 10 ms, between which the event loop turns, so that a server goes on serving.
   * @throws the reason of `signal`
   */
  async encodeInSlices(
    texts: readonly (string | Uint8Array)[],
    options: EncodeSlicesOptions = {},
  ): Promise<EncodedTexts> {
    checkTexts(texts);
    checkSlices(options, 'options');
    const { signal, onProgress } = options;
    signal?.throwIfAborted();
    const slices = new TimeSlices(signal);
    const tokens = this.tokenLists();
    const rows = new Int32Array(texts.length);
    const report = (done: number): void => onProgress?.({ done, total: texts.length });
    for (const [index, text] of texts.entries()) {
      rows[index] = tokens.add(bytesOf(text));
      if (!slices.isOver) continue;
      report(index);
      await slices.next();
    }
    const encoded = await this.encodeTokenLists(tokens, rows, slices);
    report(texts.length);
    return encoded;
  }

  /**
   * Makes lists for the tokens that `encodeTokenLists` takes.
   * @internal for data sets
   */
  tokenLists(): TokenLists {
    return this.#listsFor(new FeatureFinder(this.#index));
  }

  /**
   * Finds the features of the texts `rows`.
   * @param tokens made by `tokenLists`
   * @internal for data sets
   */
  async encodeTokenLists(tokens: TokenLists, rows: Int32Array, slices: TimeSlices): Promise<EncodedTexts> {
    const finder = this.#finders.get(tokens.interner);
    if (finder === undefined) throw new Error('Expected lists that tokenLists has made.');
    const counts = this.options.counts === 'counts';
    let characters = 0;
    for (const row of finder.hasCharacters ? rows : []) {
      characters += finder.charactersIn(tokens.list(row), counts);
      if (slices.isOver) await slices.next();
    }
    const writer = this.#writer(tokens, rows, characters);
    for (const row of rows) {
      finder.add(tokens.list(row), writer);
      if (slices.isOver) await slices.next();
    }
    return writer.finish();
  }

  /** Returns what finds features in lists of tokens. @internal for explanations */
  finder(): FeatureFinder {
    return this.#ready().finder;
  }

  /** Returns what encodes a few texts; words that have come before are kept, as long as they are not too many. */
  #ready(): { finder: FeatureFinder; tokens: TokenLists } {
    if (this.#finder?.isFull === true) this.#finder = this.#tokens = undefined;
    const finder = (this.#finder ??= new FeatureFinder(this.#index));
    return { finder, tokens: (this.#tokens ??= this.#listsFor(finder)) };
  }

  #listsFor(finder: FeatureFinder): TokenLists {
    this.#finders.set(finder.interner, finder);
    return new TokenLists(this.options.tokenizer, { interner: finder.interner, own: this.#own });
  }

  #writer(tokens: TokenLists, rows: Int32Array, characters: number): BagWriter {
    const counts = this.options.counts === 'counts';
    return this.#index.writer({ texts: rows.length, tokens: tokens.lengthOf(rows), characters, counts });
  }

  /** Returns the tokens of a text and where they stand in it. */
  tokenSpans(text: string): TokenSpan[] {
    aString(text, 'text');
    const { tokenizer } = this.options;
    assertSameTokenizer(tokenizer, this.#own);
    return this.#own === undefined ? tokenSpans(text, tokenizer as BuiltInTokenizer) : ownSpans(text, this.#own);
  }
}

function bytesOf(text: string | Uint8Array): Uint8Array {
  return typeof text === 'string' ? Buffer.from(text) : text;
}
