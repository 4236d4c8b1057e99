import { enlarged } from '../int32_list.js';
import { sharedBytes, sharedInt32 } from '../shared_memory.js';
import { decodeUtf8, mostUtf8Bytes, writeUtf8 } from './utf8.js';

const { imul } = Math;
const emptySlot = -1;
/** The logarithm of the smallest number of tokens that there is room for. */
const leastBits = 12;
/** The same where other tokens are there already. */
const leastBitsOnBase = 5;

/** The number of bytes that a key holds, the last ones of a token: all of most tokens. */
export const keyBytes = 7;
/** The low half of the key of no bytes; the high half is 0. The 1 in front tells tokens with leading zeros apart. */
export const emptyKey = 1;
/** Stands in the key of a longer token in place of one byte: UTF-8 has no such byte. */
const longMark = 0xff << 24;

/** Tokens and their numbers on memory that threads share; structured cloning copies none of it. */
export interface SharedTokens {
  readonly size: number;
  readonly bytes: Uint8Array;
  readonly starts: Int32Array;
  readonly keys: Int32Array;
  readonly slots: Int32Array;
}

/** Whether tokens, as a file has them, can be looked up: all that they say of places is in its range. */
export function areTokens({ size, bytes, starts, keys, slots }: SharedTokens): boolean {
  if (starts.length !== size + 1 || keys.length !== 2 * size || starts[0] !== 0 || starts[size] !== bytes.length)
    return false;
  for (let id = 0; id < size; id += 1) if (starts[id + 1] < starts[id]) return false;
  let taken = 0;
  for (const id of slots) {
    if (id < emptySlot || id >= size) return false;
    if (id !== emptySlot) taken += 1;
  }
  // A search ends at an empty slot.
  return taken === size && taken < slots.length && (slots.length & (slots.length - 1)) === 0;
}

/**
 * Gives distinct tokens the numbers 0, 1, 2, ... in the order in which they come: a hash table over UTF-8 bytes, without
 * a string or an object per token. A token is looked up by its length and its key, its last 7 bytes as two 32-bit numbers.
 * Each byte shifts both: `high = (high << 8) | (low >>> 24)` and `low = (low << 8) | byte`. (The callers write that out:
 * a text is over before functions are inlined.) The caller first writes the bytes before the last 7 behind `tail` in what
 * `reserve` returned.
 *
 * One may stand on another one, its base: it knows the tokens of that by the same numbers, and keeps others with the
 * numbers behind them. The base is only read, so that threads can share it.
 */
export class TokenInterner {
  /** Whether tokens that are not there yet are -1 and are not kept. */
  frozen = false;
  /** The number of distinct tokens, those of the base included. */
  size: number;
  /** Where the next token is to be written. */
  tail = 0;
  readonly #base: TokenInterner | null;
  /** The number of the first token of its own. */
  readonly #first: number;
  #bytes: Uint8Array;
  #starts: Int32Array;
  /** `[tokens, 2]`: the low and the high half of the key of each. */
  #keys: Int32Array;
  #slots: Int32Array;

  /**
   * @param expected number of tokens of its own to have room for at first
   * @param base frozen
   */
  constructor(expected = 0, base: TokenInterner | null = null) {
    const least = base === null ? leastBits : leastBitsOnBase;
    const capacity = 2 ** Math.max(least, Math.ceil(Math.log2(expected + 2)));
    this.#base = base;
    this.#first = base?.size ?? 0;
    this.size = this.#first;
    this.#bytes = new Uint8Array(1 << (base === null ? 16 : 10));
    this.#starts = new Int32Array(capacity);
    this.#keys = new Int32Array(2 * capacity);
    this.#slots = new Int32Array(2 * capacity).fill(emptySlot);
  }

  /** Makes one of tokens that are there already, to be the base of others. */
  static over({ size, bytes, starts, keys, slots }: SharedTokens): TokenInterner {
    const tokens = new TokenInterner();
    tokens.frozen = true;
    tokens.size = size;
    tokens.tail = bytes.length;
    tokens.#bytes = bytes;
    tokens.#starts = starts;
    tokens.#keys = keys;
    tokens.#slots = slots;
    return tokens;
  }

