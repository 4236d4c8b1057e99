/** What is counted of a run: its number, the last text that has it, how many texts have it, how often it occurs. */
const fields = 4;
const [number, lastText, texts, total] = [0, 1, 2, 3];
const none = -1;

/** Counts of the runs that share all tokens but the last one, by that one: small enough for the processor's cache. */
export class RunCounts {
  readonly #data: Int32Array;
  /** The last tokens that were counted, in the order in which they first came. */
  readonly #seen: Int32Array;
  #size = 0;

  /** @param tokens last tokens are below it */
  constructor(tokens: number) {
    this.#data = new Int32Array(fields * tokens);
    for (let i = number; i < this.#data.length; i += fields) this.#data[i] = none;
    this.#seen = new Int32Array(tokens);
  }

  /** Counts an occurrence. Those of a text come one after the other. */
  add(last: number, text: number): void {
    const data = this.#data;
    const at = fields * last;
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
      const at = fields * last;
      if ((this.#data[at + texts] ?? 0) < minimumCount) continue;
      this.#data[at + number] = keep(last, this.#data[at + total] ?? 0);
    }
  }

  /** The number of the run with this last token, or -1. */
  numberOf(last: number): number {
    return this.#data[fields * last + number] ?? none;
  }

  /** Forgets all runs. */
  clear(): void {
    for (let k = 0; k < this.#size; k += 1) {
      const at = fields * (this.#seen[k] ?? 0);
      this.#data[at + number] = none;
      this.#data[at + texts] = 0;
      this.#data[at + total] = 0;
    }
    this.#size = 0;
  }
}
