import { expect, test } from '@jest/globals';
import { lrFactor, lrFactors, type Schedule } from '../../src/training/schedule.js';

function factorsOf(schedule: Schedule['schedule'], warmup: number, steps: number): number[] {
  return Array.from({ length: steps }, (_, step) => lrFactor({ schedule, warmup }, step, steps));
}

test('when the rate decays then it starts in full and would be 0 behind the last step', () => {
  expect(factorsOf('constant', 0, 4)).toEqual([1, 1, 1, 1]);
  expect(factorsOf('linear', 0, 4)).toEqual([1, 0.75, 0.5, 0.25]);
  const [first, , half = NaN, last = NaN] = factorsOf('cosine', 0, 4);
  expect(first).toBe(1);
  expect(half).toBeCloseTo(0.5, 12);
  expect(last).toBeCloseTo((1 - Math.SQRT1_2) / 2, 12);
});

test('when there is a warm-up then the rate rises over its share of the steps, and decays over the rest', () => {
  expect(factorsOf('linear', 0.5, 8)).toEqual([0.25, 0.5, 0.75, 1, 1, 0.75, 0.5, 0.25]);
  expect(factorsOf('constant', 0.25, 4)).toEqual([1, 1, 1, 1]);
});

test('when steps are asked for in parts then they are those of the whole; when all are 1 then there are none', () => {
  const linear = { schedule: 'linear', warmup: 0.2 } as const;
  const parts = [lrFactors(linear, 0, 3, 10), lrFactors(linear, 3, 10, 10)];
  expect(parts.flatMap((part) => [...(part ?? [])])).toEqual(factorsOf('linear', 0.2, 10));
  expect(lrFactors({ schedule: 'constant', warmup: 0 }, 0, 3, 10)).toBeUndefined();
});
