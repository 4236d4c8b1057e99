/** What a model does worst, where there are too many classes to look at all. */

/** Examples of one class that are taken for another. */
export interface ConfusedPair {
  label: number;
  predicted: number;
  count: number;
}

/** Returns the pairs of different classes that are confused most often, most often first. @param confusion `[label][prediction]` */
export function mostConfused(confusion: readonly (readonly number[])[], most: number): ConfusedPair[] {
  const pairs: ConfusedPair[] = [];
  confusion.forEach((row, label) => {
    row.forEach((count, predicted) => {
      if (count > 0 && predicted !== label) pairs.push({ label, predicted, count });
    });
  });
  return pairs.sort((one, other) => other.count - one.count).slice(0, most);
}

/** The figures by which classes are ranked. */
interface Rankable {
  f1: number | null;
  support: number;
}

/** Returns those with the lowest F1, lowest first, of equal ones the larger; classes without examples have none. */
export function weakestOf<T>(classes: readonly T[], scoresOf: (each: T) => Rankable | undefined, most: number): T[] {
  const ranked = classes.flatMap((each) => {
    const { f1 = null, support = 0 } = scoresOf(each) ?? {};
    return f1 === null ? [] : [{ each, f1, support }];
  });
  ranked.sort((one, other) => one.f1 - other.f1 || other.support - one.support);
  return ranked.slice(0, most).map(({ each }) => each);
}
