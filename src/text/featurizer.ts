import type { EncodedTexts as CountedTexts } from './bag_writer.js';
import { featureValues } from './feature_values.js';
import { hasUnknown, type FeatureOptions } from './features.js';
import { NgramIndex } from './ngram_index.js';
import { TokenLists } from './token_lists.js';
import { tokenSpans, type TokenSpan } from './tokenizer.js';

/** Tokens to have room for at first: most texts that are looked at alone have fewer. */
const fewTokens = 1 << 12;

/** A text as the model reads it. */
export interface EncodedText {
  /** Feature ids, ascending, each once. */
  readonly ids: Int32Array;
  /** `[ids.length]`; null: all 1. */
  readonly values: Float32Array | null;
}

/** Many of them: text `t` has the ids from `offsets[t]` to `offsets[t + 1]`. */
export interface EncodedTexts extends EncodedText {
  readonly offsets: Int32Array;
}

export interface FeaturizerOptions {
  options: FeatureOptions;
  features: readonly string[];
  /** `[features.length]`: what each feature is multiplied by; null without weighting. */
  weights: Float32Array | null;
}

/** Turns texts into the features that a model was trained on. */
export class Featurizer {
  readonly options: FeatureOptions;
  /** Feature id -> its tokens, joined by a blank; `<UNK>` is the notebook's id 0. */
  readonly features: readonly string[];
  readonly weights: Float32Array | null;
  readonly #index: NgramIndex;

  /** @throws ImdbTorchError ERR_RUN when a feature comes twice */
  constructor({ options, features, weights }: FeaturizerOptions) {
    this.options = options;
    this.features = features;
    this.weights = weights;
    this.#index = new NgramIndex(features, hasUnknown(options));
  }

  /** @param text bytes are UTF-8; what is not is dropped */
  encode(text: string | Uint8Array): EncodedText {
    const { ids, values } = this.encodeAll([text]);
    return { ids, values };
  }

  encodeAll(texts: readonly (string | Uint8Array)[]): EncodedTexts {
    const tokens = this.tokenLists(fewTokens);
    const rows = Int32Array.from(texts, (text) =>
      tokens.add(typeof text === 'string' ? Buffer.from(text) : text),
    );
    const encoded = this.encodeTokens(tokens, rows);
    const { ids, offsets } = encoded;
    return { ids, offsets, values: featureValues(encoded, this.weights, this.options) };
  }

  /**
   * Where `encodeTokens` wants the tokens of texts.
   * @param room as of TokenLists
   * @internal for data sets
   */
  tokenLists(room?: number): TokenLists {
    const { words } = this.#index;
    return new TokenLists(this.options.tokenizer, { words, ...(room === undefined ? {} : { room }) });
  }

  /**
   * The features of the texts `rows`, without their values.
   * @param tokens made by `tokenLists`
   * @internal for data sets
   */
  encodeTokens(tokens: TokenLists, rows: Int32Array): CountedTexts {
    return this.#index.encode(tokens, rows, this.options.counts === 'counts');
  }

  /** The tokens of a text and where they stand in it. */
  tokenSpans(text: string): TokenSpan[] {
    return tokenSpans(text, this.options.tokenizer);
  }
}
