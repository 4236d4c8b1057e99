const { imul } = Math;

/** A slot holds left, right and one more than the number of the pair: 0 in an empty slot, as memory is at first. */
const slotSize = 3;
/** The greatest part of the slots that is ever taken. */
const mostTaken = 0.75;

/** Gives distinct pairs of whole numbers from 0 a number each: an exact hash table in one typed array. */
export class PairTable {
  /** The number of pairs. */
  size = 0;
  #slots: Int32Array;
  #mask: number;

  /** @param expected number of pairs to have room for at first */
  constructor(expected = 1 << 12) {
    this.#mask = 2 ** Math.ceil(Math.log2((expected + 1) / mostTaken)) - 1;
    this.#slots = new Int32Array(slotSize * (this.#mask + 1));
  }

  /** The table itself: left, right and one more than the number of each pair, and zeros. */
  get slots(): Int32Array {
    return this.#slots;
  }

  /** The number of a pair, or -1. */
  find(left: number, right: number): number {
    return this.#slots[this.#slotOf(left, right) + 2] - 1;
  }

  /** The number of a pair; one not seen before is kept under `number`. */
  findOrAdd(left: number, right: number, number: number): number {
    const slot = this.#slotOf(left, right);
    const found = this.#slots[slot + 2];
    if (found > 0) return found - 1;
    this.#slots[slot] = left;
    this.#slots[slot + 1] = right;
    this.#slots[slot + 2] = number + 1;
    this.size += 1;
    if (this.size > mostTaken * this.#mask) this.#grow();
    return number;
  }

  /** Where the pair is, or else where it belongs. */
  #slotOf(left: number, right: number): number {
    const slots = this.#slots;
    const mask = this.#mask;
    let hash = imul(left, 0x9e3779b1) + imul(right, 0x85ebca6b);
    hash = imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    let slot = slotSize * ((hash ^ (hash >>> 13)) & mask);
    while (slots[slot + 2] > 0 && (slots[slot] !== left || slots[slot + 1] !== right)) {
      slot = slot === slotSize * mask ? 0 : slot + slotSize;
    }
    return slot;
  }

  #grow(): void {
    const old = this.#slots;
    this.#mask = 2 * this.#mask + 1;
    this.#slots = new Int32Array(slotSize * (this.#mask + 1));
    for (let i = 0; i < old.length; i += slotSize) {
      if (old[i + 2] > 0) this.#slots.set(old.subarray(i, i + slotSize), this.#slotOf(old[i], old[i + 1]));
    }
  }
}
