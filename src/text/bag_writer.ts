import { enlarged } from './int32_list.js';
import { either, fields, int32Array, optional, orNull } from '../arguments.js';
const { clz32 } = Math;

/** Ids of features, of two bytes where those are enough: a large data set has hundreds of millions. */
export type FeatureIds = Int32Array | Uint16Array;

/** Texts as sets of features: text `t` has the ids from `offsets[t]` to `offsets[t + 1]`, ascending, each once. */
export interface EncodedTexts {
  readonly ids: FeatureIds;
  /** `[texts + 1]` */
  readonly offsets: Int32Array;
  /** `[ids.length]`: how often the text has the feature; null where that does not matter. */
  readonly counts: Int32Array | null;
}

/** The types of the fields of encoded texts. */
export const encodedFields = {
  ids: either((value) => value instanceof Uint16Array, int32Array),
  offsets: int32Array,
  counts: optional(orNull(int32Array)),
} as const;

export const checkEncoded = fields(encodedFields);

/**
 * The memory of the present text, which is all 0 between two texts: writers whose texts do not come at the same time can
 * have one together.
 */
export class BagScratch {
  /** `[features / 32]`: a bit for each feature. Reading a text's set in ascending order is faster than sorting a list. */
  readonly bits: Int32Array;
  /** A bit for each element of `bits`, set where that is not 0. */
  readonly filled: Int32Array;
  #frequencies: Int32Array | undefined;

  constructor(readonly features: number) {
    this.bits = new Int32Array((features + 31) >> 5);
    this.filled = new Int32Array((this.bits.length + 31) >> 5);
  }

  /** `[features]`: how often the present text has each. */
  get frequencies(): Int32Array {
    return (this.#frequencies ??= new Int32Array(this.features));
  }
}

/** Takes the features of one text after the other, each as often as it occurs and in any order. */
export class BagWriter {
  readonly #features: number;
  readonly #bits: Int32Array;
  readonly #filled: Int32Array;
  readonly #frequencies: Int32Array | null;
  #ids: FeatureIds;
  #counts: Int32Array | null;
  readonly #offsets: Int32Array;
  #length = 0;
  #texts = 0;

  /**
   * @param features number of features
   * @param texts number of texts
   * @param most number of ids to have room for at first, in all texts together
   * @param counts whether to count how often a text has a feature
   * @param scratch of as many features
   */
  constructor(features: number, texts: number, most: number, counts: boolean, scratch = new BagScratch(features)) {
    this.#features = features;
    this.#bits = scratch.bits;
    this.#filled = scratch.filled;
    this.#frequencies = counts ? scratch.frequencies : null;
    this.#ids = idsFor(features, most);
    this.#counts = counts ? new Int32Array(most) : null;
    this.#offsets = new Int32Array(texts + 1);
  }

  /** Whether it counts how often a text has a feature. */
  get isCounting(): boolean {
    return this.#frequencies !== null;
  }

  /** Makes room for `most` ids more, where there is not so much. */
  makeRoom(most: number): void {
    const needed = this.#length + most;
    if (needed <= this.#ids.length) return;
    const capacity = Math.max(needed, 2 * this.#ids.length);
    const ids = idsFor(this.#features, capacity);
    ids.set(this.#ids.subarray(0, this.#length));
    this.#ids = ids;
    this.#counts &&= enlarged(this.#counts, capacity);
  }

  add(id: number): void {
    const k = id >> 5;
    this.#bits[k] |= 1 << (id & 31);
    this.#filled[k >> 5] |= 1 << (k & 31);
    if (this.#frequencies !== null) this.#frequencies[id] += 1;
  }

  /** Adds ids, of which negative ones do not count. */
  addAll(ids: Int32Array): void {
    for (const id of ids) if (id >= 0) this.add(id);
  }

  /** Adds the ids from `start` to before `end` of a list. */
  addPart(ids: Int32Array, start: number, end: number): void {
    for (let k = start; k < end; k += 1) this.add(ids[k]);
  }

  /** Adds the ids of numbers. @param idOf the id of each number, or -1 */
  addMapped(numbers: Int32Array, idOf: Int32Array): void {
    for (const number of numbers) {
      const id = idOf[number];
      if (id >= 0) this.add(id);
    }
  }

  endText(): void {
    const bits = this.#bits;
    const filled = this.#filled;
    const start = this.#length;
    let length = start;
    for (let f = 0; f < filled.length; f += 1) {
      for (let some = filled[f]; some !== 0; some &= some - 1) {
        const k = (f << 5) | lowestBit(some);
        for (let left = bits[k]; left !== 0; left &= left - 1) {
          this.#ids[length++] = (k << 5) | lowestBit(left);
        }
        bits[k] = 0;
      }
      filled[f] = 0;
    }
    this.#length = length;
    this.#texts += 1;
    this.#offsets[this.#texts] = length;
    this.#moveFrequencies(start);
  }

  #moveFrequencies(start: number): void {
    if (this.#frequencies === null || this.#counts === null) return;
    for (let i = start; i < this.#length; i += 1) {
      const id = this.#ids[i];
      this.#counts[i] = this.#frequencies[id];
      this.#frequencies[id] = 0;
    }
  }

  finish(): EncodedTexts {
    // Views, not copies: memory behind their ends was never touched and so was never taken.
    const ids = this.#ids.subarray(0, this.#length);
    return { ids, offsets: this.#offsets, counts: this.#counts?.subarray(0, this.#length) ?? null };
  }
}

/** Room for ids. */
function idsFor(features: number, capacity: number): FeatureIds {
  return features <= 1 << 16 ? new Uint16Array(capacity) : new Int32Array(capacity);
}

function lowestBit(bits: number): number {
  return 31 - clz32(bits & -bits);
}
