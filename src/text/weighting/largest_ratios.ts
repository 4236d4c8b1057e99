import type { ClassCounts } from './class_counts.js';
import { LogCountRatios } from './log_count_ratios.js';

const { abs } = Math;

/**
 * The log-count ratios that a feature is weighted with: those of the second of two classes, or the largest absolute ones
 * of a class against the rest.
 */
export class LargestRatios {
  plain = 0;
  shrunk = 0;
  readonly #counts: ClassCounts;
  readonly #ratios: LogCountRatios;
  /** The classes, from the one with the fewest entries to the one with the most. */
  readonly #bySize: Int32Array;

  constructor(counts: ClassCounts, features: number) {
    const { sizes } = counts;
    this.#counts = counts;
    this.#ratios = new LogCountRatios(sizes, features);
    this.#bySize = Int32Array.from(sizes.keys()).sort((one, other) => sizes[one] - sizes[other]);
  }

  /** Finds the ratios of the feature that was counted last. @param isPlain, isShrunk which are wanted */
  look(isPlain: boolean, isShrunk: boolean): void {
    const { counts, present, found, total } = this.#counts;
    const classes = this.#bySize.length;
    if (classes === 2) {
      if (isPlain) this.plain = this.#ratios.ratio(1, counts[1], counts[0]);
      if (isShrunk) this.shrunk = this.#ratios.shrunk(1, counts[1], counts[0]);
      return;
    }
    this.plain = 0;
    this.shrunk = 0;
    for (let k = 0; k < found; k += 1) this.#take(present[k], isPlain, isShrunk);
    // Of all classes without the feature the largest and the smallest one have the extreme ratios.
    if (found === classes || total === 0) return;
    this.#take(this.#firstWithout(0, 1), isPlain, isShrunk);
    this.#take(this.#firstWithout(classes - 1, -1), isPlain, isShrunk);
  }

  #firstWithout(start: number, step: number): number {
    let k = start;
    while (this.#counts.counts[this.#bySize[k]] > 0) k += step;
    return this.#bySize[k];
  }

  #take(k: number, isPlain: boolean, isShrunk: boolean): void {
    const { counts, total } = this.#counts;
    const [p, q] = [counts[k], total - counts[k]];
    if (isPlain) this.plain = Math.max(this.plain, abs(this.#ratios.ratio(k, p, q)));
    if (isShrunk) this.shrunk = Math.max(this.shrunk, abs(this.#ratios.shrunk(k, p, q)));
  }
}
