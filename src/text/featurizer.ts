import {
  aFunction,
  aSignal,
  anObject,
  bytes,
  checkTexts,
  fields,
  float32Array,
  instance,
  int32Array,
  optional,
  orNull,
} from '../arguments.js';
import { TimeSlices } from '../system/time_slices.js';
import type { EncodedTexts } from './bag_writer.js';
import { FeatureEncoder } from './feature_encoder.js';
import { FeatureFinder } from './feature_finder.js';
import { featureFields, hasUnknown, type FeatureOptions } from './features.js';
import type { IndexTables } from './ngrams/index_tables.js';
import { LazyTables } from './ngrams/lazy_tables.js';
import { sharedFloat32 } from './shared_memory.js';
import { anOwnTokenizer, type OwnTokenizer } from './tokens/own_tokenizer.js';
import type { TokenInterner } from './tokens/token_interner.js';
import type { TokenLists } from './tokens/token_lists.js';
import { utf8Of } from './tokens/utf8.js';
import { Vocabulary, type SharedVocabulary } from './vocabulary.js';

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
export class Featurizer extends FeatureEncoder {
  /**
   * The features: tokens joined by a blank, or `~` and the characters of an n-gram inside a word, where `^` and `$` are
   * its start and its end; `<UNK>` is the notebook's id 0.
   */
  readonly vocabulary: Vocabulary;
  readonly #tables: LazyTables;
  #shared: SharedFeaturizer | undefined;
  /** What finds the features of other texts, by what numbers their tokens. */
  readonly #finders = new WeakMap<TokenInterner, FeatureFinder>();

  /** @param tables the index of these features, where it is at hand */
  constructor(options: FeaturizerOptions, tables: IndexTables | null = null) {
    checkOptions(options, 'options');
    const { options: features, vocabulary, weights, tokenizer } = options;
    const { characters = null } = features;
    const lazy = new LazyTables({ vocabulary, hasUnknown: hasUnknown(features), characters }, tables);
    super({ options: features, weights, tables: () => lazy.tables, tokenizer });
    this.vocabulary = vocabulary;
    this.#tables = lazy;
  }

  /**
   * Makes a featurizer of what another thread's `share` has returned.
   * @param tokenizer where it is one of the program's own, which has to be made in each thread
   */
  static fromShared(shared: SharedFeaturizer, tokenizer?: OwnTokenizer): Featurizer {
    checkShared(shared, 'shared');
    const { options, weights, index } = shared;
    const { lines, starts } = shared.vocabulary;
    return new Featurizer({ options, vocabulary: new Vocabulary(lines, starts), weights, tokenizer }, index);
  }

  /**
   * Makes the index of the features in slices of about 10 ms, so that the first text is encoded as fast as all others.
   * @throws ImdbTorchError ERR_RUN when a feature comes twice
   */
  async prepare(): Promise<void> {
    await this.#tables.prepare();
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
      index: this.#tables.tables,
    });
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
      rows[index] = tokens.add(utf8Of(text));
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
    const finder = new FeatureFinder(this.index);
    this.#finders.set(finder.interner, finder);
    return this.listsFor(finder);
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
    const writer = this.writer(tokens, rows, characters);
    for (const row of rows) {
      finder.add(tokens.list(row), writer);
      if (slices.isOver) await slices.next();
    }
    return writer.finish();
  }
}
