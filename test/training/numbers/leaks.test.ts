import { expect, test } from '@jest/globals';
import { findLeaks } from '../../../src/training/numbers/leaks.js';

/** Feature 0 is in all examples; `has` says which others are in an example. */
function examplesOf(labels: readonly number[], has: (label: number, row: number) => readonly number[]) {
  const bags = labels.map((label, row) => [0, ...has(label, row)]);
  const offsets = Int32Array.from([0, ...bags.map((_, row) => bags.slice(0, row + 1).flat().length)]);
  return { ids: Int32Array.from(bags.flat()), offsets, labels: Int32Array.from(labels) };
}

const balanced = Array.from({ length: 200 }, (_, row) => row % 2);

test('when half of a class has a token and hardly any other example does then it gives the class away', () => {
  const half = examplesOf(balanced, (label, row) => (label === 1 && row < 100 ? [1] : row === 150 ? [2] : []));
  expect(findLeaks(half, { classes: 2, features: 3 }, () => true)).toEqual([
    { feature: 1, label: 1, precision: 1, recall: 0.5 },
  ]);
  expect(findLeaks(half, { classes: 2, features: 3 }, (feature) => feature !== 1)).toEqual([]);
  const less = examplesOf(balanced, (label, row) => (label === 1 && row < 98 ? [1] : []));
  expect(findLeaks(less, { classes: 2, features: 3 }, () => true)).toEqual([]);
  const impure = examplesOf(balanced, (label, row) =>
    (label === 1 && row < 120) || row === 0 || row === 2 ? [1] : [],
  );
  expect(findLeaks(impure, { classes: 2, features: 3 }, () => true)).toEqual([]);
});

test('when nearly all examples are of a class then a usual token gives nothing away', () => {
  const labels = Array.from({ length: 1000 }, (_, row) => Number(row >= 10));
  const usual = examplesOf(labels, (_, row) => (row % 4 === 0 ? [] : [1]));
  expect(findLeaks(usual, { classes: 2, features: 2 }, () => true)).toEqual([]);
  const pure = examplesOf(labels, (label) => (label === 1 ? [1] : []));
  expect(findLeaks(pure, { classes: 2, features: 2 }, () => true)).toMatchObject([{ feature: 1, label: 1 }]);
});

test('when there are few examples then a token that chance would find is no leak', () => {
  const few = examplesOf([0, 0, 0, 1, 1, 1], (label) => [1 + label]);
  expect(findLeaks(few, { classes: 2, features: 1000 }, () => true)).toEqual([]);
});
