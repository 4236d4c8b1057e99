import { entryOf, newText, none, numberOf, textOf, uncounted, type Rows } from './occurrences.js';

/** What is counted of a run: its number, the last text that has it, how many texts have it, how often it occurs. */
const fieldCount = 4;
const [number, lastText, texts, total] = [0, 1, 2, 3];

/** Counts of the runs that share all tokens but the last one, by that one: small enough for the processor's cache. */
export class RunCounts {
  readonly #data: Int32Array;
  /** The last tokens that were counted, in the order in which they first came. */
  readonly #seen: Int32Array;
  #size = 0;

  /** @param tokens last tokens are below it */
  constructor(tokens: number) {
    this.#data = new Int32Array(fieldCount * tokens);
    for (let i = number; i < this.#data.length; i += fieldCount) this.#data[i] = none;
    this.#seen = new Int32Array(tokens);
  }

  /** Counts the tokens of a text. */
  addText(tokens: Int32Array, text: number): void {
    for (const last of tokens) this.#add(last, text);
  }

  /** Counts the first word of each row. */
  addRows({ data, fields }: Rows, start: number, end: number): void {
    let text = 0;
    for (let i = fields * start; i < fields * end; i += fields) {
      const entry = data[i] ?? 0;
      // The texts that are not counted come last.
      if (textOf(entry) === uncounted) return;
      if (textOf(entry) === newText) text += 1;
      this.#add(numberOf(entry), text);
    }
  }

  /** Puts the number of each run, or `none`, in place of the first word of each row. */
  numberRows({ data, fields }: Rows, start: number, end: number): void {
    for (let i = fields * start; i < fields * end; i += fields) {
      const entry = data[i] ?? 0;
      data[i] = entryOf(this.numberOf(numberOf(entry)), textOf(entry));
    }
  }

  #add(last: number, text: number): void {
    const data = this.#data;
    const at = fieldCount * last;
    const before = data[at + texts] ?? 0;
    if (before === 0) this.#seen[this.#size++] = last;
    if (before === 0 || data[at + lastText] !== text) {
      data[at + lastText] = text;
      data[at + texts] = before + 1;
    }
    data[at + total] = (data[at + total] ?? 0) + 1;
  }

  /** Gives the runs that at least `minimumCount` texts have their numbers, through `keep`. */
  select(minimumCount: number, keep: (last: number, total: number) => number): void {
    for (let k = 0; k < this.#size; k += 1) {
      const last = this.#seen[k] ?? 0;
      const at = fieldCount * last;
      if ((this.#data[at + texts] ?? 0) < minimumCount) continue;
      this.#data[at + number] = keep(last, this.#data[at + total] ?? 0);
    }
  }

  /** The number of the run with this last token, or `none`. */
  numberOf(last: number): number {
    return this.#data[fieldCount * last + number] ?? none;
  }

  /** Forgets all runs. */
  clear(): void {
    for (let k = 0; k < this.#size; k += 1) {
      const at = fieldCount * (this.#seen[k] ?? 0);
      this.#data[at + number] = none;
      this.#data[at + texts] = 0;
      this.#data[at + total] = 0;
    }
    this.#size = 0;
  }
}
