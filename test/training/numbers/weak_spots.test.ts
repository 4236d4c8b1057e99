import { expect, test } from '@jest/globals';
import { mostConfused, weakestOf } from '../../../src/training/numbers/weak_spots.js';

test('when classes are confused then the pairs are given by their counts, each direction for itself', () => {
  const confusion = [
    [90, 3, 0],
    [7, 80, 1],
    [0, 9, 70],
  ];
  expect(mostConfused(confusion, 3)).toEqual([
    { label: 2, predicted: 1, count: 9 },
    { label: 1, predicted: 0, count: 7 },
    { label: 0, predicted: 1, count: 3 },
  ]);
  expect(
    mostConfused(
      [
        [5, 0],
        [0, 5],
      ],
      3,
    ),
  ).toEqual([]);
});

test('when the weakest classes are asked for then the larger comes first of equal ones, and none without examples', () => {
  const classes = [
    { name: 'good', f1: 0.9, support: 5 },
    { name: 'absent', f1: null, support: 0 },
    { name: 'small', f1: 0, support: 2 },
    { name: 'large', f1: 0, support: 8 },
  ];
  expect(weakestOf(classes, (each) => each, 3).map(({ name }) => name)).toEqual(['large', 'small', 'good']);
  expect(weakestOf(classes, (each) => each, 1).map(({ name }) => name)).toEqual(['large']);
});
