/** Collects numbers one by one, without an object for each. */
export class Int32List {
  #values = new Int32Array(1 << 10);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  get last(): number | undefined {
    return this.#length === 0 ? undefined : this.#values[this.#length - 1];
  }

  push(value: number): void {
    if (this.#length === this.#values.length) this.#values = enlarged(this.#values, 2 * this.#length);
    this.#values[this.#length] = value;
    this.#length += 1;
  }

  toArray(): Int32Array {
    return this.#values.slice(0, this.#length);
  }
}

/** A copy with room for `length` numbers. */
export function enlarged(array: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(length);
  larger.set(array);
  return larger;
}
