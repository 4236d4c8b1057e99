import { bagsOfWords } from './bag_of_words.js';
import type { FeatureOptions } from './features.js';
import { TokenLists } from './token_lists.js';
import { tokenSpans, type TokenSpan } from './tokenizer.js';

/** Words beyond the vocabulary that are remembered before they are all forgotten: bounds the memory. */
const mostUnknownWords = 1 << 16;

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
  /** `[features.length]`: what each feature is scaled with; null without weighting. */
  weights: Float32Array | null;
}

/** Turns texts into the features that a model was trained on. Texts can go on for ever: the memory is bounded. */
export class Featurizer {
  readonly options: FeatureOptions;
  /** Feature id -> its tokens, joined by a blank; `<UNK>` is the notebook's id 0. */
  readonly features: readonly string[];
  #tokens: TokenLists;
  readonly #idOfWord: Int32Array;

  constructor({ options, features }: FeaturizerOptions) {
    this.options = options;
    this.features = features;
    this.#tokens = tokenListsOf(features);
    this.#idOfWord = new Int32Array(features.length + mostUnknownWords);
    for (let id = 1; id < features.length; id += 1) this.#idOfWord[id - 1] = id;
  }

  /** @param text bytes are UTF-8; what is not is dropped */
  encode(text: string | Uint8Array): EncodedText {
    const { ids, values } = this.encodeAll([text]);
    return { ids, values };
  }

  encodeAll(texts: readonly (string | Uint8Array)[]): EncodedTexts {
    if (this.#tokens.words.size > this.#idOfWord.length) this.#tokens = tokenListsOf(this.features);
    this.#tokens.clear();
    const rows = Int32Array.from(texts, (text) =>
      this.#tokens.add(typeof text === 'string' ? Buffer.from(text) : text),
    );
    return { ...bagsOfWords(this.#tokens, rows, this.#idOfWord, this.features.length), values: null };
  }

  /** The tokens of a text and where they stand in it. */
  tokenSpans(text: string): TokenSpan[] {
    return tokenSpans(text);
  }
}

/** Token lists whose word numbers are the ids of `features` less one. */
function tokenListsOf(features: readonly string[]): TokenLists {
  const tokens = new TokenLists();
  for (const word of features.slice(1)) tokens.addWord(word);
  return tokens;
}
