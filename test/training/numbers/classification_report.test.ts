import { expect, test } from '@jest/globals';
import {
  classificationReport,
  mostConfidentMistakes,
  type LabelledPredictions,
} from '../../../src/training/numbers/classification_report.js';

function predictionsOf(labels: number[], rows: number[][]): LabelledPredictions {
  const probabilities = Float64Array.from(rows.flat());
  const logOdds = probabilities.map((p) => Math.log(p / (1 - p)));
  return { labels: Int32Array.from(labels), probabilities, logOdds, classes: rows[0]?.length ?? 0 };
}

const second = [0.1, 0.8, 0.35, 0.6, 0.6, 0.2, 0.97, 0.5001, 0.45, 0.2];
const two = predictionsOf(
  [0, 1, 1, 0, 1, 0, 1, 1, 0, 1],
  second.map((p) => [1 - p, p]),
);
const three = predictionsOf(
  [0, 1, 2, 2, 1, 0],
  [
    [0.7, 0.2, 0.1],
    [0.1, 0.3, 0.6],
    [0.2, 0.2, 0.6],
    [0.5, 0.1, 0.4],
    [0.2, 0.25, 0.55],
    [0.4, 0.35, 0.25],
  ],
);
/** Sums of a few float64 numbers below 1. */
const close = (value: number): unknown => expect.closeTo(value, 12);

test('when there are two classes then the scores are those of scikit-learn', () => {
  expect(classificationReport(two)).toEqual({
    classes: [
      { precision: close(0.6), recall: close(0.75), f1: close(2 / 3), support: 4 },
      { precision: close(0.8), recall: close(2 / 3), f1: close(8 / 11), support: 6 },
    ],
    macro: { precision: close(0.7), recall: close(0.7083333333333333), f1: close(0.696969696969697) },
    confusion: [
      [3, 1],
      [2, 4],
    ],
    rocAuc: close(0.75),
    reliability: expect.any(Array),
    calibrationError: close(0.19299),
  });
});

test('when a class of three is never predicted then its precision is 0, and there is no ROC', () => {
  expect(classificationReport(three)).toEqual({
    classes: [
      { precision: close(2 / 3), recall: 1, f1: close(0.8), support: 2 },
      { precision: 0, recall: 0, f1: 0, support: 2 },
      { precision: close(1 / 3), recall: 0.5, f1: close(0.4), support: 2 },
    ],
    macro: { precision: close(1 / 3), recall: close(0.5), f1: close(0.4) },
    confusion: [
      [2, 0, 0],
      [0, 0, 2],
      [1, 0, 1],
    ],
    rocAuc: null,
    reliability: expect.any(Array),
    calibrationError: close(0.35833333333333334),
  });
});

test('when predicted classes are given then they count, whatever their probability', () => {
  const given = { ...three, predicted: Int32Array.of(1, 1, 1, 2, 1, 0) };
  const { confusion, reliability, classes } = classificationReport(given);
  expect(confusion).toEqual([
    [1, 1, 0],
    [0, 2, 0],
    [0, 1, 1],
  ]);
  expect(classes.map(({ recall }) => recall)).toEqual([0.5, 1, 0.5]);
  const filled = reliability.flatMap(({ count }, bin) => (count === 0 ? [] : [[bin, count]]));
  expect(filled).toEqual([
    [2, 2],
    [3, 1],
    [4, 1],
    [5, 2],
  ]);
  expect(mostConfidentMistakes(given, 2)).toEqual([
    { index: 0, label: 0, predicted: 1, probability: 0.2 },
    { index: 2, label: 2, predicted: 1, probability: 0.2 },
  ]);
  expect(() => classificationReport({ ...three, predicted: Int32Array.of(1) })).toThrow(/predicted.*received 1/);
  expect(() => classificationReport({ ...three, predicted: Int32Array.of(0, 0, 0, 0, 0, 3) })).toThrow(
    /a class in 0 \.\. 2 for predictions\.predicted\[5\]/,
  );
});

