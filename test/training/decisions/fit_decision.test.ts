import { expect, test } from '@jest/globals';
import {
  crossFittedOutcome,
  fitDecision,
  mapKindOf,
  type Decision,
} from '../../../src/training/decisions/fit_decision.js';
import { logitsOf } from '../../../src/training/decisions/numbers/linear_map.js';
import { metricOf } from '../../../src/training/metric_names.js';
import { readDecisionsFixture } from '../../support/decisions_fixture.js';

const fixture = readDecisionsFixture();
/** A fit ends where a step, or the slope of the mean loss, is below 1e-4 or less; Newton's steps square that. */
const digits = 5;

/** Scores that are noise around `signal` for the class of an example, by a generator of whole numbers. */
function drawScores(
  rows: number,
  classes: number,
  { share = 1, signal = 1 } = {},
): { scores: Float64Array; labels: Int32Array } {
  let state = 12345;
  const draw = (): number => (state = (state * 48271) % 2147483647) / 2147483647;
  const labels = Int32Array.from({ length: rows }, () => Math.floor(draw() ** (1 / share) * classes));
  const columns = classes === 2 ? 1 : classes;
  const scores = Float64Array.from({ length: rows * columns }, (_, i) => {
    const label = labels[Math.floor(i / columns)] ?? NaN;
    const isOwn = columns === 1 ? label === 1 : label === i % columns;
    return draw() + draw() + draw() - 1.5 + signal * Number(isOwn);
  });
  return { scores, labels };
}

function foldsOf(rows: number, folds = 5): Int32Array {
  return Int32Array.from({ length: rows }, (_, row) => row % folds);
}

/** Logits less the mean of each row. */
function centredLogits(decision: Decision, scores: Float64Array): number[][] {
  const classes = decision.bias.length;
  const logits = logitsOf(decision, scores);
  return Array.from({ length: logits.length / classes }, (_, row) => {
    const own = [...logits.subarray(row * classes, (row + 1) * classes)];
    const mean = own.reduce((sum, value) => sum + value, 0) / classes;
    return own.map((value) => value - mean);
  });
}

const close = (value: number): unknown => expect.closeTo(value, digits);

test("when there are two classes then the sigmoid is that of scikit-learn's calibration", () => {
  const { labels, scores, scale, bias } = fixture.sigmoid;
  const decision = fitDecision(Float64Array.from(scores), Int32Array.from(labels), { classes: 2, metric: 'accuracy' });
  expect(decision).toMatchObject({ kind: 'sigmoid', offsets: null });
  expect([...decision.map]).toEqual([close(-scale / 2), close(scale / 2)]);
  expect([...decision.bias]).toEqual([close(-bias / 2), close(bias / 2)]);
});

test('when macro-F1 counts then the threshold of two classes is the best of all midpoints', () => {
  const { labels, scores, threshold, macroF1 } = fixture.sigmoid;
  const [values, classes] = [Float64Array.from(scores), Int32Array.from(labels)];
  const { map, bias, offsets } = fitDecision(values, classes, { classes: 2, metric: 'macro-f1' });
  const [scale, shift] = [2 * (map[1] ?? NaN), 2 * (bias[1] ?? NaN)];
  const found = (-(offsets?.[1] ?? NaN) - shift) / scale;
  const predicted = Int32Array.from(values, (score) => Number(score > found));
  expect(found).toBeCloseTo(threshold, digits);
  expect(offsets?.[0]).toBe(0);
  expect(metricOf('macro-f1', classes, predicted, new Float64Array(2 * labels.length))).toBeCloseTo(macroF1, 12);
});

test('when there are more classes then the matrix is a multinomial logistic regression on standardised scores', () => {
  const { labels, scores, logits } = fixture.matrix;
  const values = Float64Array.from(scores.flat());
  const decision = fitDecision(values, Int32Array.from(labels), { classes: 4, metric: 'accuracy', kind: 'matrix' });
  expect(centredLogits(decision, values)).toEqual(logits.map((row) => row.map((value) => expect.closeTo(value, 4))));
});

