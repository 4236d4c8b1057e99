import { expect, test } from '@jest/globals';
import { crossFittedOutcome, fitDecision } from '../../../src/training/decisions/fit_decision.js';
import { logitsOf } from '../../../src/training/decisions/numbers/linear_map.js';

/** Scores of which every third is misleading. */
function scoresOf(labels: Int32Array, classes: number): Float64Array {
  const columns = classes === 2 ? 1 : classes;
  return Float64Array.from({ length: labels.length * columns }, (_, i) => {
    const row = Math.floor(i / columns);
    const isOwn = (labels[row] ?? NaN) === (columns === 1 ? 1 : i % columns);
    return (isOwn === (row % 3 !== 0) ? 1 : -1) * (0.5 + ((i * 37) % 101) / 101);
  });
}

function isUsable(values: Float64Array, classes: number): boolean {
  return Array.from({ length: values.length / classes }, (_, row) =>
    values.subarray(row * classes, (row + 1) * classes).reduce((sum, value) => sum + value, 0),
  ).every((sum) => Math.abs(sum - 1) < 1e-9);
}

test.each([
  { classes: 2, rows: 60 },
  // So many that scores of two classes are put into bins.
  { classes: 2, rows: 5000 },
  { classes: 3, rows: 200 },
  { classes: 3, rows: 400 },
])('when $rows examples of $classes classes are cross-fitted then each fold is predicted by the others', (of) => {
  const labels = Int32Array.from({ length: of.rows }, (_, row) => Math.floor(row / 2) % of.classes);
  const scores = scoresOf(labels, of.classes);
  const fold = Int32Array.from(labels, (_, row) => Math.floor((row * 7) / 5) % 4);
  for (const metric of ['accuracy', 'macro-f1'] as const) {
    const options = { classes: of.classes, metric };
    const outcome = crossFittedOutcome(scores, labels, fold, options);
    const columns = of.classes === 2 ? 1 : of.classes;
    const own = Array.from(labels.keys()).filter((row) => fold[row] === 2);
    const others = Array.from(labels.keys()).filter((row) => fold[row] !== 2);
    const take = (rows: number[]): Float64Array =>
      Float64Array.from(rows.flatMap((row) => [...scores.subarray(row * columns, (row + 1) * columns)]));
    const decision = fitDecision(
      take(others),
      Int32Array.from(others, (row) => labels[row] ?? NaN),
      {
        ...options,
        kind: outcome.decision.kind,
      },
    );
    const logits = logitsOf(decision, take(own));
    own.forEach((row, i) => {
      const values = Array.from(logits.subarray(i * of.classes, (i + 1) * of.classes), Math.exp);
      const sum = values.reduce((total, value) => total + value, 0);
      const probabilities = [...outcome.probabilities.subarray(row * of.classes, (row + 1) * of.classes)];
      // The folds' scores are standardised together, which the penalty of a matrix sees.
      expect(probabilities).toEqual(values.map((value) => expect.closeTo(value / sum, 2)));
    });
    expect(outcome.decision).toEqual(fitDecision(scores, labels, options));
  }
});

test.each([
  {
    what: 'a class is absent from all but a fold',
    labels: (row: number) => (row < 10 ? 2 : row % 2),
    classes: 3,
    rows: 400,
  },
  { what: 'a class is absent altogether', labels: (row: number) => row % 2, classes: 3, rows: 400 },
  { what: 'there is one class alone', labels: () => 1, classes: 3, rows: 400 },
  { what: 'there is one positive example', labels: (row: number) => Number(row === 3), classes: 2, rows: 40 },
  { what: 'there are no positive examples', labels: () => 0, classes: 2, rows: 40 },
  { what: 'there are fewer examples than classes', labels: (row: number) => row, classes: 9, rows: 6 },
])('when $what then the probabilities are finite and sum to 1', ({ labels: labelOf, classes, rows }) => {
  const labels = Int32Array.from({ length: rows }, (_, row) => labelOf(row));
  const fold = Int32Array.from(labels, (_, row) => (row < 10 ? 0 : row % 4));
  const own = rows < 10 ? Int32Array.from(labels, (_, row) => row % 2) : fold;
  for (const scores of [scoresOf(labels, classes), scoresOf(labels, classes).fill(0.3)]) {
    for (const metric of ['accuracy', 'macro-f1'] as const) {
      const { probabilities, predicted, decision } = crossFittedOutcome(scores, labels, own, { classes, metric });
      expect(isUsable(probabilities, classes)).toBe(true);
      expect(predicted.every((k) => k >= 0 && k < classes)).toBe(true);
      expect([...decision.map, ...decision.bias, ...(decision.offsets ?? [])].every(Number.isFinite)).toBe(true);
    }
  }
});

test('when all scores are equal then the shares of the classes are the probabilities', () => {
  const scores = new Float64Array(300).fill(0.1);
  const labels = Int32Array.from(scores, (_, row) => Number(row % 3 === 0));
  const { map, bias } = fitDecision(scores, labels, { classes: 2, metric: 'accuracy' });
  const logOdds = ((map[1] ?? NaN) - (map[0] ?? NaN)) * 0.1 + (bias[1] ?? NaN) - (bias[0] ?? NaN);
  // Platt's targets draw the probability of 1/3 towards 1/2 by less than 1/300.
  expect(1 / (1 + Math.exp(-logOdds))).toBeCloseTo(1 / 3, 2);
});

test('when scores tell two classes apart without a mistake then their probabilities do not reach 1', () => {
  const labels = Int32Array.from({ length: 50 }, (_, row) => row % 2);
  const scores = Float64Array.from(labels, (label, row) => 2 * label - 1 + row / 1000);
  const { map, bias } = fitDecision(scores, labels, { classes: 2, metric: 'accuracy' });
  const logOdds = 2 * ((map[1] ?? NaN) * 1 + (bias[1] ?? NaN));
  // 26/27 is what Platt's targets give all 25 examples of a class.
  expect(1 / (1 + Math.exp(-logOdds))).toBeCloseTo(26 / 27, 1);
});

test('when folds or scores do not fit then they are refused', () => {
  const labels = Int32Array.of(0, 1);
  const options = { classes: 2, metric: 'accuracy' } as const;
  const fit = (rows: number, of = labels) => fitDecision(new Float64Array(rows), of, options);
  const cross = (fold: Int32Array) => crossFittedOutcome(new Float64Array(2), labels, fold, options);
  expect(() => fit(3)).toThrow('Expected 2 numbers for scores but received 3');
  expect(() => fit(0, new Int32Array(0))).toThrow('an example or more');
  expect(() => fit(2, Int32Array.of(0, 2))).toThrow('a class in 0 .. 1 for scores.labels[1]');
  expect(() => cross(Int32Array.of(0, 0))).toThrow('two folds or more');
  expect(() => cross(Int32Array.of(0))).toThrow('2 numbers for fold');
});
