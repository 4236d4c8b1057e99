import { ImdbTorchError } from '../../errors.js';

/** What folds depend on. */
interface LabelledReviews {
  /** `[reviews]`: indices into the classes. */
  readonly labels: Int32Array;
  /** `[reviews]`: the number of the group of each; absent where each stands for itself. */
  readonly groups?: Int32Array;
}

/**
 * Deals reviews out to folds: the smallest fold takes the next review or, where reviews have groups,
 * all reviews of the next group.
 * @returns `[reviews]`: 0 .. folds - 1
 * @throws ImdbTorchError ERR_USAGE when there are fewer reviews, or groups, than folds
 */
export function assignFolds({ labels, groups }: LabelledReviews, folds: number): Int32Array {
  const groupOf = groups ?? Int32Array.from(labels, (_, row) => row);
  const sizes = new Map<number, number>();
  for (const group of groupOf) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  assertEnough(sizes.size, folds, groups !== undefined);
  const filled = new Array<number>(folds).fill(0);
  const foldOf = new Map<number, number>();
  for (const [group, size] of sizes) {
    const fold = filled.indexOf(Math.min(...filled));
    foldOf.set(group, fold);
    filled[fold] = (filled[fold] ?? 0) + size;
  }
  return groupOf.map((group) => foldOf.get(group) ?? 0);
}

function assertEnough(count: number, folds: number, areGroups: boolean): void {
  if (count >= folds) return;
  const what = areGroups ? 'groups of reviews, such as movies, that stay together' : 'training reviews';
  throw new ImdbTorchError(
    'ERR_USAGE',
    `Expected at most ${count} folds, one for each of the ${what}, but received ${folds}.`,
  );
}

/**
 * Deals reviews out to folds so that each has its share of every class: class after class one review a fold, in the given
 * order, which is to be random. Groups stay together: those with the largest shares of classes first, each goes to the fold where the classes that it
 * has are scarcest so far, as scikit-learn's StratifiedGroupKFold deals them.
 * @param labels `[reviews]`: 0 .. classes - 1
 * @param groups `[reviews]`: the number of the group of each; undefined: each stands for itself
 * @returns `[reviews]`: 0 .. folds - 1; a class with fewer reviews than folds is in as many as it has
 * @throws ImdbTorchError ERR_USAGE when there are fewer reviews, or groups, than folds
 */
export function stratifiedFolds(labels: Int32Array, classes: number, folds: number, groups?: Int32Array): Int32Array {
  if (groups !== undefined) return foldsOfGroups(labels, classes, folds, groups);
  assertEnough(labels.length, folds, false);
  const totals = countsOf(labels, classes);
  const next = new Int32Array(classes);
  // A class goes on where the one before it ended, so that the folds are of one size, too.
  for (let label = 1; label < classes; label += 1) {
    next[label] = (next[label - 1] ?? 0) + (totals[label - 1] ?? 0);
  }
  return labels.map((label) => {
    const place = next[label] ?? 0;
    next[label] = place + 1;
    return place % folds;
  });
}

function foldsOfGroups(labels: Int32Array, classes: number, folds: number, groups: Int32Array): Int32Array {
  const rowsOfGroup = new Map<number, number[]>();
  groups.forEach((group, row) => {
    const rows = rowsOfGroup.get(group);
    if (rows === undefined) rowsOfGroup.set(group, [row]);
    else rows.push(row);
  });
  assertEnough(rowsOfGroup.size, folds, true);
  const totals = countsOf(labels, classes);
  const filled = Array.from({ length: folds }, () => ({ size: 0, counts: new Int32Array(classes) }));
  const foldOf = new Int32Array(labels.length);
  const weighed = Array.from(rowsOfGroup.values(), (rows) => {
    const own = new Map<number, number>();
    for (const row of rows) own.set(labels[row] ?? 0, (own.get(labels[row] ?? 0) ?? 0) + 1);
    let weight = 0;
    for (const [label, count] of own) weight += (count / (totals[label] ?? 1)) ** 2;
    return { rows, own, weight };
  });
  for (const { rows, own } of weighed.sort((one, other) => other.weight - one.weight)) {
    const fold = scarcestFold(filled, own, totals);
    const chosen = filled[fold];
    for (const [label, count] of own) {
      if (chosen !== undefined) chosen.counts[label] = (chosen.counts[label] ?? 0) + count;
    }
    if (chosen !== undefined) chosen.size += rows.length;
    for (const row of rows) foldOf[row] = fold;
  }
  return foldOf;
}

interface FilledFold {
  size: number;
  /** `[classes]` */
  readonly counts: Int32Array;
}

/**
 * Returns the fold in which a group leaves the shares of the classes with the smallest sum of squares, which is where they
 * are most even; of equal ones the smallest fold.
 * @param own the number of reviews of each class in the group
 */
function scarcestFold(folds: readonly FilledFold[], own: ReadonlyMap<number, number>, totals: Int32Array): number {
  let [best, least, size] = [0, Infinity, Infinity];
  for (const [fold, filled] of folds.entries()) {
    let growth = 0;
    for (const [label, count] of own) {
      // What (before + count)^2 adds to before^2, but for count^2, which is the same in each fold.
      growth += ((filled.counts[label] ?? 0) * count) / (totals[label] ?? 1) ** 2;
    }
    if (growth > least || (growth === least && filled.size >= size)) continue;
    [best, least, size] = [fold, growth, filled.size];
  }
  return best;
}

function countsOf(labels: Int32Array, classes: number): Int32Array {
  const counts = new Int32Array(classes);
  for (const label of labels) counts[label] = (counts[label] ?? 0) + 1;
  return counts;
}
