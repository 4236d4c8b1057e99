/** Returns the ids below `length` with the largest values, largest first; of equal ones the lower id. */
export function idsOfLargest(
  valueOf: (id: number) => number,
  { length, count }: { length: number; count: number },
): number[] {
  const order = (one: number, other: number): number => valueOf(other) - valueOf(one) || one - other;
  let ids: number[] = [];
  let least = -Infinity;
  for (let id = 0; id < length; id += 1) {
    if (ids.length >= count && valueOf(id) <= least) continue;
    ids.push(id);
    // Sorted once for as many as are kept, so that the work does not grow with their square.
    if (ids.length < 2 * count + 16) continue;
    ids = ids.sort(order).slice(0, count);
    least = valueOf(ids.at(-1) ?? id);
  }
  return ids.sort(order).slice(0, count);
}

/** Returns the largest values of a column of a row-major matrix with the numbers of their rows, largest first. */
export function largestOfColumn(
  matrix: Float64Array,
  { columns, column, count }: { columns: number; column: number; count: number },
): { id: number; value: number }[] {
  const valueOf = (id: number): number => matrix[id * columns + column];
  const ids = idsOfLargest(valueOf, { length: matrix.length / columns, count });
  return ids.map((id) => ({ id, value: valueOf(id) }));
}

/** Returns the index of the largest value, the first of equal ones. */
export function indexOfLargest(values: ArrayLike<number>): number {
  let best = 0;
  for (let k = 1; k < values.length; k += 1) {
    if (values[k] > values[best]) best = k;
  }
  return best;
}
