/** The number that is added to each count (Laplace smoothing). */
const smoothing = 1;
/** The numbers that are added to a feature's counts in a class and in the rest, together. */
const sharedSmoothing = 2 * smoothing;
/** Bounds the memory of the tables of logarithms. */
const tabledNumbers = 1 << 16;
const { abs, log, sign, sqrt } = Math;

/**
 * The log-count ratios of features, one class against the rest: with `p` of the feature in the class and `q` in the rest,
 * `S_k` of all features in the class and `S` in all classes,
 * - `ratio`: `ln((1 + p) / (1 + q)) - ln((features + S_k) / (features + S - S_k))` (Wang and Manning 2012);
 * - `shrunk`: `r = ln((a + p) / (b + q)) - ln(a / b)`, where `a = 2 S_k / S` and `b = 2 - a` share the smoothing out by
 *   the sizes of the class and of the rest, so that a feature that tells nothing has 0 however rare the class is; times
 *   `r^2 / (r^2 + s^2)`, where `s^2 = 1 / (a + p) + 1 / (b + q)` is its variance; to the power 1/2, with its sign.
 */
export class LogCountRatios {
  /** `[classes]`: the second terms of `ratio`. */
  readonly #totals: Float64Array;
  /** `[classes]`: `a`. */
  readonly #shares: Float64Array;
  /** ln(1 + count) and, for each class, ln(a + count) and ln(b + count): most features have the same few counts. */
  readonly #logs: Float64Array;
  readonly #ofClass: Float64Array;
  readonly #ofRest: Float64Array;
  readonly #tabled: number;

  /** @param sizes `[classes]`: `S_k` */
  constructor(sizes: Float64Array, features: number) {
    const classes = sizes.length;
    const all = sizes.reduce((sum, size) => sum + size, 0);
    const added = smoothing * features;
    this.#totals = sizes.map((size) => log(added + size) - log(added + all - size));
    this.#shares = sizes.map((size) => (all === 0 ? 0 : (sharedSmoothing * size) / all));
    this.#logs = Float64Array.from({ length: 1024 }, (_, count) => log(smoothing + count));
    this.#tabled = Math.max(8, Math.min(1024, Math.floor(tabledNumbers / classes)));
    const table = (share: (of: number) => number): Float64Array =>
      Float64Array.from({ length: classes * this.#tabled }, (_, k) =>
        log(share(this.#shares[Math.floor(k / this.#tabled)]) + (k % this.#tabled)),
      );
    this.#ofClass = table((share) => share);
    this.#ofRest = table((share) => sharedSmoothing - share);
  }

  ratio(k: number, p: number, q: number): number {
    return this.#logOf(p) - this.#logOf(q) - this.#totals[k];
  }

  /** 0 where there is no class to compare, or nothing to compare it with. */
  shrunk(k: number, p: number, q: number): number {
    const share = this.#shares[k];
    const rest = sharedSmoothing - share;
    if (!(share > 0 && rest > 0)) return 0;
    const ofClass = this.#sharedLogOf(this.#ofClass, k, p, share) - this.#ofClass[k * this.#tabled];
    const ofRest = this.#sharedLogOf(this.#ofRest, k, q, rest) - this.#ofRest[k * this.#tabled];
    const r = ofClass - ofRest;
    const square = r * r;
    return sign(r) * sqrt((abs(r) * square) / (square + 1 / (share + p) + 1 / (rest + q)));
  }

  #logOf(count: number): number {
    return count < this.#logs.length ? this.#logs[count] : log(smoothing + count);
  }

  #sharedLogOf(table: Float64Array, k: number, count: number, share: number): number {
    return count < this.#tabled ? table[k * this.#tabled + count] : log(share + count);
  }
}
