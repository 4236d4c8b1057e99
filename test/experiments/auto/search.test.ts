import { expect, test } from '@jest/globals';
import type { Candidate } from '../../../src/experiments/auto/candidate.js';
import type { Judge, Judgement } from '../../../src/experiments/auto/judge.js';
import type { SearchPlan } from '../../../src/experiments/auto/plan.js';
import { searchCandidates } from '../../../src/experiments/auto/search.js';

const usual: Candidate = { ngrams: 3, characters: null, weighting: ['idf', 'naive-bayes'], cost: 0.3, cleanUp: 0 };
const folds = 5;
const outcome = { predicted: new Int32Array(0), probabilities: new Float64Array(0) };

/** A judge that knows how good each cost is, and by how much one candidate must be better to be clearly so. */
function judgeOf(valueOf: (cost: number) => number, standardError: number, log: string[] = []): Judge {
  const fake = {
    options: { metric: 'accuracy' },
    plan: { folds: new Array(folds).fill({}) },
    screens: true,
    outOfFold: { prepare: () => Promise.resolve() },
    judge(candidate: Candidate, count: number): Judgement {
      log.push(`${candidate.cost} on ${count}`);
      return {
        candidate,
        folds: count,
        measured: { name: 'accuracy', value: valueOf(candidate.cost), standardError: 0.01 } as Judgement['measured'],
        outcome,
      };
    },
    gain: (one: Judgement, other: Judgement) => ({
      difference: one.measured.value - other.measured.value,
      standardError,
    }),
  };
  return fake as unknown as Judge;
}

function planOf(costs: readonly number[]): SearchPlan {
  const others = costs.map((cost) => ({ ...usual, cost }));
  return { usual, candidates: [usual, ...others], neighbours: () => [], kept: 6, folds, repeats: 1 };
}

const better = (cost: number): number => (cost === 1 ? 0.9 : 0.8);

test('when a candidate is better by more than the standard error then it is taken', async () => {
  const { chosen, because } = await searchCandidates(judgeOf(better, 0.05), { plan: planOf([0.1, 1]), budget: null });
  expect(chosen.candidate.cost).toBe(1);
  expect(because).toBe('it is better than the usual one by more than the standard error of their difference');
});

test('when a lower cost alone is hardly worse than the best then that is taken', async () => {
  const plan = planOf([0.1, 1, 3]);
  const valueOf = (cost: number): number => ({ 1: 0.9, 3: 0.91 })[cost] ?? 0.5;
  expect((await searchCandidates(judgeOf(valueOf, 0.03), { plan, budget: null })).chosen.candidate.cost).toBe(1);
  expect((await searchCandidates(judgeOf(valueOf, 0.01), { plan, budget: null })).chosen.candidate.cost).toBe(3);
});

test('when the best candidate is better by less then the usual one is taken', async () => {
  const { chosen } = await searchCandidates(judgeOf(better, 0.2), { plan: planOf([0.1, 1]), budget: null });
  expect(chosen.candidate).toBe(usual);
});

test('when there are many candidates then a third of them is judged on all folds', async () => {
  const log: string[] = [];
  const costs = [1, 2, 3, 4, 5, 6, 7, 8];
  const judge = judgeOf((cost) => 1 / (1 + cost), 0.2, log);
  const { tried } = await searchCandidates(judge, { plan: planOf(costs), budget: null });
  expect(log.filter((line) => line.endsWith('on 5'))).toEqual(['0.3 on 5', '1 on 5', '2 on 5']);
  expect(tried.map(({ candidate }) => candidate.cost)).toEqual([0.3, ...costs]);
});

test('when the search is stopped then the usual candidate is judged all the same', async () => {
  const stop = AbortSignal.abort();
  const log: string[] = [];
  const result = await searchCandidates(judgeOf(better, 0, log), { plan: planOf([0.1, 1]), budget: null, stop });
  expect(log).toEqual(['0.3 on 5']);
  expect(result.chosen.candidate).toBe(usual);
  expect(result.endedBy).toBe('interrupt');
});

test('when the time is over then that is said', async () => {
  const result = await searchCandidates(judgeOf(better, 0), { plan: planOf([0.1, 1]), budget: 1e-9 });
  expect(result.endedBy).toBe('budget');
});

test('when there are neighbours then the search climbs to those that are no worse on one fold, until none is better', async () => {
  const log: string[] = [];
  const judge = judgeOf((cost) => 1 - Math.abs(cost - 4) / 10, 0, log);
  const neighbours = ({ cost }: Candidate): Candidate[] =>
    [cost - 1, cost + 1].map((next) => ({ ...usual, cost: next }));
  const { chosen } = await searchCandidates(judge, { plan: { ...planOf([1]), neighbours }, budget: null });
  expect(chosen.candidate.cost).toBe(4);
  const full = log.filter((line) => line.endsWith('on 5'));
  expect(full).toEqual(['0.3 on 5', '1 on 5', '2 on 5', '3 on 5', '4 on 5']);
  expect(log).toContain('5 on 1');
});
