/** Returns the ids from `first` to `length - 1` with the largest values, largest first; of equal ones the lower id. */
export function idsOfLargest(
  valueOf: (id: number) => number,
  { first = 0, length, count }: { first?: number; length: number; count: number },
): number[] {
  const ids: number[] = [];
  let least = -Infinity;
  for (let id = first; id < length; id += 1) {
    const value = valueOf(id);
    if (ids.length >= count && value <= least) continue;
    let place = ids.length;
    while (place > 0 && valueOf(ids[place - 1]) < value) place -= 1;
    ids.splice(place, 0, id);
    ids.splice(count);
    least = valueOf(ids.at(-1) ?? id);
  }
  return ids;
}

/** Returns the largest values of a column of a row-major matrix with the numbers of their rows, largest first. */
export function largestOfColumn(
  matrix: Float64Array,
  { columns, column, first, count }: { columns: number; column: number; first: number; count: number },
): { id: number; value: number }[] {
  const valueOf = (id: number): number => matrix[id * columns + column];
  const ids = idsOfLargest(valueOf, { first, length: matrix.length / columns, count });
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
