/**
 * Draws resamples of a bootstrap: of some examples as many are drawn, with replacement. The
 * numbers are those of xoshiro128** (Blackman and Vigna 2018), seeded by SplitMix32.
 */
export class Resampler {
  readonly #state: Int32Array;

  constructor(seed: number) {
    let mixed = seed | 0;
    this.#state = Int32Array.from({ length: 4 }, () => {
      mixed = (mixed + 0x9e3779b9) | 0;
      let bits = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
      bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
      return bits ^ (bits >>> 16);
    });
  }

  /**
   * Draws the next resample.
   * @param groups `[n]`: the group of each example
   * @param weights `[groups]`: receives how many examples of each are in the resample
   */
  draw(groups: Int32Array, weights: Int32Array): void {
    weights.fill(0);
    const { length } = groups;
    const scale = length / 2 ** 32;
    // Locals are several times as fast as the elements of an array.
    let [a, b, c, d] = this.#state;
    for (let k = 0; k < length; k += 1) {
      const product = Math.imul(b, 5);
      const bits = Math.imul((product << 7) | (product >>> 25), 9);
      const shifted = b << 9;
      c ^= a;
      d ^= b;
      b ^= c;
      a ^= d;
      c ^= shifted;
      d = (d << 11) | (d >>> 21);
      weights[groups[Math.floor((bits >>> 0) * scale)]] += 1;
    }
    this.#state.set([a, b, c, d]);
  }
}

/**
 * Returns the bounds between which the middle of some numbers lies, by linear interpolation, as numpy's percentiles are.
 * @param level the share that lies between them, such as 0.95
 */
export function percentileInterval(numbers: Float64Array, level: number): [number, number] {
  const sorted = numbers.toSorted();
  const at = (share: number): number => {
    const place = share * (sorted.length - 1);
    const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
    return below + (above - below) * (place - Math.floor(place));
  };
  return [at((1 - level) / 2), at((1 + level) / 2)];
}
