/**
 * Returns a value, such as a JSON document, with those of its numbers that differ from their counterparts in `other` by at
 * most `tolerance` replaced by these: `toEqual` then compares all the rest.
 */
export function settled(value: unknown, other: unknown, tolerance: number): unknown {
  if (typeof value === 'number') return Math.abs(value - Number(other)) <= tolerance ? other : value;
  if (typeof value !== 'object' || value === null) return value;
  const others = new Map(Object.entries(other ?? {}));
  const entries = Object.entries(value).map(([key, each]) => [key, settled(each, others.get(key), tolerance)] as const);
  return Array.isArray(value) ? entries.map(([, each]) => each) : Object.fromEntries(entries);
}
