import type { BagWriter, EncodedTexts } from './bag_writer.js';
import { WordCharacters } from './characters/word_characters.js';
import { CharacterNgrams } from './characters/character_ngrams.js';
import type { NgramIndex } from './ngrams/ngram_index.js';
import { TokenInterner } from './tokens/token_interner.js';

/** New words that take more are not worth keeping. */
const mostNewWords = 1 << 16;
const mostNewBytes = 1 << 20;

/**
 * Finds the features of texts. Where characters count, words that are in no feature have some all the same: the finder
 * then keeps tokens of its own, those of the features and all that come, and so is for texts that come together.
 */
export class FeatureFinder {
  /** Gives tokens their numbers; -1 to those that are in no feature and have none. */
  readonly interner: TokenInterner;
  readonly #words: WordCharacters | null;

  constructor(readonly index: NgramIndex) {
    const { characters } = index;
    this.interner = new TokenInterner(0, index.interner);
    this.interner.frozen = characters === null;
    this.#words = characters && new WordCharacters(this.interner, ngramsOf(characters), characters.idOf);
  }

  /** Whether n-grams of characters are features. */
  get hasCharacters(): boolean {
    return this.#words !== null;
  }

  /** Whether it has kept so many words that another one is to take its place. */
  get isFull(): boolean {
    const { interner, index } = this;
    return interner.size - index.interner.size > mostNewWords || interner.tail > mostNewBytes;
  }

  /** The numbers of tokens. */
  numbersOf(tokens: readonly string[]): Int32Array {
    return Int32Array.from(tokens, (token) => this.interner.internString(token));
  }

  /** How many n-grams of characters a list of tokens has at most. @param counts whether it matters how often */
  charactersIn(list: Int32Array, counts: boolean): number {
    return this.#words?.lengthOf(list, counts) ?? 0;
  }

  /** Hands the features of a list of tokens to `writer`. */
  add(list: Int32Array, writer: BagWriter): void {
    this.index.add(list, writer);
    this.#words?.addTo(writer, list);
    writer.endText();
  }

  /** Does what `add` does, with a writer in which there may not be room. */
  addMore(list: Int32Array, writer: BagWriter): void {
    this.index.makeRoom(writer, list.length, this.charactersIn(list, writer.isCounting));
    this.add(list, writer);
  }

  /** Returns the features of lists of tokens with how often each has them. */
  count(lists: readonly Int32Array[]): EncodedTexts {
    let tokens = 0;
    let characters = 0;
    for (const list of lists) {
      tokens += list.length;
      characters += this.charactersIn(list, true);
    }
    const writer = this.index.writer({ texts: lists.length, tokens, characters, counts: true });
    for (const list of lists) this.add(list, writer);
    return writer.finish();
  }
}

/** Returns what finds the n-grams of characters that are features, with memory of its own to write in. */
function ngramsOf({ range, ngrams }: NonNullable<NgramIndex['characters']>): CharacterNgrams {
  const own = new TokenInterner(0, ngrams);
  own.frozen = true;
  return new CharacterNgrams(range, own);
}
