import { expect, test } from '@jest/globals';
import { doubtfulRows } from '../../../src/training/decisions/numbers/doubtful_rows.js';

/** The probability of the second of two classes, and the label. */
const examples: readonly (readonly [second: number, label: number])[] = [
  [0.1, 0],
  [0.2, 0],
  [0.9, 0],
  [0.3, 0],
  [0.8, 1],
  [0.15, 1],
  [0.7, 1],
  [0.9, 1],
];
const labels = Int32Array.from(examples, ([, label]) => label);
const probabilities = Float64Array.from(examples.flatMap(([second]) => [1 - second, second]));

test('when labels disagree with probabilities then they come first, and are counted as wrong', () => {
  const { rows, joint } = doubtfulRows(probabilities, labels);
  expect(rows.map(({ index }) => index)).toEqual([2, 5, 6, 3, 1, 4, 0, 7]);
  expect(rows[0]).toEqual({
    index: 2,
    label: 0,
    suggested: 1,
    labelProbability: expect.closeTo(0.1, 12),
    suggestedProbability: 0.9,
    isProbablyWrong: true,
  });
  expect(rows.filter(({ isProbablyWrong }) => isProbablyWrong).map(({ index }) => index)).toEqual([2, 5]);
  // Thresholds are the means 0.625 and 0.6375: of each label three are counted as their own, and one as the other.
  expect(joint).toEqual([
    [3, 1],
    [1, 3],
  ]);
});

test('when a model is unsure of a class throughout then its rows are not wrong for that', () => {
  // The second class never has more than 0.4, and its mean is 0.35.
  const second = [0.05, 0.1, 0.05, 0.38, 0.1, 0.4, 0.3, 0.35];
  const { rows } = doubtfulRows(
    Float64Array.from(second.flatMap((value) => [1 - value, value])),
    Int32Array.of(0, 0, 0, 0, 0, 1, 1, 1),
  );
  expect(rows.filter(({ isProbablyWrong }) => isProbablyWrong)).toEqual([]);
});

test('when there are three classes then the suggested one is the most probable other', () => {
  const { rows } = doubtfulRows(Float64Array.of(0.2, 0.5, 0.3, 0.6, 0.1, 0.3), Int32Array.of(0, 0));
  expect(rows.map(({ index, suggested }) => [index, suggested])).toEqual([
    [0, 1],
    [1, 2],
  ]);
});
