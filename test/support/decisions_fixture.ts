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
}

/** Reads values that scikit-learn has for small scores of a classifier. */
export function readDecisionsFixture(): DecisionsFixture {
  const path = new URL('../fixtures/decisions.json', import.meta.url);
  return JSON.parse(readFileSync(path, 'utf8')) as DecisionsFixture;
}
