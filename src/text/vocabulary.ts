import { createHash } from 'node:crypto';

/** Id 0 of the notebook's vocabulary: every word that it does not hold. */
export const unknownWord = '<UNK>';

/** Whether two lists have the same words in the same order. */
export function sameWords(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((word, index) => word === other[index]);
}

/** SHA-256 of the words, a line each. */
export function hashWords(words: readonly string[]): string {
  return createHash('sha256').update(words.join('\n')).digest('hex');
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
