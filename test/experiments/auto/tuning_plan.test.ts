import { expect, test } from '@jest/globals';
import { chooseByGain } from '../../../src/experiments/auto/choice.js';
import { planTuning } from '../../../src/experiments/auto/tuning_plan.js';

const options = { search: 'auto', optimizer: 'adam', lr: 0.3, loraEpochs: 7, batch: 128 } as const;
const stable = { lr: 5e-4, loraEpochs: 2 };

test('when nothing is named then the preset stable is tried first, and each rate with each number of epochs once', () => {
  const { candidates } = planTuning(options, 1000);
  expect(candidates[0]).toEqual(stable);
  const grid = [1, 2, 4].flatMap((loraEpochs) => [2e-4, 5e-4, 1e-3, 2e-3].map((lr) => ({ lr, loraEpochs })));
  expect(candidates).toHaveLength(grid.length);
  expect(candidates).toEqual(expect.arrayContaining(grid));
  expect(planTuning({ ...options, search: 'wide' }, 1000).candidates).toEqual(expect.arrayContaining(grid));
});

test('when few reviews make few steps then the epochs are as many as take the steps of those on many', () => {
  const epochs = new Set(planTuning(options, 1600, true).candidates.map(({ loraEpochs }) => loraEpochs));
  expect([...epochs]).toEqual([25, 6, 13]);
  expect(planTuning(options, 20_000, true).candidates).toEqual(planTuning(options, 20_000).candidates);
  const longer = planTuning(options, 1600, true).neighbours({ lr: 5e-4, loraEpochs: 25 });
  expect(longer.map(({ loraEpochs }) => loraEpochs)).toEqual([25, 25]);
  const named = planTuning({ ...options, fixed: ['loraEpochs'] }, 1600, true);
  expect(new Set(named.candidates.map(({ loraEpochs }) => loraEpochs))).toEqual(new Set([7]));
});

test('when options are named then they are taken as they are, and with both, or without a search, nothing is tried', () => {
  const named = planTuning({ ...options, fixed: ['lr', 'rank'] }, 1000);
  expect(named.candidates).toEqual([2, 1, 4].map((loraEpochs) => ({ lr: 0.3, loraEpochs })));
  expect(named.neighbours({ lr: 0.3, loraEpochs: 4 })).toEqual([{ lr: 0.3, loraEpochs: 8 }]);
  const only = [{ lr: 0.3, loraEpochs: 7 }];
  expect(planTuning({ ...options, fixed: ['lr', 'loraEpochs'] }, 1000).candidates).toEqual(only);
  expect(planTuning({ ...options, search: 'none' }, 1000).candidates).toEqual(only);
});

test('when the optimizer is SGD then the rates are around that of the notebook', () => {
  const { candidates } = planTuning({ ...options, optimizer: 'sgd', fixed: ['loraEpochs'] }, 1000);
  expect(candidates.map(({ lr }) => lr)).toEqual([0.1, 0.04, 0.2, 0.4]);
});

test('when the best is at the end of the grid then the search goes on, with more epochs where reviews are few', () => {
  const end = { lr: 2e-3, loraEpochs: 4 };
  const rates = [1e-3, 4e-3].map((lr) => ({ ...end, lr }));
  expect(planTuning(options, 20_000).neighbours(end)).toEqual(rates);
  expect(planTuning(options, 1000).neighbours(end)).toEqual([...rates, { ...end, loraEpochs: 8 }]);
  expect(planTuning(options, 1000).neighbours({ lr: 8e-3, loraEpochs: 64 })).toEqual([{ lr: 4e-3, loraEpochs: 64 }]);
});

test('when the best is better than the usual one by more than the standard error then it is taken', () => {
  expect(chooseByGain({ difference: 0.02, standardError: 0.01 }).takesBest).toBe(true);
  expect(chooseByGain({ difference: 0.01, standardError: 0.01 }).takesBest).toBe(false);
  expect(chooseByGain(null)).toEqual({ takesBest: false, because: 'no other candidate is better than the usual one' });
});
