import { expect, test } from '@jest/globals';
import { assignFolds, stratifiedFolds } from '../../../src/data/splits/folds.js';
import type { Reviews } from '../../../src/data/splits/reviews.js';

function reviewsOf(length: number, groups?: readonly number[]): Reviews {
  return {
    ids: new Int32Array(0),
    offsets: new Int32Array(length + 1),
    labels: new Int32Array(length),
    counts: null,
    ...(groups && { groups: Int32Array.from(groups) }),
  };
}

test('when folds are assigned then each movie is in one, and the smallest fold takes the next', () => {
  const movies = [1, 1, 1, 2, 3, 3, 4, 5, 5, 1];
  const folds = assignFolds(reviewsOf(movies.length, movies), 3);
  const byMovie = new Map<number, Set<number>>();
  movies.forEach((movie, row) => byMovie.set(movie, (byMovie.get(movie) ?? new Set()).add(folds[row] ?? -1)));
  expect([...byMovie.values()].map(({ size }) => size)).toEqual([1, 1, 1, 1, 1]);
  const sizes = [0, 1, 2].map((fold) => folds.filter((each) => each === fold).length);
  expect(sizes).toEqual([4, 4, 2]);
});

test('when reviews have no groups then reviews are dealt out; when there are too few then that is refused', () => {
  expect(assignFolds(reviewsOf(5), 2)).toEqual(Int32Array.of(0, 1, 0, 1, 0));
  expect(() => assignFolds(reviewsOf(2), 3)).toThrow(/at most 2 folds, one for each of the training reviews/);
  expect(() => assignFolds(reviewsOf(3, [4, 4, 4]), 2)).toThrow(
    /at most 1 folds, one for each of the groups of reviews, such as movies/,
  );
});

/** `[folds][classes]`: how many reviews of each class are in each fold. */
function countsOf(folds: Int32Array, labels: Int32Array, count: number, classes: number): number[][] {
  const counts = Array.from({ length: count }, () => new Array<number>(classes).fill(0));
  folds.forEach((fold, row) => {
    const own = counts[fold] ?? [];
    const label = labels[row] ?? 0;
    own[label] = (own[label] ?? 0) + 1;
  });
  return counts;
}

test('when folds are stratified then each has its share of every class, in the given order', () => {
  const labels = Int32Array.of(0, 1, 0, 2, 0, 1, 0, 1, 0, 0, 1, 0);
  const folds = stratifiedFolds(labels, 3, 3);
  expect(folds).toEqual(Int32Array.of(0, 1, 1, 2, 2, 2, 0, 0, 1, 2, 1, 0));
  const counts = countsOf(folds, labels, 3, 3);
  // Seven, four and one: no two folds differ by more than one, in a class or in all.
  expect(counts.map((each) => each.reduce((sum, count) => sum + count)).sort()).toEqual([4, 4, 4]);
  for (const label of [0, 1, 2]) {
    const own = counts.map((each) => each[label] ?? 0);
    expect(Math.max(...own) - Math.min(...own)).toBeLessThanOrEqual(1);
  }
  expect(() => stratifiedFolds(Int32Array.of(0, 1), 2, 3)).toThrow(/at most 2 folds, one for each of the training/);
});

test('when reviews have groups then folds keep them whole and are as even as that allows', () => {
  // Twelve groups of four reviews, three of each share of the rare class.
  const groups = Int32Array.from({ length: 48 }, (_, row) => 7 * (row % 12));
  const labels = Int32Array.from(groups, (group, row) => (Math.floor(row / 12) < (group / 7) % 4 ? 1 : 0));
  const folds = stratifiedFolds(labels, 2, 3, groups);
  for (const group of new Set(groups)) {
    expect(new Set(folds.filter((_, row) => groups[row] === group)).size).toBe(1);
  }
  expect(countsOf(folds, labels, 3, 2)).toEqual([
    [10, 6],
    [10, 6],
    [10, 6],
  ]);
  expect(stratifiedFolds(labels, 2, 3, groups)).toEqual(folds);
});

test('when one group is larger than a fold then the others fill the rest, and no fold stays empty', () => {
  const groups = Int32Array.of(1, 1, 1, 1, 1, 1, 1, 1, 2, 3, 4, 5);
  const labels = Int32Array.of(0, 0, 0, 0, 1, 1, 1, 1, 0, 1, 0, 1);
  const folds = stratifiedFolds(labels, 2, 3, groups);
  expect(folds.slice(0, 8)).toEqual(new Int32Array(8));
  expect(countsOf(folds, labels, 3, 2).slice(1)).toEqual([
    [1, 1],
    [1, 1],
  ]);
  expect(() => stratifiedFolds(labels, 2, 6, groups)).toThrow(/at most 5 folds, one for each of the groups/);
});
