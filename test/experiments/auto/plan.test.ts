import { expect, test } from '@jest/globals';
import type { Candidate } from '../../../src/experiments/auto/candidate.js';
import { keyOf, planSearch, type PlanFacts, type SearchSettings } from '../../../src/experiments/auto/plan.js';

const facts: PlanFacts = {
  reviews: 2000,
  classes: 2,
  metric: 'accuracy',
  features: { ngrams: 3, characters: [3, 5] },
  entries: 1e6,
};
const settings: SearchSettings = {
  ngrams: 2,
  characters: null,
  weighting: ['shrunk-naive-bayes'],
  cost: 0.7,
  cleanUp: 0.2,
  search: 'auto',
  fixed: [],
};
const duo = ['idf', 'naive-bayes'];

test.each([
  ['few reviews', { reviews: 200 }],
  ['some reviews', {}],
  ['many classes', { classes: 232 }],
  ['texts that are too long for n-grams of characters', { features: { ngrams: 3 } }],
] as const)('when there are %s then the usual candidate comes first, and each one once', (_what, changes) => {
  const { usual, candidates } = planSearch({ ...facts, ...changes }, settings);
  expect(candidates[0]).toBe(usual);
  expect(new Set(candidates.map(keyOf)).size).toBe(candidates.length);
  expect(candidates.length).toBeGreaterThan(4);
});

test('when there are fewer than 1,000 reviews then few candidates are compared on five times five folds', () => {
  const few = planSearch({ ...facts, reviews: 999 }, settings);
  expect(few).toMatchObject({ folds: 5, repeats: 5, usual: { ngrams: 3, weighting: duo, cost: 0.3, cleanUp: 0 } });
  expect(few.candidates).toHaveLength(6);
  expect(few.neighbours(few.usual)).toEqual([]);
  const some = planSearch({ ...facts, reviews: 1000 }, settings);
  expect(some).toMatchObject({ folds: 5, repeats: 1 });
  expect(some.candidates.length).toBeGreaterThan(2 * few.candidates.length);
  expect(planSearch({ ...facts, reviews: 100_001 }, settings)).toMatchObject({ folds: 3, repeats: 1 });
});

test('when there are more than 20 classes then words weighted by idf are usual', () => {
  const words = { ngrams: 1, characters: null, weighting: ['idf'], cost: 0.3 };
  expect(planSearch({ ...facts, classes: 21 }, settings).usual).toMatchObject(words);
  expect(planSearch({ ...facts, classes: 20 }, settings).usual).toMatchObject({ ngrams: 3, weighting: duo });
});

test('when there is more work, as entries times models, then fewer candidates are compared', () => {
  const lengths = [1e6, 1e7, 1e8].map((entries) => {
    return planSearch({ ...facts, classes: 8, entries }, settings).candidates.length;
  });
  expect(lengths).toEqual(lengths.toSorted((one, other) => other - one));
  expect(new Set(lengths).size).toBe(3);
});

test('when there are 5,000 reviews of two classes then leaving out doubtful ones is tried', () => {
  const { usual: first } = planSearch(facts, settings);
  const cleaned = (changes: Partial<PlanFacts>): number =>
    planSearch({ ...facts, ...changes }, settings)
      .neighbours({ ...first, cost: 0.1 })
      .filter(({ cleanUp, cost }) => cleanUp > 0 && cost === 0.3).length;
  expect(cleaned({ reviews: 5000 })).toBe(1);
  expect(cleaned({ reviews: 4999 })).toBe(0);
  expect(cleaned({ reviews: 5000, classes: 3 })).toBe(0);
  expect(cleaned({ reviews: 5000, metric: 'macro-f1' })).toBe(0);
});

test.each(['ngrams', 'characters', 'weighting', 'cost', 'cleanUp'] as const)(
  'when %s is fixed then all candidates and their neighbours have it',
  (key) => {
    for (const search of ['auto', 'wide'] as const) {
      const { candidates, neighbours, usual } = planSearch(facts, { ...settings, search, fixed: [key] });
      const all = [...candidates, ...neighbours(usual)];
      expect(new Set(all.map((each) => JSON.stringify(each[key])))).toEqual(new Set([JSON.stringify(settings[key])]));
      expect(new Set(candidates.map(keyOf)).size).toBe(candidates.length);
    }
  },
);

test('when a search is not wide then it climbs to the next costs alone', () => {
  const { neighbours, usual } = planSearch(facts, settings);
  const costs = (of: Candidate): number[] => neighbours(of).map(({ cost }) => cost);
  expect(costs(usual)).toEqual([0.1, 1]);
  expect(costs({ ...usual, cost: 0.1 })).toEqual([0.03, 0.3]);
  expect(costs({ ...usual, cost: 3 })).toEqual([1]);
  expect(neighbours(usual).every((each) => keyOf({ ...each, cost: usual.cost }) === keyOf(usual))).toBe(true);
});

test('when a search is wide then each neighbour differs in one setting, within the bounds of each', () => {
  const { neighbours, usual } = planSearch(facts, { ...settings, search: 'wide' });
  const keys = ['ngrams', 'characters', 'weighting', 'cost', 'cleanUp'] as const;
  for (const from of [usual, { ...usual, ngrams: 1, characters: null, cleanUp: 0.4 }]) {
    const found = neighbours(from);
    const changes = found.map((each) => keys.filter((key) => JSON.stringify(each[key]) !== JSON.stringify(from[key])));
    expect(changes.every(({ length }) => length <= 1)).toBe(true);
    expect(new Set(changes.flat())).toEqual(new Set(keys));
    expect(found.every(({ ngrams, cleanUp }) => ngrams >= 1 && ngrams <= 3 && cleanUp >= 0 && cleanUp <= 0.4)).toBe(
      true,
    );
  }
});
