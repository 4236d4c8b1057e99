import { TimeSlices } from '../system/time_slices.js';
import type { BagWriter, EncodedTexts as CountedTexts, FeatureIds } from './bag_writer.js';
import { featureValues, featureValuesInSlices } from './feature_values.js';
import { hasUnknown, type FeatureOptions } from './features.js';
import { NgramIndex } from './ngrams/ngram_index.js';
import { TokenBuffer } from './tokens/token_buffer.js';
import { TokenLists } from './tokens/token_lists.js';
import { tokenSpans, type TokenSpan } from './tokens/tokenizer.js';
import type { Vocabulary } from './vocabulary.js';

/** So many texts are encoded, and computed, at once by what goes through any number of them: bounds the memory. */
export const textsAtOnce = 1024;

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
  /** `[vocabulary.size]`: what each feature is multiplied by; null without weighting. */
  weights: Float32Array | null;
}

export interface EncodeTextsOptions {
  signal?: AbortSignal | undefined;
  /** After every slice. */
  onProgress?: ((progress: EncodeTextsProgress) => void) | undefined;
}

/** In texts. */
export interface EncodeTextsProgress {
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
  #madeTokens: TokenBuffer | undefined;

  constructor({ options, vocabulary, weights }: FeaturizerOptions) {
    this.options = options;
    this.vocabulary = vocabulary;
    this.weights = weights;
  }

  /** Made for the first text: that takes half a second for half a million features. */
  get #index(): NgramIndex {
    return (this.#madeIndex ??= new NgramIndex(this.vocabulary.words, hasUnknown(this.options)));
  }

  /** Of the texts of a call of `encodeAll`. */
  get #tokens(): TokenBuffer {
    return (this.#madeTokens ??= new TokenBuffer(this.options.tokenizer, this.#index.words));
  }

  /**
   * @param text bytes are UTF-8; what is not is dropped
   * @throws ImdbTorchError ERR_RUN when a feature comes twice, as do all methods that encode
   */
  encode(text: string | Uint8Array): EncodedText {
    const { ids, values } = this.encodeAll([text]);
    return { ids, values };
  }

  /** Of a few texts, at once; `encodeTexts` is for many. */
  encodeAll(texts: readonly (string | Uint8Array)[]): EncodedTexts {
    const tokens = this.#tokens;
    tokens.clear();
    const ends = texts.map((text) => tokens.add(bytesOf(text)));
    const writer = this.#writer(texts.length, tokens.length);
    ends.forEach((end, text) => {
      this.#index.add(tokens.slice(ends[text - 1] ?? 0, end), writer);
    });
    const { ids, offsets, counts } = writer.finish();
    const values = featureValues({ ids, offsets, counts }, this.weights, this.options);
    return { ids, offsets, values };
  }

  /**
   * As `encodeAll`, in slices of about 10 ms, between which the event loop turns, so that a server goes on serving.
   * @throws the reason of `signal`
   */
  async encodeTexts(
    texts: readonly (string | Uint8Array)[],
    { signal, onProgress }: EncodeTextsOptions = {},
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
    const { ids, offsets, counts } = await this.encodeTokens(tokens, rows, slices);
    const values = await featureValuesInSlices({ ids, offsets, counts }, this.weights, this.options, slices);
    report(texts.length);
    return { ids, offsets, values };
  }

  /**
   * Where `encodeTokens` wants the tokens of texts.
   * @internal for data sets
   */
  tokenLists(): TokenLists {
    return new TokenLists(this.options.tokenizer, { words: this.#index.words });
  }

  /**
   * The features of the texts `rows`, without their values.
   * @param tokens made by `tokenLists`
   * @internal for data sets
   */
  async encodeTokens(tokens: TokenLists, rows: Int32Array, slices: TimeSlices): Promise<CountedTexts> {
    const writer = this.#writer(rows.length, tokens.lengthOf(rows));
    for (const row of rows) {
      this.#index.add(tokens.list(row), writer);
      if (slices.isOver) await slices.next();
    }
    return writer.finish();
  }

  /** @param tokens how many the texts have together */
  #writer(texts: number, tokens: number): BagWriter {
    return this.#index.writer(texts, tokens, this.options.counts === 'counts');
  }

  /** The tokens of a text and where they stand in it. */
  tokenSpans(text: string): TokenSpan[] {
    return tokenSpans(text, this.options.tokenizer);
  }
}

function bytesOf(text: string | Uint8Array): Uint8Array {
  return typeof text === 'string' ? Buffer.from(text) : text;
}
