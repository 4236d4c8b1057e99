/** Gives a value to each class, by its name. */
export type ByClass = Record<string, number>;

/** @param values in the order of the classes */
export function byClass(classes: readonly string[], values: Iterable<number>): ByClass {
  const each = [...values];
  return Object.fromEntries(classes.map((name, index) => [name, each[index] ?? NaN]));
}