test('when there are too few examples for a matrix then one factor of the scores has the least log loss', () => {
  const { labels, scores, factor } = fixture.temperature;
  const values = Float64Array.from(scores.flat());
  const decision = fitDecision(values, Int32Array.from(labels), { classes: 4, metric: 'log-loss' });
  expect(decision.kind).toBe('temperature');
  expect([...decision.map]).toEqual(Array.from({ length: 16 }, (_, i) => close(i % 5 === 0 ? factor : 0)));
});

test('when a matrix would have fewer than 40 examples a number then there is a temperature', () => {
  expect([mapKindOf(3, 359), mapKindOf(3, 360), mapKindOf(2, 4)]).toEqual(['temperature', 'matrix', 'sigmoid']);
});

test('when a fit starts from a sample of many examples then it ends where the slope of the whole loss is 0', () => {
  const { scores, labels } = drawScores(6000, 5, { share: 0.5 });
  const decision = fitDecision(scores, labels, { classes: 5, metric: 'accuracy' });
  const logits = logitsOf(decision, scores);
  // The biases are free, so that the mean probability of each class is its share.
  const excess = new Array<number>(5).fill(0);
  for (let row = 0; row < labels.length; row += 1) {
    const own = Array.from(logits.subarray(row * 5, row * 5 + 5), Math.exp);
    const sum = own.reduce((total, value) => total + value, 0);
    own.forEach((value, k) => (excess[k] = (excess[k] ?? NaN) + value / sum - Number(labels[row] === k)));
  }
  expect(excess.map((value) => value / labels.length)).toEqual(new Array(5).fill(close(0)));
});

test('when a number is added to all scores then nothing but the biases changes', () => {
  for (const [classes, kind] of [
    [2, 'sigmoid'],
    [3, 'matrix'],
  ] as const) {
    const { scores, labels } = drawScores(500, classes);
    const shifted = scores.map((score) => score + 7);
    const options = { classes, metric: 'macro-f1', kind } as const;
    const [one, other] = [fitDecision(scores, labels, options), fitDecision(shifted, labels, options)];
    expect([...other.map]).toEqual(Array.from(one.map, (value) => expect.closeTo(value, 4)));
    expect(other.offsets).toEqual(one.offsets?.map((value) => expect.closeTo(value, 4)) ?? null);
    expect(centredLogits(other, shifted)).toEqual(
      centredLogits(one, scores).map((row) => row.map((value) => expect.closeTo(value, 4))),
    );
  }
});

test('when the classes are put in another order then so are logits', () => {
  const { scores, labels } = drawScores(900, 3, { share: 0.7 });
  const options = { classes: 3, metric: 'accuracy', kind: 'matrix' } as const;
  const reversed = scores.map((_, i) => scores[i - (i % 3) + 2 - (i % 3)] ?? NaN);
  const one = centredLogits(fitDecision(scores, labels, options), scores);
  const other = centredLogits(
    fitDecision(
      reversed,
      labels.map((label) => 2 - label),
      options,
    ),
    reversed,
  );
  expect(other).toEqual(one.map((row) => row.toReversed().map((value) => expect.closeTo(value, 4))));
});

test('when rare classes are missed then macro-F1 gains by preferring them', () => {
  const { scores, labels } = drawScores(3000, 4, { share: 0.3, signal: 0.5 });
  const fold = foldsOf(labels.length);
  const [plain, preferring] = (['accuracy', 'macro-f1'] as const).map((metric) => {
    const outcome = crossFittedOutcome(scores, labels, fold, { classes: 4, metric });
    return metricOf('macro-f1', labels, outcome.predicted, outcome.probabilities);
  });
  expect(preferring).toBeGreaterThan((plain ?? NaN) + 0.01);
});
