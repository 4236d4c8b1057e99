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
  const joined = new Int32Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let start = 0;
  for (const array of arrays) {
    joined.set(array, start);
    start += array.length;
  }
  return joined;
}
