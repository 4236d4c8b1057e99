import type { ClassCounts } from './class_counts.js';

/** The number that is added to each count (Laplace smoothing). */
const smoothing = 1;
/** The numbers that are added to a feature's counts in a class and in the rest, together. */
const sharedSmoothing = 2 * smoothing;
/** Bounds the memory of the tables of logarithms. */
const tabledNumbers = 1 << 16;
const { abs, log, log1p, max, sign, sqrt } = Math;

/**
 * The log-count ratios of a feature: those of the second of two classes, or the largest absolute ones of a class against
 * the rest. With `p` of the feature in the class and `q` in the rest, `S_k` of all features in the class and `S` in all,
 * - `plain`: `ln((1 + p) / (1 + q)) - ln((features + S_k) / (features + S - S_k))` (Wang and Manning 2012);
 * - `shrunk`: `r = ln((a + p) / (b + q)) - ln(a / b)`, where `a = 2 S_k / S` and `b = 2 - a` share the smoothing out by
 *   the sizes of the class and of the rest, so that a feature that tells nothing has 0 however rare the class is; times
 *   `r^2 / (r^2 + s^2)`, where `s^2 = 1 / (a + p) + 1 / (b + q)` is its variance; to the power 1/2, with its sign.
 */
export class LogCountRatios {
  plain = 0;
  shrunk = 0;
  readonly #counts: ClassCounts;
  /** The classes, from the one with the fewest entries to the one with the most. */
  readonly #bySize: Int32Array;
  /** `[classes]`: the second terms of `plain`. */
  readonly #totals: Float64Array;
  /** `[classes]`: `a`. */
  readonly #shares: Float64Array;
  /** The logarithms of counts, since most features have the same few: ln(1 + count), and for each class the terms of r. */
  readonly #logs: Float64Array;
  readonly #ofClass: Float64Array;
  readonly #ofRest: Float64Array;
  /** Counts below this number are in the tables. */
  readonly #tabled: number;

  constructor(counts: ClassCounts, features: number) {
    const { sizes } = counts;
    const all = sizes.reduce((sum, size) => sum + size, 0);
    const added = smoothing * features;
    this.#counts = counts;
    this.#bySize = Int32Array.from(sizes.keys()).sort((one, other) => sizes[one] - sizes[other]);
    this.#totals = sizes.map((size) => log(added + size) - log(added + all - size));
    this.#shares = sizes.map((size) => (all === 0 ? 0 : (sharedSmoothing * size) / all));
    const tabled = max(8, Math.min(1024, Math.floor(tabledNumbers / sizes.length)));
    this.#tabled = tabled;
    this.#logs = Float64Array.from({ length: tabled }, (_, count) => log(smoothing + count));
    const table = (shares: Float64Array): Float64Array =>
      Float64Array.from({ length: sizes.length * tabled }, (_, k) =>
        sharedLogOf(k % tabled, shares[Math.floor(k / tabled)]),
      );
    this.#ofClass = table(this.#shares);
    this.#ofRest = table(this.#shares.map((share) => sharedSmoothing - share));
  }

  /** Finds the ratios of the feature that was counted last. @param isPlain, isShrunk which are wanted */
  look(isPlain: boolean, isShrunk: boolean): void {
    const { counts, present, found, total } = this.#counts;
    const classes = this.#bySize.length;
    if (classes === 2) {
      if (isPlain) this.plain = this.#ratio(1, counts[1], counts[0]);
      if (isShrunk) this.shrunk = signedRoot(this.#square(1, counts[1], counts[0]));
      return;
    }
    // Of the classes without the feature the smallest and the largest one have the extreme ratios.
    const [first, last] = found < classes ? [this.#firstWithout(0, 1), this.#firstWithout(classes - 1, -1)] : [-1, -1];
    if (isPlain) {
      let most = first < 0 ? 0 : max(abs(this.#ratio(first, 0, total)), abs(this.#ratio(last, 0, total)));
      for (let k = 0; k < found; k += 1) {
        const own = counts[present[k]];
        most = max(most, abs(this.#ratio(present[k], own, total - own)));
      }
      this.plain = most;
    }
    if (!isShrunk) return;
    let most = first < 0 ? 0 : max(abs(this.#square(first, 0, total)), abs(this.#square(last, 0, total)));
    for (let k = 0; k < found; k += 1) {
      const own = counts[present[k]];
      most = max(most, abs(this.#square(present[k], own, total - own)));
    }
    this.shrunk = signedRoot(most);
  }

  #ratio(k: number, p: number, q: number): number {
    const [logs, tabled] = [this.#logs, this.#tabled];
    const ofClass = p < tabled ? logs[p] : log(smoothing + p);
    return ofClass - (q < tabled ? logs[q] : log(smoothing + q)) - this.#totals[k];
  }

  /** Returns the square of `shrunk` with the sign of r. */
  #square(k: number, p: number, q: number): number {
    const [tabled, share] = [this.#tabled, this.#shares[k]];
    const rest = sharedSmoothing - share;
    const ofClass = p < tabled ? this.#ofClass[k * tabled + p] : sharedLogOf(p, share);
    const r = ofClass - (q < tabled ? this.#ofRest[k * tabled + q] : sharedLogOf(q, rest));
    // r^2 / s^2, where 1 / s^2 is a product over a sum.
    const evidence = r * r * (share + p) * (rest + q);
    return (r * evidence) / (evidence + p + q + sharedSmoothing);
  }

  #firstWithout(start: number, step: number): number {
    let k = start;
    while (this.#counts.counts[this.#bySize[k]] > 0) k += step;
    return this.#bySize[k];
  }
}

/** Returns `ln((share + count) / share)`; 0 where a class has nothing or all, which leaves nothing to compare. */
function sharedLogOf(count: number, share: number): number {
  return share > 0 ? log1p(count / share) : 0;
}

function signedRoot(square: number): number {
  return sign(square) * sqrt(abs(square));
}
