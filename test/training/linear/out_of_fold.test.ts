import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Reviews } from '../../../src/data/splits/reviews.js';
import { decide } from '../../../src/portable/numbers/decision.js';
import { FeatureSubset } from '../../../src/text/feature_subset.js';
import { Vocabulary } from '../../../src/text/vocabulary.js';
import { fitDecision } from '../../../src/training/decisions/fit_decision.js';
import { logitsOf } from '../../../src/training/decisions/numbers/linear_map.js';
import { crossValidationPlan } from '../../../src/training/linear/fold_plan.js';
import { fitLinear } from '../../../src/training/linear/linear_fits.js';
import { LinearReviews } from '../../../src/training/linear/linear_reviews.js';
import { cleanedRows, OutOfFold, type AveragedFit } from '../../../src/training/linear/out_of_fold.js';
import { averageScores, foldParts } from '../../../src/training/numbers/linear_scores.js';

const features = 12;
const vocabulary = Vocabulary.of(Array.from({ length: features }, (_, id) => (id < 9 ? `w${id}` : `~c${id}`)));

/** Reviews of three words, one of which says the class, and one n-gram of characters. */
function reviewsOf(count: number, classes: number): Reviews {
  const labels = Int32Array.from({ length: count }, (_, row) => (row * 7) % classes);
  const ids = Uint16Array.from(
    Array.from(labels)
      .flatMap((label, row) => [label, 3 + (row % 5), 8, 9 + (row % 3)])
      .map(Number),
  );
  const offsets = Int32Array.from({ length: count + 1 }, (_, row) => 4 * row);
  return { ids, offsets, labels, counts: null };
}

function linearReviews(reviews: Reviews, classes: number): LinearReviews {
  const subset = new FeatureSubset(vocabulary, { ngrams: 1, characters: true, hasLetters: true });
  return new LinearReviews(reviews, { classes, subset, normalize: 'length', characterWeight: 0.5 });
}

const average: AveragedFit = {
  set: 'all',
  fits: [
    { weighting: 'idf', cost: 0.3 },
    { weighting: 'naive-bayes', cost: 1 },
  ],
  cleanUp: 0,
};
const options = { seed: 1, classWeights: null };
const of = { 2: reviewsOf(60, 2), 3: reviewsOf(90, 3) };
const linear = new Map<number, LinearReviews>();

beforeAll(() => {
  for (const classes of [2, 3] as const) linear.set(classes, linearReviews(of[classes], classes));
});
afterAll(() => {
  for (const reviews of linear.values()) reviews.dispose();
});

function reviewsWith(classes: number): LinearReviews {
  const found = linear.get(classes);
  if (found === undefined) throw new Error(`no reviews of ${classes} classes`);
  return found;
}

function outOfFold(classes: 2 | 3, asked: string[] = []): OutOfFold {
  const { folds } = crossValidationPlan(of[classes], { classes, folds: 3, repeats: 1, seed: 1 });
  const find = (set: string): LinearReviews => {
    asked.push(set);
    return reviewsWith(classes);
  };
  return new OutOfFold(find, folds, options);
}

test('when averages share parts then each model is fitted once', async () => {
  const scores = outOfFold(3);
  const totals: number[] = [];
  const onProgress = (_done: number, total: number): void => void totals.push(total);
  await scores.prepare([average], 1, onProgress);
  expect(totals.at(-1)).toBe(2 * 3);
  const single = { ...average, fits: average.fits.slice(0, 1) };
  totals.length = 0;
  await scores.prepare([average, single], 3, onProgress);
  expect(totals.at(-1)).toBe(2 * 2 * 3);
  totals.length = 0;
  await scores.prepare([average, single], 3, onProgress);
  expect(totals).toEqual([]);
  expect(scores.partsOf(single, 3)).toEqual(scores.partsOf(average, 3).slice(0, 1));
});

test('when scores are out of fold then they are those of models that were fitted on the other folds', async () => {
  const scores = outOfFold(2);
  await scores.prepare([average], 3);
  const [fold] = scores.folds;
  if (fold === undefined) throw new Error('no fold');
  const [models = []] = await fitLinear(
    reviewsWith(2),
    [{ rows: fold.fit, scored: fold.heldOut, fits: average.fits }],
    {
      ...options,
      keepWeights: false,
    },
  );
  expect(scores.partsOf(average, 1)).toEqual(models.map((model) => model.scores));
});

test.each([2, 3] as const)(
  'when averaged models of %d classes are folded then the table has their scores, and the decision its logits',
  async (classes) => {
    const reviews = reviewsWith(classes);
    const { ids, offsets, labels } = of[classes];
    const rows = Int32Array.from(labels.keys());
    const [models = []] = await fitLinear(reviews, [{ rows, scored: rows, fits: average.fits }], {
      ...options,
      keepWeights: true,
    });
    const { scores, deviations } = averageScores(models.map((model) => model.scores));
    const decision = fitDecision(scores, labels, { classes, metric: 'accuracy' });
    const parts = models.map(({ weights, biases }, index) => ({
      weights: weights ?? [],
      biases,
      deviation: deviations[index] ?? NaN,
    }));
    const table = foldParts(parts, decision);
    const expected = logitsOf(decision, scores);
    const logits = rows.reduce<number[]>((all, row) => {
      const own = ids.subarray(offsets[row], offsets[row + 1]);
      const scoreOf = (k: number): number =>
        Array.from(own).reduce((sum, id) => sum + (table.weight[k * features + id] ?? NaN) / Math.sqrt(own.length), 0);
      return [...all, ...Array.from({ length: classes }, (_, k) => scoreOf(k) + (table.bias[k] ?? NaN))];
    }, []);
    const largest = Math.max(...logits.map((logit, index) => Math.abs(logit - (expected[index] ?? NaN))));
    // Sums of float32 against sums of float64.
    expect(largest).toBeLessThan(1e-4);
    expect([...decide(Float64Array.from(logits, Math.exp), classes, undefined)]).toEqual([...labels]);
  },
);

test('when labels are wrong then the rows that are left out are those', async () => {
  const reviews = { ...of[2], labels: of[2].labels.slice() };
  // As many of each class, since of each the same share is left out.
  const given = Array.from(reviews.labels.entries());
  const wrong = [0, 1].flatMap((label) => given.filter(([, own]) => own === label).slice(3, 5)).map(([row]) => row);
  for (const row of wrong) reviews.labels[row] = 1 - (reviews.labels[row] ?? 0);
  const own = linearReviews(reviews, 2);
  try {
    const rows = Int32Array.from(reviews.labels.keys());
    const kept = await cleanedRows(own, rows, { ...average, cleanUp: (2.5 * 2) / rows.length }, options);
    expect([...rows].filter((row) => !kept.includes(row))).toEqual(wrong.toSorted((one, other) => one - other));
  } finally {
    own.dispose();
  }
});

test('when a signal is aborted then fitting rejects with its reason', async () => {
  const reason = new Error('enough');
  const signal = AbortSignal.abort(reason);
  const rows = Int32Array.from(of[3].labels.keys());
  const fitting = fitLinear(reviewsWith(3), [{ rows, fits: average.fits }], { ...options, keepWeights: false, signal });
  await expect(fitting).rejects.toBe(reason);
});
