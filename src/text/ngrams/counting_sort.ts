/** Turns the sizes of buckets that follow on each other into where each starts. */
export function exclusivePrefixSum(sizes: Int32Array, length: number): void {
  let start = 0;
  for (let bucket = 0; bucket < length; bucket += 1) {
    const size = sizes[bucket];
    sizes[bucket] = start;
    start += size;
  }
}

/** Restores the starts of buckets after filling them has moved each start to where the next bucket starts. */
export function restoreStarts(starts: Int32Array, length: number): void {
  starts.copyWithin(1, 0, length - 1);
  starts[0] = 0;
}

/**
 * Returns the indices of the largest counts, largest first: those of Python's
 * `sorted(counter, key=counter.get, reverse=True)[:limit]`, so equal counts keep their order.
 */
export function mostFrequent(counts: Int32Array, limit: number): Int32Array {
  const largest = counts.reduce((most, count) => Math.max(most, count), 0);
  const starts = new Int32Array(largest + 1);
  for (const count of counts) starts[largest - count] += 1;
  exclusivePrefixSum(starts, starts.length);
  const order = new Int32Array(counts.length);
  counts.forEach((count, index) => {
    order[starts[largest - count]++] = index;
  });
  return order.subarray(0, limit);
}
