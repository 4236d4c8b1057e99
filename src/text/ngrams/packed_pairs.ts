import { sharedMemory } from '../shared_memory.js';

const { clz32, imul, max, min } = Math;

/** The number of a pair that is not there. */
const absent = -1;
/** An entry holds left with the last bits of the place, and the number of the pair. */
const entrySize = 2;
/** The greatest number of marks of a bucket: few enough that four bits choose one. */
const mostMarks = 16;

/**
 * Distinct pairs of whole numbers from 0, and the number of each, as they lie in a file: an exact hash table without an
 * empty slot. A pair has a place, of `bits` bits, which for one left is another one for each right; so left and the place
 * are the pair. The first bits of the place are the number of a bucket; an entry has the last ones, beside left.
 */
export interface PackedPairs {
  /** The number of bits of a place, and of left, right and the numbers of pairs. */
  readonly bits: number;
  /**
   * `[buckets + 1]`: where the entries of each start, and below that, in as many bits as are left, its marks: bits that
   * its pairs have set, by which most pairs that are not there are known without a look at the entries.
   */
  readonly buckets: Int32Array;
  /** `[pairs, 2]`: left and the last bits of the place as one number, and the number of the pair. */
  readonly entries: Int32Array;
}

/** How large the parts of packed pairs are. */
interface Sizes {
  readonly bits: number;
  /** The number of bits of the number of a bucket. */
  readonly bucketBits: number;
  /** The number of marks of a bucket. */
  readonly marks: number;
}

/** @returns the sizes for so many pairs: one bucket for two of them, or more where an entry would not fit otherwise */
function sizesFor(pairs: number, bits: number): Sizes {
  const bucketBits = min(bits, max(30 - clz32(pairs | 1), 2 * bits - 32, 0));
  return { bits, bucketBits, marks: min(clz32(pairs), mostMarks) };
}

/**
 * Packs pairs.
 * @param slots left, right and one more than the number of each pair; slots whose third number is 0 are empty
 * @param pairs number of pairs
 * @param most greater than all of left, right and the numbers of pairs
 */
export function packPairs(slots: Int32Array, pairs: number, most: number): PackedPairs {
  const bits = 32 - clz32(max(most - 1, 1));
  const sizes = sizesFor(pairs, bits);
  const { bucketBits, marks } = sizes;
  const rest = bits - bucketBits;
  const buckets = new Int32Array(sharedMemory(Int32Array.BYTES_PER_ELEMENT * ((1 << bucketBits) + 1)));
  const marksOf = new Uint16Array(buckets.length);
  for (let i = 0; i < slots.length; i += 3) {
    if (slots[i + 2] === 0) continue;
    const hash = hashOf(slots[i], slots[i + 1]);
    const bucket = placeIn(hash, bits) >>> rest;
    buckets[bucket] += 1;
    marksOf[bucket] |= 1 << markOf(hash, marks);
  }
  let end = 0;
  for (let bucket = 0; bucket < buckets.length; bucket += 1) buckets[bucket] = end += buckets[bucket];
  const entries = new Int32Array(sharedMemory(Int32Array.BYTES_PER_ELEMENT * entrySize * pairs));
  for (let i = slots.length - 3; i >= 0; i -= 3) {
    if (slots[i + 2] === 0) continue;
    const place = placeIn(hashOf(slots[i], slots[i + 1]), bits);
    const entry = entrySize * (buckets[place >>> rest] -= 1);
    entries[entry] = keyOf(slots[i], place, rest);
    entries[entry + 1] = slots[i + 2] - 1;
  }
  for (let bucket = 0; bucket < buckets.length; bucket += 1) {
    buckets[bucket] = (buckets[bucket] << marks) | marksOf[bucket];
  }
  return { bits, buckets, entries };
}

/** Finds packed pairs. */
export class PairFinder {
  readonly #bits: number;
  readonly #rest: number;
  readonly #marks: number;
  readonly #buckets: Int32Array;
  readonly #entries: Int32Array;
  /** Of the pairs that may be there: which they are, their buckets and their keys. */
  #candidates = new Int32Array(3 << 9);

