import type { CollectedSplit } from '../collected_reviews.js';
import { gather } from '../numbers/gather.js';
import { PythonRandom } from '../numbers/python_random.js';
import { stratifiedFolds } from './folds.js';

/** The share that is held out for testing where a source has no test reviews. */
const testShare = 0.2;

/**
 * Marks a fifth of each class, at random. Of groups none is parted, so that it is about a fifth.
 * @returns `[reviews]`: 1 for those held out; none where there are too few
 */
export function markTest({ labels, groups }: CollectedSplit, classes: number, seed: number): Uint8Array {
  const random = new PythonRandom(seed);
  if (groups !== undefined) return markTestGroups(labels, groups, classes, random);
  const ofClass = Array.from({ length: classes }, (): number[] => []);
  labels.forEach((label, index) => ofClass[label]?.push(index));
  const isHeld = new Uint8Array(labels.length);
  for (const indices of ofClass) {
    const count = Math.round(indices.length * testShare);
    const order = Int32Array.from(indices);
    random.shuffle(order);
    for (const index of order.subarray(0, count)) isHeld[index] = 1;
  }
  return isHeld;
}

/** Marks the fold, of five where there are so many groups, whose share of each class is nearest to a fifth. */
function markTestGroups(labels: Int32Array, groups: Int32Array, classes: number, random: PythonRandom): Uint8Array {
  const isHeld = new Uint8Array(labels.length);
  const folds = Math.min(1 / testShare, new Set(groups).size);
  if (folds < 2) return isHeld;
  const order = Int32Array.from(labels, (_, index) => index);
  random.shuffle(order);
  const shuffled = gather(labels, order);
  const foldOf = stratifiedFolds(shuffled, classes, folds, gather(groups, order));
  const counts = Array.from({ length: folds }, () => new Float64Array(classes));
  const totals = new Float64Array(classes);
  shuffled.forEach((label, index) => {
    const count = counts[foldOf[index] ?? 0];
    if (count !== undefined) count[label] = (count[label] ?? 0) + 1;
    totals[label] = (totals[label] ?? 0) + 1;
  });
  const distances = counts.map((count) =>
    count.reduce((sum, each, label) => sum + Math.abs(each / Math.max(1, totals[label] ?? 0) - testShare), 0),
  );
  const chosen = distances.indexOf(Math.min(...distances));
  order.forEach((row, index) => {
    isHeld[row] = foldOf[index] === chosen ? 1 : 0;
  });
  return isHeld;
}

/**
 * Marks all reviews of groups at random, at most `size` reviews.
 * @param orSmallest where none is so small, marks the smallest of several groups
 * @returns `[reviews]`: 1 for those held out; none where all groups are larger
 */
export function markGroups(groups: Int32Array, size: number, seed: number, orSmallest: boolean): Uint8Array {
  const reviewsOfGroup = new Map<number, number[]>();
  groups.forEach((group, index) => {
    const reviews = reviewsOfGroup.get(group);
    if (reviews === undefined) reviewsOfGroup.set(group, [index]);
    else reviews.push(index);
  });
  const shuffled = Int32Array.from(reviewsOfGroup.keys());
  new PythonRandom(seed).shuffle(shuffled);
  const isHeld = new Uint8Array(groups.length);
  const hold = (reviews: readonly number[]): void => {
    for (const index of reviews) isHeld[index] = 1;
  };
  let left = size;
  for (const group of shuffled) {
    const reviews = reviewsOfGroup.get(group) ?? [];
    if (reviews.length > left) continue;
    hold(reviews);
    left -= reviews.length;
  }
  if (left < size || !orSmallest || shuffled.length < 2) return isHeld;
  const all = Array.from(shuffled, (group) => reviewsOfGroup.get(group) ?? []);
  hold(all.reduce((least, each) => (each.length < least.length ? each : least)));
  return isHeld;
}
