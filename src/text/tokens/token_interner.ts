import { enlarged } from '../int32_list.js';

const { imul } = Math;
const emptySlot = -1;
/** The greatest number of bytes of one UTF-16 unit of a string. */
const mostUtf8Bytes = 3;
/** The logarithm of the smallest number of tokens that there is room for. */
const leastBits = 12;

/** The number of bytes that a key holds, the last ones of a token: all of most tokens. */
export const keyBytes = 7;
/** The low half of the key of no bytes; the high half is 0. The 1 in front tells tokens with leading zeros apart. */
export const emptyKey = 1;
/** Stands in the key of a longer token in place of one byte: UTF-8 has no such byte. */
const longMark = 0xff << 24;

/**
 * Gives distinct tokens the numbers 0, 1, 2, ... in the order in which they come: a hash table over UTF-8 bytes, without
 * a string or an object per token. A token is looked up by its length and its key, its last 7 bytes as two 32-bit numbers.
 * Each byte shifts both: `high = (high << 8) | (low >>> 24)` and `low = (low << 8) | byte`. (The callers write that out:
 * a text is over before functions are inlined.) The caller first writes the bytes before the last 7 behind `tail` in what
 * `reserve` returned.
 */
export class TokenInterner {
  /** Whether tokens that are not there yet are -1 and are not kept. */
  frozen = false;
  /** The number of distinct tokens. */
  size = 0;
  /** Where the next token is to be written. */
  tail = 0;
  #bytes = Buffer.alloc(1 << 16);
  #starts: Int32Array;
  /** `[tokens, 2]`: the low and the high half of the key of each. */
  #keys: Int32Array;
  #slots: Int32Array;

  /** @param expected number of tokens to have room for at first */
  constructor(expected = 0) {
    const capacity = 2 ** Math.max(leastBits, Math.ceil(Math.log2(expected + 2)));
    this.#starts = new Int32Array(capacity);
    this.#keys = new Int32Array(2 * capacity);
    this.#slots = new Int32Array(2 * capacity).fill(emptySlot);
  }

  /** Returns an array with room for `count` more bytes behind `tail`; the next call may return another one. */
  reserve(count: number): Buffer {
    const needed = this.tail + count;
    if (needed > this.#bytes.length) {
      const larger = Buffer.alloc(Math.max(needed, 2 * this.#bytes.length));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    return this.#bytes;
  }

  /** The number of a token of `length` bytes; one not seen before is kept. @param high and `low`: its key */
  intern(length: number, high: number, low: number): number {
    const id = this.#slots[this.#slotOf(length, high, low)];
    return id === emptySlot && !this.frozen ? this.#keep(length, high, low) : id;
  }

  /** The number of `token`, which is kept when it was not seen before. */
  internString(token: string): number {
    const bytes = this.reserve(mostUtf8Bytes * token.length);
    const length = bytes.write(token, this.tail);
    let high = 0;
    let low = emptyKey;
    for (let k = this.tail + Math.max(0, length - keyBytes - 1); k < this.tail + length; k += 1) {
      high = (high << 8) | (low >>> 24);
      low = (low << 8) | bytes[k];
    }
    return this.intern(length, high, low);
  }

  token(id: number): string {
    return this.#bytes.toString('utf8', this.#starts[id], this.#starts[id + 1]);
  }

  /** The UTF-8 of a token; valid until the next one is kept. */
  bytesOf(id: number): Uint8Array {
    return this.#bytes.subarray(this.#starts[id], this.#starts[id + 1]);
  }

  /** Returns one that holds the same tokens under the same numbers and takes more. */
  copy(): TokenInterner {
    const copy = new TokenInterner();
    copy.size = this.size;
    copy.tail = this.tail;
    copy.#bytes = Buffer.alloc(this.#bytes.length);
    copy.#bytes.set(this.#bytes.subarray(0, this.tail));
    copy.#starts = this.#starts.slice();
    copy.#keys = this.#keys.slice();
    copy.#slots = this.#slots.slice();
    return copy;
  }

  /** Where the token is, or else where it belongs. */
  #slotOf(length: number, high: number, low: number): number {
    const slots = this.#slots;
    const keys = this.#keys;
    const mask = slots.length - 1;
    const isLong = length > keyBytes;
    const marked = isLong ? high | longMark : high;
    let slot = hashOf(isLong ? this.#hashRest(this.tail, length) : 0, marked, low) & mask;
    for (;;) {
      const id = slots[slot];
      if (id === emptySlot) return slot;
      const hasKey = keys[id << 1] === low && keys[(id << 1) | 1] === marked;
      if (hasKey && (!isLong || this.#hasRest(id, length))) return slot;
      slot = (slot + 1) & mask;
    }
  }

  /** Whether token `id` has this length and, before its key, the bytes at `tail`. */
  #hasRest(id: number, length: number): boolean {
    const start = this.#starts[id];
    if (this.#starts[id + 1] - start !== length) return false;
    for (let k = 0; k < length - keyBytes; k += 1) {
      if (this.#bytes[start + k] !== this.#bytes[this.tail + k]) return false;
    }
    return true;
  }

  #keep(length: number, high: number, low: number): number {
    const id = this.size;
    this.#slots[this.#slotOf(length, high, low)] = id;
    this.#keys[2 * id] = low;
    this.#keys[2 * id + 1] = length > keyBytes ? high | longMark : high;
    this.#writeKey(length, high, low);
    this.#starts[id] = this.tail;
    this.tail += length;
    this.#starts[id + 1] = this.tail;
    this.size += 1;
    if (this.size + 1 === this.#starts.length) this.#grow();
    return id;
  }

  #writeKey(length: number, high: number, low: number): void {
    const bytes = this.reserve(length);
    const end = this.tail + length;
    for (let back = 1; back <= Math.min(length, keyBytes); back += 1) {
      bytes[end - back] = back <= 4 ? low >>> (8 * (back - 1)) : high >>> (8 * (back - 5));
    }
  }

  /** Doubles the table, of whose slots at most half are ever taken. */
  #grow(): void {
    const capacity = 2 * this.#starts.length;
    this.#starts = enlarged(this.#starts, capacity);
    this.#keys = enlarged(this.#keys, 2 * capacity);
    const slots = new Int32Array(2 * capacity).fill(emptySlot);
    const mask = slots.length - 1;
    for (let id = 0; id < this.size; id += 1) {
      const start = this.#starts[id];
      const length = this.#starts[id + 1] - start;
      const rest = length > keyBytes ? this.#hashRest(start, length) : 0;
      let slot = hashOf(rest, this.#keys[2 * id + 1], this.#keys[2 * id]) & mask;
      while (slots[slot] !== emptySlot) slot = (slot + 1) & mask;
      slots[slot] = id;
    }
    this.#slots = slots;
  }

  /** The hash of the bytes before the key: long tokens often end alike. */
  #hashRest(start: number, length: number): number {
    let hash = 0;
    for (let k = start; k < start + length - keyBytes; k += 1) {
      hash = imul(hash ^ this.#bytes[k], 0x01000193);
    }
    return hash;
  }
}

function hashOf(rest: number, high: number, low: number): number {
  const hash = imul(imul(low, 0x9e3779b1) ^ high ^ rest, 0x2c1b3c6d);
  return hash ^ (hash >>> 15);
}
