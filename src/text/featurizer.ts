import { TimeSlices } from '../system/time_slices.js';
import type { BagWriter, EncodedTexts as CountedTexts, FeatureIds } from './bag_writer.js';
import { featureValues, featureValuesInSlices } from './feature_values.js';
import { hasUnknown, type FeatureOptions } from './features.js';
import { NgramIndex } from './ngrams/ngram_index.js';
import { TokenLists } from './tokens/token_lists.js';
import type { TokenSpan } from './tokens/token_span.js';
import { tokenSpans } from './tokens/tokenizer.js';
import type { Vocabulary } from './vocabulary.js';

/** The number of texts that are encoded, and computed, at once where any number may come: it bounds the memory. */
export const textsPerBatch = 1024;

/** A text as the model reads it. */
export interface EncodedText {
  /** Feature ids, ascending, each once. */
  readonly ids: FeatureIds;
  /** `[ids.length]`; null: all 1. */
  readonly values: Float32Array | null;
}

/** Many of them: text `t` has the ids from `offsets[t]` to `offsets[t + 1]`. */
export interface EncodedTexts extends EncodedText {
  readonly offsets: Int32Array;
}

export interface FeaturizerOptions {
  options: FeatureOptions;
  /** The features. */
  vocabulary: Vocabulary;
  /** `[vocabulary.size]`: the factor of each feature; null without weighting. */
  weights: Float32Array | null;
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

/** Turns texts into the features that a model was trained on. */
export class Featurizer {
  readonly options: FeatureOptions;
  /** The features: tokens joined by a blank; `<UNK>` is the notebook's id 0. */
  readonly vocabulary: Vocabulary;
  readonly weights: Float32Array | null;
  #madeIndex: NgramIndex | undefined;
  #madeTokens: TokenLists | undefined;

  constructor({ options, vocabulary, weights }: FeaturizerOptions) {
    this.options = options;
    this.vocabulary = vocabulary;
    this.weights = weights;
  }

  /** The index is made for the first text: that takes half a second for half a million features. */
  get #index(): NgramIndex {
    return (this.#madeIndex ??= new NgramIndex(this.vocabulary.words, hasUnknown(this.options)));
  }

  /**
   * Encodes a text.
   * @param text bytes are UTF-8; what is not is dropped
   * @throws ImdbTorchError ERR_RUN when a feature comes twice, as do all methods that encode
   */
  encode(text: string | Uint8Array): EncodedText {
    const { ids, values } = this.encodeBatch([text]);
    return { ids, values };
  }

  /** Encodes a few texts at once; `encodeInSlices` is for many. */
  encodeBatch(texts: readonly (string | Uint8Array)[]): EncodedTexts {
    const tokens = (this.#madeTokens ??= this.tokenLists());
    tokens.clear();
    const rows = Int32Array.from(texts, (text) => tokens.add(bytesOf(text)));
    const writer = this.#writer(tokens, rows);
    for (const row of rows) this.#index.add(tokens.list(row), writer);
    const encoded = writer.finish();
    const values = featureValues(encoded, this.weights, this.options);
    return { ids: encoded.ids, offsets: encoded.offsets, values };
  }

  /**
   * Encodes texts in slices of about 10 ms, between which the event loop turns, so that a server goes on serving.
   * @throws the reason of `signal`
   */
  async encodeInSlices(
    texts: readonly (string | Uint8Array)[],
    { signal, onProgress }: EncodeSlicesOptions = {},
  ): Promise<EncodedTexts> {
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
    const values = await featureValuesInSlices(encoded, this.weights, this.options, slices);
    report(texts.length);
    return { ids: encoded.ids, offsets: encoded.offsets, values };
  }

  /**
   * Makes lists for the tokens that `encodeTokenLists` takes.
   * @internal for data sets
   */
  tokenLists(): TokenLists {
    return new TokenLists(this.options.tokenizer, { interner: this.#index.interner });
  }

  /**
   * Finds the features of the texts `rows`.
   * @param tokens made by `tokenLists`
   * @internal for data sets
   */
  async encodeTokenLists(tokens: TokenLists, rows: Int32Array, slices: TimeSlices): Promise<CountedTexts> {
    const writer = this.#writer(tokens, rows);
    for (const row of rows) {
      this.#index.add(tokens.list(row), writer);
      if (slices.isOver) await slices.next();
    }
    return writer.finish();
  }

  #writer(tokens: TokenLists, rows: Int32Array): BagWriter {
    return this.#index.writer(rows.length, tokens.lengthOf(rows), this.options.counts === 'counts');
  }

  /** Returns the tokens of a text and where they stand in it. */
  tokenSpans(text: string): TokenSpan[] {
    return tokenSpans(text, this.options.tokenizer);
  }
}

function bytesOf(text: string | Uint8Array): Uint8Array {
  return typeof text === 'string' ? Buffer.from(text) : text;
}