test('when predictions are sorted by confidence then each bin has its mean confidence and its accuracy', () => {
  const { reliability } = classificationReport(two);
  const rows = [
    [0.5001, 0.55, 0.6, 0.6, 0.65, 0.8, 0.8, 0.8, 0.9, 0.97],
    [1, 1, 0, 1, 0, 1, 1, 0, 1, 1],
  ] as const;
  const bins = Array.from({ length: 15 }, (_, bin) => {
    const inside = rows[0].flatMap((value, row) => (Math.ceil(value * 15) - 1 === bin ? [row] : []));
    const mean = (values: readonly number[]): number =>
      inside.reduce((total, row) => total + (values[row] ?? NaN), 0) / Math.max(inside.length, 1);
    return { count: inside.length, confidence: close(mean(rows[0])), accuracy: close(mean(rows[1])) };
  });
  expect(reliability).toEqual(bins);
});

test('when all scores are equal then the area under the curve is a half, and undefined for one class', () => {
  const equal = [
    [0.5, 0.5],
    [0.5, 0.5],
    [0.5, 0.5],
  ];
  expect(classificationReport(predictionsOf([0, 1, 1], equal)).rocAuc).toBe(0.5);
  expect(classificationReport(predictionsOf([1, 1, 1], equal)).rocAuc).toBeNull();
});

test('when a class has no examples then it has no scores and does not count in the mean', () => {
  const rows = [
    [0.2, 0.8, 0],
    [0.6, 0.4, 0],
    [0.1, 0.9, 0],
  ];
  const { classes, macro, rocAuc } = classificationReport(predictionsOf([1, 1, 1], rows));
  const none = { precision: null, recall: null, f1: null, support: 0 };
  const scores = { precision: 1, recall: close(2 / 3), f1: close(0.8) };
  expect(classes).toEqual([none, { ...scores, support: 3 }, none]);
  expect([macro, rocAuc]).toEqual([scores, null]);
  const empty = { precision: null, recall: null, f1: null };
  expect(classificationReport(predictionsOf([], rows.slice(0, 0))).macro).toEqual(empty);
});

test('when scores are NaN then counting ends', () => {
  const report = classificationReport(
    predictionsOf(
      [0, 1, 1, 0],
      [
        [NaN, NaN],
        [0.5, 0.5],
        [NaN, NaN],
        [NaN, NaN],
      ],
    ),
  );
  expect(report.rocAuc).toEqual(expect.any(Number));
  expect(report.reliability.reduce((sum, { count }) => sum + count, 0)).toBe(1);
});

test('when mistakes are asked for then the most confident come first', () => {
  expect(mostConfidentMistakes(three, 2)).toEqual([
    { index: 1, label: 1, predicted: 2, probability: 0.6 },
    { index: 4, label: 1, predicted: 2, probability: 0.55 },
  ]);
  expect(mostConfidentMistakes(two, 9).map(({ index }) => index)).toEqual([9, 2, 3]);
});

test('when sizes, labels or counts do not fit then a RangeError names the place', () => {
  const four = Float64Array.of(0.9, 0.1, 0.9, 0.1);
  const good = { labels: Int32Array.of(0, 1), probabilities: four, logOdds: four, classes: 2 };
  const range = (place: string): unknown =>
    expect.objectContaining({ code: 'ERR_ARG_RANGE', message: expect.stringContaining(` for ${place} but received `) });
  const report = (other: object) => (): unknown => classificationReport({ ...good, ...other });
  for (const classes of [-1, NaN, 1.5]) expect(report({ classes })).toThrow(range('predictions.classes'));
  expect(report({ classes: 3 })).toThrow(range('predictions.probabilities'));
  expect(report({ logOdds: new Float64Array(3) })).toThrow(range('predictions.logOdds'));
  expect(report({ labels: Int32Array.of(0, 2) })).toThrow(range('predictions.labels[1]'));
  for (const count of [-1, NaN, 1.5]) expect(() => mostConfidentMistakes(good, count)).toThrow(range('count'));
});
