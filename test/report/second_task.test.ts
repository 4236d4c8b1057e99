import { expect, test } from '@jest/globals';
import type { SecondTaskFacts, SecondTaskRow } from '../../src/report/console/second_task.js';
import { compareAccuracies, describeConclusion } from '../../src/report/console/second_task_conclusion.js';

const facts: SecondTaskFacts = {
  classes: ['mild', 'strong'],
  base: 18_000,
  labelled: 5000,
  valid: 2000,
  tested: 25_000,
  majority: { name: 'strong', share: 0.587 },
  seeds: [1, 2, 3],
};

function row(method: string, accuracy: number, change: Partial<SecondTaskRow> = {}): SecondTaskRow {
  const test = [accuracy - 0.002, accuracy, accuracy + 0.002];
  return {
    ...{
      method,
      rank: null,
      start: 'base',
      trainsHidden: false,
      learningRate: 0.001,
      epochs: 4,
      grid: [],
      atGridEnd: false,
    },
    ...{ valid: test, test, trainable: 402, bytes: 1800, secondsPerEpoch: 0.1, seconds: 0.4 },
    ...change,
  };
}

const whole = { trainsHidden: true, trainable: 4_000_602, bytes: 16_000_000, seconds: 2 } as const;

function rows(lora: number, others: number): SecondTaskRow[] {
  return [
    row('output layer', 0.62),
    row('LoRA, rank 1', lora, { rank: 1, trainable: 20_602, bytes: 83_000 }),
    row('LoRA, rank 4', lora - 0.001, { rank: 4, trainable: 81_202, bytes: 325_000 }),
    row('full fine-tuning', others, whole),
    row('from scratch', others, { ...whole, start: 'new', seconds: 0.2 }),
  ];
}

test('when accuracies differ by more than seeds and test reviews explain then one is better', () => {
  const one = [0.69, 0.692, 0.694];
  // Two standard errors: 2 sqrt(2 (0.002^2 / 3 + 0.692 * 0.308 / 25000)).
  const noise = 2 * Math.sqrt(2 * (0.002 ** 2 / 3 + (0.692 * 0.308) / 25_000));
  const same = compareAccuracies(one, one, 25_000);
  expect(same).toEqual({ difference: 0, noise: expect.closeTo(noise, 10), verdict: 'even' });
  const lower = (by: number): number[] => one.map((accuracy) => accuracy - by);
  expect(compareAccuracies(one, lower(0.008), 25_000).verdict).toBe('even');
  expect(compareAccuracies(one, lower(0.0095), 25_000).verdict).toBe('better');
  expect(compareAccuracies(lower(0.0095), one, 25_000).verdict).toBe('worse');
  expect(compareAccuracies(one, lower(0.0095), 2500).verdict).toBe('even');
});

test('when LoRA does as well as the rest with less then the conclusion says that and no more', () => {
  expect(describeConclusion(rows(0.692, 0.688), facts)).toBe(
    'From 5,000 reviews LoRA, rank 1 learns the second task and leaves the base as it was. ' +
      'It is not distinguishable from full fine-tuning (+0.40 points), with 0.51 % of the parameters, ' +
      '0.52 % of the bytes on disk and 20 % of the training time; ' +
      'not distinguishable from training from scratch (+0.40 points), in 200 % of the time; ' +
      'and better than training the output layer alone (+7.20 points). ' +
      'The ranks do not differ by more than noise. ' +
      'Of other tasks, bases, and numbers and draws of labelled reviews it shows nothing: ' +
      'there was one of each (the seeds vary what the methods draw, nothing of that).',
  );
});

test('when LoRA fails then the conclusion says so', () => {
  const conclusion = describeConclusion(rows(0.589, 0.692), { ...facts, seeds: [1] });
  expect(conclusion).toMatch(/^From 5,000 reviews LoRA, rank 1 learns no more than always to say "strong"\./);
  expect(conclusion).toMatch(/It is worse than full fine-tuning \(-10\.30 points\)/);
  expect(conclusion).toMatch(/and one seed has no spread\)\.$/);
});

test('when one rank is far off then the conclusion says that they differ', () => {
  const branches = rows(0.692, 0.692).map((each) =>
    each.rank === 4 ? { ...each, test: each.test.map((accuracy) => accuracy - 0.02) } : each,
  );
  expect(describeConclusion(branches, facts)).toContain('The ranks differ by more than noise.');

  // Of three the middle one is not far from either.
  const spread = [0.692, 0.6855, 0.679].map((accuracy, k) =>
    row(`LoRA, rank ${2 ** k}`, accuracy, { rank: 2 ** k }),
  );
  const others = rows(0.692, 0.692).filter(({ rank }) => rank === null);
  expect(describeConclusion([...spread, ...others], facts)).toContain('The ranks differ by more than noise.');
});

test('when a method chose an end of the grid then the conclusion says that it may do better', () => {
  const changed = rows(0.692, 0.692).map((each) => ({
    ...each,
    atGridEnd: !each.trainsHidden && each.rank !== 4,
  }));
  expect(describeConclusion(changed, facts)).toContain(
    'Beyond the grid there may be better settings for: LoRA, rank 1; output layer.',
  );
});
