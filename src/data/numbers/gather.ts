/** Takes the values at `indices`, in that order. */
export function gather(values: Int32Array, indices: Int32Array): Int32Array {
  return indices.map((index) => values[index]);
}

/**
 * Returns where the entries of the bags `rows` begin and end when they are put one behind the other.
 * @param offsets `[bags + 1]`
 * @returns `[rows + 1]`
 */
export function gatheredOffsets(offsets: Int32Array, rows: Int32Array): Int32Array {
  const gathered = new Int32Array(rows.length + 1);
  rows.forEach((row, index) => {
    gathered[index + 1] = gathered[index] + offsets[row + 1] - offsets[row];
  });
  return gathered;
}

/** Puts arrays one behind the other. */
export function joinNumbers(arrays: readonly Int32Array[]): Int32Array {
  return concatenate(arrays, new Int32Array(lengthOf(arrays)));
}

/** Puts arrays one behind the other. */
export function joinFloats(arrays: readonly Float32Array[]): Float32Array {
  return concatenate(arrays, new Float32Array(lengthOf(arrays)));
}

/** Puts arrays one behind the other into `result`, which has room for all of them. */
export function concatenate<T extends Int32Array | Uint16Array | Float32Array>(arrays: readonly T[], result: T): T {
  let start = 0;
  for (const array of arrays) {
    result.set(array, start);
    start += array.length;
  }
  return result;
}

function lengthOf(arrays: readonly { readonly length: number }[]): number {
  return arrays.reduce((sum, { length }) => sum + length, 0);
}
