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
    while (place > 0 && valueOf(ids[place - 1] ?? 0) < value) place -= 1;
    ids.splice(place, 0, id);
    ids.splice(count);
    least = valueOf(ids.at(-1) ?? id);
  }
  return ids;
}

/** Returns the index of the largest value, the first of equal ones. */
export function indexOfLargest(values: ArrayLike<number>): number {
  let best = 0;
  for (let k = 1; k < values.length; k += 1) {
    if ((values[k] ?? NaN) > (values[best] ?? NaN)) best = k;
  }
  return best;
}
