import { aString, checkText, checkTexts } from '../arguments.js';
import type { BagWriter, EncodedTexts } from './bag_writer.js';
import { FeatureFinder } from './feature_finder.js';
import { hasUnknown, type BuiltInTokenizer, type FeatureOptions } from './features.js';
import type { IndexTables } from './ngrams/index_tables.js';
import { NgramIndex } from './ngrams/ngram_index.js';
import { assertSameTokenizer, ownSpans, type OwnTokenizer } from './tokens/own_tokenizer.js';
import { TextTokens } from './tokens/text_tokens.js';
import { TokenLists } from './tokens/token_lists.js';
import type { TokenSpan } from './tokens/token_span.js';
import { tokenSpans } from './tokens/tokenizer.js';
import { utf8Of } from './tokens/utf8.js';

/** The number of texts that are encoded, and computed, at once where any number may come: it bounds the memory. */
export const textsPerBatch = 1024;

/** The features of one text: its ids, ascending, each once, and where it matters how often it has each. */
export type EncodedText = Pick<EncodedTexts, 'ids' | 'counts'>;

export interface FeatureEncoderOptions {
  options: FeatureOptions;
  /** `[features]`: the factor of each feature; null without weighting. */
  weights: Float32Array | null;
  /** What finds the features, or what returns it when the first text comes. */
  tables: IndexTables | (() => IndexTables);
  /** The tokenizer where it is one of the program's own, as `options` say. */
  tokenizer?: OwnTokenizer | undefined;
}

/** The number of tokens that there is room for in the first of a few texts. */
const tokensAtFirst = 1 << 7;

/** Turns texts into features by their ids. It needs nothing but what every engine of JavaScript has. */
export class FeatureEncoder {
  readonly options: FeatureOptions;
  readonly weights: Float32Array | null;
  readonly #tables: IndexTables | (() => IndexTables);
  #madeIndex: NgramIndex | undefined;
  /** What finds the features of a few texts, again and again. */
  #finder: FeatureFinder | undefined;
  #tokens: TextTokens | undefined;
  readonly #own: OwnTokenizer | undefined;

  constructor({ options, weights, tables, tokenizer }: FeatureEncoderOptions) {
    this.options = options;
    this.weights = weights;
    this.#tables = tables;
    this.#own = tokenizer;
  }

  /** The index of the features. @internal */
  get index(): NgramIndex {
    if (this.#madeIndex !== undefined) return this.#madeIndex;
    const tables = typeof this.#tables === 'function' ? this.#tables() : this.#tables;
    return (this.#madeIndex = new NgramIndex(tables, hasUnknown(this.options)));
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

  /** Encodes a few texts at once. */
  encodeBatch(texts: readonly (string | Uint8Array)[]): EncodedTexts {
    checkTexts(texts);
    const { finder, tokens } = this.#ready();
    const counts = this.options.counts === 'counts';
    const writer = this.index.writer({ texts: texts.length, tokens: tokensAtFirst, characters: 0, counts });
    for (const text of texts) finder.addMore(tokens.of(utf8Of(text)), writer);
    return writer.finish();
  }

  /** Returns what finds features in lists of tokens. @internal for explanations */
  finder(): FeatureFinder {
    return this.#ready().finder;
  }

  /** Returns what encodes a few texts; words that have come before are kept, as long as they are not too many. */
  #ready(): { finder: FeatureFinder; tokens: TextTokens } {
    if (this.#finder?.isFull === true) this.#finder = this.#tokens = undefined;
    const finder = (this.#finder ??= new FeatureFinder(this.index));
    this.#tokens ??= new TextTokens(this.options.tokenizer, finder.interner, this.#own);
    return { finder, tokens: this.#tokens };
  }

  /** Makes lists for tokens, to be looked up by `finder`. @internal */
  listsFor({ interner }: FeatureFinder): TokenLists {
    return new TokenLists(this.options.tokenizer, { interner, own: this.#own });
  }

  /** Returns what takes the features of the texts `rows`. @internal */
  writer(tokens: TokenLists, rows: Int32Array, characters: number): BagWriter {
    const counts = this.options.counts === 'counts';
    return this.index.writer({ texts: rows.length, tokens: tokens.lengthOf(rows), characters, counts });
  }

  /** Returns the tokens of a text and where they stand in it. */
  tokenSpans(text: string): TokenSpan[] {
    aString(text, 'text');
    const { tokenizer } = this.options;
    assertSameTokenizer(tokenizer, this.#own);
    return this.#own === undefined ? tokenSpans(text, tokenizer as BuiltInTokenizer) : ownSpans(text, this.#own);
  }
}
