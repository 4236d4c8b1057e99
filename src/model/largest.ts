/** Of the values of `first` to `length - 1` the largest ones' ids, largest first; of equal ones the lower id first. */
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
