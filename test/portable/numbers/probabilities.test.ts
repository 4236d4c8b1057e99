import { expect, test } from '@jest/globals';
import { logOddsOf, probabilitiesOf } from '../../../src/portable/numbers/probabilities.js';

/** ln(p / (1 - p)) by its definition, with the sum over the others. */
function logOddsByHand(row: readonly number[], k: number): number {
  const others = row.filter((_, other) => other !== k);
  const largest = Math.max(...others);
  return (row[k] ?? NaN) - largest - Math.log(others.reduce((sum, x) => sum + Math.exp(x - largest), 0));
}

test.each([
  ['three', [0.5, -1, 2]],
  ['equal', [1, 1, 1, 1]],
  ['far apart', [800, -800, 0, 799]],
  ['many', Array.from({ length: 500 }, (_, k) => 5 * Math.sin(k))],
])('when logits are %s then the log-odds are those of the definition', (_, row) => {
  const result = logOddsOf([...row, ...row], row.length, null);
  row.forEach((_logit, k) => {
    const expected = logOddsByHand(row, k);
    expect(Math.abs((result[k] ?? NaN) - expected)).toBeLessThanOrEqual(1e-13 * Math.max(1, Math.abs(expected)));
    expect(result[row.length + k]).toBe(result[k]);
  });
  expect(probabilitiesOf(row, row.length, null).reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
});

test('when there are 20,000 classes then log-odds take a time that is linear in them', () => {
  const row = Float64Array.from({ length: 20_000 }, (_, k) => Math.sin(k));
  const rows = new Float64Array(row.length * 50).map((_, k) => row[k % row.length] ?? NaN);
  expect(logOddsOf(rows, row.length, null).every(Number.isFinite)).toBe(true);
}, 60_000);
