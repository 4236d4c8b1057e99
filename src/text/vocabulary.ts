/** Id 0 of the notebook's vocabulary: every word that it does not hold. */
export const unknownWord = '<UNK>';

/** Lists of numbers, one behind the other: list `r` goes from `offsets[r]` to `offsets[r + 1]`. */
export interface Lists {
  readonly ids: Int32Array;
  readonly offsets: Int32Array;
}

/** How many numbers the lists `rows` have together. */
export function totalLength({ offsets }: Lists, rows: Int32Array): number {
  let total = 0;
  for (const row of rows) total += (offsets[row + 1] ?? 0) - (offsets[row] ?? 0);
  return total;
}

/**
 * The indices of the largest counts: those of Python's `sorted(counter, key=counter.get, reverse=True)[:limit]`, so
 * equal counts keep their order.
 */
export function mostFrequent(counts: Int32Array, limit: number): Int32Array {
  const size = counts.length;
  // One exact float64 each, higher counts first and then the earlier index: typed arrays sort numbers fastest.
  const keys = Float64Array.from(counts, (count, index) => index - count * size);
  keys.sort();
  return Int32Array.from(keys.subarray(0, limit), (key) => ((key % size) + size) % size);
}
