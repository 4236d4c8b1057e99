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
  // A counting sort: where the indices of each count start, highest counts first.
  const starts = new Int32Array(counts.reduce((most, count) => Math.max(most, count), 0) + 1);
  for (const count of counts) starts[count] = (starts[count] ?? 0) + 1;
  let start = 0;
  for (let count = starts.length - 1; count >= 0; count -= 1) {
    const size = starts[count] ?? 0;
    starts[count] = start;
    start += size;
  }
  const order = new Int32Array(counts.length);
  counts.forEach((count, index) => {
    const place = starts[count] ?? 0;
    order[place] = index;
    starts[count] = place + 1;
  });
  return order.subarray(0, limit);
}