  constructor({ bits, buckets, entries }: PackedPairs) {
    const { bucketBits, marks } = sizesFor(entries.length / entrySize, bits);
    this.#bits = bits;
    this.#rest = bits - bucketBits;
    this.#marks = marks;
    this.#buckets = buckets;
    this.#entries = entries;
  }

  /**
   * Puts in place of each of the first `count` numbers that of its pair with the next one, or -1.
   * @param numbers `[count + 1]`: negative ones are in no pair
   */
  findNeighbours(numbers: Int32Array, count: number): void {
    if (3 * count > this.#candidates.length) this.#candidates = new Int32Array(6 * count);
    const end = this.#chooseCandidates(numbers, count);
    numbers.fill(absent, 0, count);
    const candidates = this.#candidates;
    const entries = this.#entries;
    for (let k = 0; k < end; k += 3) {
      const bucket = candidates[k + 1];
      const key = candidates[k + 2];
      const entryEnd = entrySize * (this.#buckets[bucket + 1] >>> this.#marks);
      for (let entry = entrySize * (this.#buckets[bucket] >>> this.#marks); entry < entryEnd; entry += entrySize) {
        if (entries[entry] !== key) continue;
        numbers[candidates[k]] = entries[entry + 1];
        break;
      }
    }
  }

  /**
   * Finds the pairs that may be there by the marks of their buckets, without a branch: a processor would guess wrong half of
   * the time, and would wait for memory each time rather than for many loads at once.
   * @returns where the candidates end
   */
  #chooseCandidates(numbers: Int32Array, count: number): number {
    const candidates = this.#candidates;
    const buckets = this.#buckets;
    const bits = this.#bits;
    const rest = this.#rest;
    const marks = this.#marks;
    let end = 0;
    let left = numbers[0];
    for (let i = 0; i < count; i += 1) {
      const right = numbers[i + 1];
      const isKnown = ((left | right) >>> 31) ^ 1;
      const hash = hashOf(left, right);
      const place = placeIn(hash, bits);
      // What is in no pair looks at the first bucket, so that it takes no place in the cache.
      const bucket = (place >>> rest) & -isKnown;
      candidates[end] = i;
      candidates[end + 1] = bucket;
      candidates[end + 2] = keyOf(left, place, rest);
      end += 3 * ((buckets[bucket] >>> markOf(hash, marks)) & isKnown);
      left = right;
    }
    return end;
  }
}

/**
 * Whether packed pairs, as a file has them, can be searched: all that they say of places is in its range, and no number
 * of a pair is negative.
 */
export function arePackedPairs({ bits, buckets, entries }: PackedPairs): boolean {
  const pairs = entries.length / entrySize;
  if (!Number.isInteger(bits) || bits < 1 || bits > 30 || !Number.isInteger(pairs)) return false;
  const { bucketBits, marks } = sizesFor(pairs, bits);
  if (buckets.length !== (1 << bucketBits) + 1 || buckets[buckets.length - 1] >>> marks !== pairs) return false;
  for (let bucket = 0, end = 0; bucket < buckets.length; bucket += 1) {
    const start = buckets[bucket] >>> marks;
    if (start < end) return false;
    end = start;
  }
  for (let entry = 1; entry < entries.length; entry += entrySize) {
    if (entries[entry] < 0) return false;
  }
  return true;
}

/** For one left, the last bits of the hash are others for each right: the product with an odd number is. */
function hashOf(left: number, right: number): number {
  const ofLeft = imul(left, 0x9e3779b1);
  return imul(right, 0x85ebca6b) ^ ofLeft ^ (ofLeft >>> 15);
}

function placeIn(hash: number, bits: number): number {
  return hash & ((1 << bits) - 1);
}

/** Which of the marks of its bucket a pair sets, by the first bits of the hash, which are not in its place. */
function markOf(hash: number, marks: number): number {
  return imul(hash >>> 28, marks) >>> 4;
}

function keyOf(left: number, place: number, rest: number): number {
  return (left << rest) | (place & ((1 << rest) - 1));
}
