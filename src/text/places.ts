import type { TimeSlices } from '../system/time_slices.js';
import { none } from './rows.js';
import type { TokenLists } from './token_lists.js';

/** The kept words of texts: a place for each token, and one behind each text. */
export class Places {
  /** `[places]`: the word at each place, or `none`. */
  readonly words: Int32Array;
  /** `[texts + 1]`: where each text starts, and where the last one ends. */
  readonly starts: Int32Array;

  private constructor(tokens: number, texts: number) {
    this.words = new Int32Array(tokens + texts);
    this.starts = new Int32Array(texts + 1);
  }

  /**
   * @param rows the texts, in order
   * @param numberOf `[words]`: of each word of `tokens` its number here, or `none`
   * @throws the reason of the signal of `slices`
   */
  static async of(
    tokens: TokenLists,
    rows: Int32Array,
    numberOf: Int32Array,
    slices: TimeSlices,
  ): Promise<Places> {
    const places = new Places(tokens.lengthOf(rows), rows.length);
    for (let text = 0; text < rows.length; text += 1) {
      places.#place(text, tokens.list(rows[text] ?? 0), numberOf);
      if (slices.isOver) await slices.next();
    }
    return places;
  }

  get texts(): number {
    return this.starts.length - 1;
  }

  /** How many tokens a text has. */
  lengthOf(text: number): number {
    return (this.starts[text + 1] ?? 0) - (this.starts[text] ?? 0) - 1;
  }

  #place(text: number, list: Int32Array, numberOf: Int32Array): void {
    const { words, starts } = this;
    let end = starts[text] ?? 0;
    for (const word of list) words[end++] = numberOf[word] ?? none;
    words[end] = none;
    starts[text + 1] = end + 1;
  }
}
