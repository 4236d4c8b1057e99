import { expect, test } from '@jest/globals';
import { assignFolds } from '../../../src/data/splits/folds.js';
import type { Reviews } from '../../../src/data/splits/reviews.js';

function reviewsOf(length: number, movies?: readonly number[]): Reviews {
  return {
    ids: new Int32Array(0),
    offsets: new Int32Array(length + 1),
    labels: new Int32Array(length),
    counts: null,
    ...(movies && { movies: Int32Array.from(movies) }),
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

test('when movies are not known then reviews are dealt out; when there are too few then that is refused', () => {
  expect(assignFolds(reviewsOf(5), 2)).toEqual(Int32Array.of(0, 1, 0, 1, 0));
  expect(() => assignFolds(reviewsOf(2), 3)).toThrow(/at most 2 folds, one for each of the training reviews/);
  expect(() => assignFolds(reviewsOf(3, [4, 4, 4]), 2)).toThrow(/at most 1 folds, one for each of the movies/);
});
