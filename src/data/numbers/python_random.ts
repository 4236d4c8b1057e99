const size = 624;
const middle = 397;
const { clz32, imul } = Math;

/**
 * Python's `random` module for whole-number seeds: the Mersenne Twister MT19937 of Matsumoto and Nishimura (1998),
 * seeded and read as CPython does (`Modules/_randommodule.c`, `Lib/random.py`).
 */
export class PythonRandom {
  readonly #state = new Uint32Array(size);
  #index = size;

  /** @param seed a safe integer; as in Python, its sign does not matter */
  constructor(seed: number) {
    const magnitude = Math.abs(seed);
    const high = Math.floor(magnitude / 2 ** 32);
    this.#seed(high === 0 ? [magnitude] : [magnitude >>> 0, high]);
  }

  /** `random.getrandbits(count)` for 1 to 32 bits. */
  bits(count: number): number {
    return this.#next() >>> (32 - count);
  }

  /** `random.randrange(limit)` for 1 to 2^32 - 1. */
  below(limit: number): number {
    const count = 32 - clz32(limit);
    let number = this.bits(count);
    while (number >= limit) number = this.bits(count);
    return number;
  }

  /** `random.shuffle(items)`: in place. */
  shuffle(items: { [index: number]: number; readonly length: number }): void {
    for (let i = items.length - 1; i > 0; i -= 1) {
      const j = this.below(i + 1);
      const moved = items[i];
      items[i] = items[j];
      items[j] = moved;
    }
  }

  #seed(key: readonly number[]): void {
    const state = this.#state;
    state[0] = 19650218;
    for (let i = 1; i < size; i += 1) state[i] = imul(1812433253, this.#mixed(i - 1)) + i;
    let i = 1;
    for (let k = 0; k < size; k += 1) {
      const j = k % key.length;
      state[i] = (this.#state[i] ^ imul(this.#mixed(i - 1), 1664525)) + key[j] + j;
      i = this.#following(i);
    }
    for (let k = 1; k < size; k += 1) {
      state[i] = (this.#state[i] ^ imul(this.#mixed(i - 1), 1566083941)) - i;
      i = this.#following(i);
    }
    state[0] = 0x80000000;
  }

  #next(): number {
    if (this.#index === size) this.#twist();
    let number = this.#state[this.#index];
    this.#index += 1;
    number ^= number >>> 11;
    number ^= (number << 7) & 0x9d2c5680;
    number ^= (number << 15) & 0xefc60000;
    return (number ^ (number >>> 18)) >>> 0;
  }

  #twist(): void {
    for (let k = 0; k < size; k += 1) {
      const bits = (this.#state[k] & 0x80000000) | (this.#state[(k + 1) % size] & 0x7fffffff);
      const magic = (bits & 1) === 0 ? 0 : 0x9908b0df;
      this.#state[k] = this.#state[(k + middle) % size] ^ (bits >>> 1) ^ magic;
    }
    this.#index = 0;
  }

  #mixed(index: number): number {
    return this.#state[index] ^ (this.#state[index] >>> 30);
  }

  /** The index behind `i`; where the state begins anew, its first word becomes its last. */
  #following(i: number): number {
    if (i + 1 < size) return i + 1;
    this.#state[0] = this.#state[size - 1];
    return 1;
  }
}
