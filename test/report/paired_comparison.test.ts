import { expect, test } from '@jest/globals';
import { describeComparison } from '../../src/report/console/paired_comparison.js';
import { mcNemarTest } from '../../src/training/numbers/mcnemar.js';
import { usualBootstrap, type PairedComparison } from '../../src/training/paired_comparison.js';

const plain = { unicode: false, colour: false };

function comparison(onlyA: number, onlyB: number): PairedComparison {
  return {
    ...{ reviews: 1200, bothRight: 1000, onlyA, onlyB, bothWrong: 200 - onlyA - onlyB },
    mcNemar: mcNemarTest(onlyA, onlyB),
    differences: [
      { metric: 'accuracy', a: 0.875, b: 0.9, difference: 0.025, interval: [-0.001, 0.0512] },
      { metric: 'roc-auc', a: NaN, b: NaN, difference: NaN, interval: null },
    ],
    bootstrap: usualBootstrap,
  };
}

test('when models are compared then counts, differences and intervals are told within 80 columns', () => {
  const [counts, table, verdict] = describeComparison(comparison(10, 12), plain);
  expect(counts).toBe(
    'On the same 1,200 test reviews both are right on 1,000, A alone on 10, B alone on 12, neither on 178.',
  );
  expect(table).toMatch(/\| accuracy +\| 87\.50 % \| 90\.00 % \| \+2\.50 \| +-0\.10 \.\. \+5\.12 \|/);
  expect(table).toMatch(/\| ROC-AUC +\| +- \| +- \| +- \| +- \|/);
  expect(table?.split('\n').filter((line) => line.length > 80)).toEqual([]);
  expect(verdict).toBe("McNemar's test: p = 0.68; such a difference in accuracy may well be chance.");
});

test('when a difference is no chance, or there is none, then the verdict says so', () => {
  const verdictOf = (onlyA: number, onlyB: number): unknown =>
    describeComparison(comparison(onlyA, onlyB), plain).at(-1);
  expect(verdictOf(10, 40)).toBe("McNemar's test: p < 0.0001; B is right more often, and hardly by chance.");
  expect(verdictOf(20, 8)).toMatch(/p = 0\.02\d; A is right more often, and hardly by chance\.$/);
  expect(verdictOf(0, 0)).toBe("McNemar's test: p = 1.0; they are right equally often.");
});
