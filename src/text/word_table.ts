const hashPrime = 0x01000193;
const { imul } = Math;
const emptySlot = -1;

/**
 * Distinct words, numbered in the order they come in; a hash table over UTF-8 bytes without a string or an object per
 * word. A word is written behind `tail` in what `reserve` returned and then looked up where it stands.
 */
export class WordTable {
  /** Whether words that are not there yet are -1 and are not kept. */
  frozen = false;
  /** How many distinct words there are. */
  size = 0;
  /** Where the next word is to be written. */
  tail = 0;
  #bytes = new Uint8Array(1 << 16);
  #starts: Int32Array = new Int32Array(1 << 12);
  #hashes: Int32Array = new Int32Array(1 << 12);
  #slots: Int32Array = new Int32Array(1 << 13).fill(emptySlot);

  /** Room for `count` more bytes behind `tail`; the array is another one after the next call. */
  reserve(count: number): Uint8Array {
    const needed = this.tail + count;
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    return this.#bytes;
  }

  /** The number of the word of `length` bytes at `tail`, whose hash is `hash`; one not seen before is kept. */
  idOf(length: number, hash: number): number {
    const mask = this.#slots.length - 1;
    let slot = (hash ^ (hash >>> 15)) & mask;
    for (;;) {
      const id = this.#slots[slot] ?? emptySlot;
      if (id === emptySlot) return this.frozen ? emptySlot : this.#keep(slot, length, hash);
      if (this.#hashes[id] === hash && this.#isAt(id, length)) return id;
      slot = (slot + 1) & mask;
    }
  }

  /** The number of `word`, which is kept when it was not seen before. */
  idOfString(word: string): number {
    const encoded = Buffer.from(word);
    this.reserve(encoded.length).set(encoded, this.tail);
    return this.idOf(encoded.length, encoded.reduce(hashStep, 0));
  }

  word(id: number): string {
    return Buffer.from(this.#bytes.buffer).toString('utf8', this.#starts[id], this.#starts[id + 1]);
  }

  #isAt(id: number, length: number): boolean {
    const start = this.#starts[id] ?? 0;
    if ((this.#starts[id + 1] ?? 0) - start !== length) return false;
    for (let k = 0; k < length; k += 1) {
      if (this.#bytes[start + k] !== this.#bytes[this.tail + k]) return false;
    }
    return true;
  }

  #keep(slot: number, length: number, hash: number): number {
    const id = this.size;
    this.#slots[slot] = id;
    this.#hashes[id] = hash;
    this.#starts[id] = this.tail;
    this.tail += length;
    this.#starts[id + 1] = this.tail;
    this.size += 1;
    if (this.size + 1 === this.#starts.length) this.#grow();
    return id;
  }

  /** Doubles the table; at most half of the slots are ever taken. */
  #grow(): void {
    const capacity = 2 * this.#starts.length;
    this.#starts = enlarged(this.#starts, capacity);
    this.#hashes = enlarged(this.#hashes, capacity);
    const slots = new Int32Array(2 * capacity).fill(emptySlot);
    const mask = slots.length - 1;
    for (let id = 0; id < this.size; id += 1) {
      const hash = this.#hashes[id] ?? 0;
      let slot = (hash ^ (hash >>> 15)) & mask;
      while (slots[slot] !== emptySlot) slot = (slot + 1) & mask;
      slots[slot] = id;
    }
    this.#slots = slots;
  }
}

/** The hash of a word is 0 before its first byte, and this with each byte (FNV-1a's step). */
export function hashStep(hash: number, byte: number): number {
  return imul(hash ^ byte, hashPrime);
}

function enlarged(array: Int32Array, length: number): Int32Array {
  const larger = new Int32Array(length);
  larger.set(array);
  return larger;
}
