import { readFileSync } from 'node:fs';
import type { MetricName } from '../../src/training/metric_names.js';

/** What `scripts/make_decisions_fixture.py` writes. */
interface DecisionsFixture {
  metrics: {
    labels: number[];
    probabilities: number[][];
    predicted: number[];
    values: Record<MetricName, number>;
  }[];
  sigmoid: { labels: number[]; scores: number[]; scale: number; bias: number; threshold: number; macroF1: number };
  /** `logits` less the mean of each row. */
  matrix: { labels: number[]; scores: number[][]; logits: number[][] };
  temperature: { labels: number[]; scores: number[][]; factor: number };
  bootstrap: { labels: number[]; one: number[]; other: number[] } & Record<
    'macro-f1' | 'roc-auc',
    { one: number; difference: number }
  >;
}

/** Reads values that scikit-learn has for small scores of a classifier. */
export function readDecisionsFixture(): DecisionsFixture {
  const path = new URL('../fixtures/decisions.json', import.meta.url);
  return JSON.parse(readFileSync(path, 'utf8')) as DecisionsFixture;
}