  /** Copies the tokens, of which none are those of a base, into memory that threads share. */
  share(): SharedTokens {
    return {
      size: this.size,
      bytes: sharedBytes(this.#bytes.subarray(0, this.tail)),
      starts: sharedInt32(this.#starts.subarray(0, this.size + 1)),
      keys: sharedInt32(this.#keys.subarray(0, 2 * this.size)),
      slots: sharedInt32(this.#slots),
    };
  }

  /** Returns an array with room for `count` more bytes behind `tail`; the next call may return another one. */
  reserve(count: number): Uint8Array {
    const needed = this.tail + count;
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    return this.#bytes;
  }

  /** The number of a token of `length` bytes; one not seen before is kept. @param high and `low`: its key */
  intern(length: number, high: number, low: number): number {
    const base = this.#base;
    if (base !== null) {
      const id = base.#slots[base.#slotOf(this, length, high, low)];
      if (id !== emptySlot) return id;
    }
    const own = this.#slots[this.#slotOf(this, length, high, low)];
    if (own !== emptySlot) return own + this.#first;
    return this.frozen ? emptySlot : this.#keep(length, high, low);
  }

  /** The number of `token`, which is kept when it was not seen before. */
  internString(token: string): number {
    const bytes = this.reserve(mostUtf8Bytes * token.length);
    return this.internBytes(bytes, this.tail, writeUtf8(token, bytes, this.tail));
  }

  /** The number of the token from `start` to before `end` of `source`, which is kept when it was not seen before. */
  internBytes(source: Uint8Array, start: number, end: number): number {
    const length = end - start;
    if (length > keyBytes) {
      const bytes = this.reserve(length);
      for (let k = 0; k < length - keyBytes; k += 1) bytes[this.tail + k] = source[start + k];
    }
    let high = 0;
    let low = emptyKey;
    for (let k = Math.max(start, end - keyBytes - 1); k < end; k += 1) {
      high = (high << 8) | (low >>> 24);
      low = (low << 8) | source[k];
    }
    return this.intern(length, high, low);
  }

  token(id: number): string {
    // A copy: browsers decode no memory that threads share.
    return decodeUtf8(this.bytesOf(id).slice());
  }

  /** The UTF-8 of a token; valid until the next one is kept. */
  bytesOf(id: number): Uint8Array {
    if (this.#base !== null && id < this.#first) return this.#base.bytesOf(id);
    const own = id - this.#first;
    return this.#bytes.subarray(this.#starts[own], this.#starts[own + 1]);
  }

  /** Where the token is, or else where it belongs. @param writer holds the bytes before the key, behind its tail */
  #slotOf(writer: TokenInterner, length: number, high: number, low: number): number {
    const slots = this.#slots;
    const keys = this.#keys;
    const mask = slots.length - 1;
    const isLong = length > keyBytes;
    const marked = isLong ? high | longMark : high;
    let slot = hashOf(isLong ? writer.#hashRest(writer.tail, length) : 0, marked, low) & mask;
    for (;;) {
      const id = slots[slot];
      if (id === emptySlot) return slot;
      const hasKey = keys[id << 1] === low && keys[(id << 1) | 1] === marked;
      if (hasKey && (!isLong || this.#hasRest(id, writer, length))) return slot;
      slot = (slot + 1) & mask;
    }
  }

  /** Whether its token `id` has this length and, before its key, the bytes at the tail of `writer`. */
  #hasRest(id: number, writer: TokenInterner, length: number): boolean {
    const start = this.#starts[id];
    if (this.#starts[id + 1] - start !== length) return false;
    for (let k = 0; k < length - keyBytes; k += 1) {
      if (this.#bytes[start + k] !== writer.#bytes[writer.tail + k]) return false;
    }
    return true;
  }

  #keep(length: number, high: number, low: number): number {
    const id = this.size - this.#first;
    this.#slots[this.#slotOf(this, length, high, low)] = id;
    this.#keys[2 * id] = low;
    this.#keys[2 * id + 1] = length > keyBytes ? high | longMark : high;
    this.#writeKey(length, high, low);
    this.#starts[id] = this.tail;
    this.tail += length;
    this.#starts[id + 1] = this.tail;
    this.size += 1;
    if (id + 2 === this.#starts.length) this.#grow();
    return id + this.#first;
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
    for (let id = 0; id < this.size - this.#first; id += 1) {
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
