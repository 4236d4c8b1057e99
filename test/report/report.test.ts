import { expect, test } from '@jest/globals';
import { formatCheck } from '../../src/report/console/checks.js';
import { formatClock, formatCount, formatLoss, formatSeconds, formatShare } from '../../src/report/format.js';
import { formatError } from '../../src/experiments/check.js';
import { formatProgress } from '../../src/report/console/progress.js';
import { formatTable } from '../../src/report/console/table.js';

const plain = { unicode: false, colour: false };
const halfway = { label: 'Epoch 1/7', done: 10_000, total: 20_000, unit: 'reviews', seconds: 2 } as const;

test('when figures are formatted then they are short and say their unit', () => {
  expect(formatCount(4_000_602)).toBe('4,000,602');
  expect(formatShare(0.86804)).toBe('86.80 %');
  expect(formatLoss(Math.LN2)).toBe('0.6931');
  expect([0.0871, 3.271, 59.12, 140.3].map(formatSeconds)).toEqual(['0.087 s', '3.27 s', '59.1 s', '140 s']);
  expect([0, 6.74e-6, Infinity].map(formatError)).toEqual(['0', '6.7e-6', 'Infinity']);
  expect([3, 83, 3700].map(formatClock)).toEqual(['0:03', '1:23', '1:01:40']);
});

test('when a check is shown then it has a tick or a cross, in ASCII where nothing else can be shown', () => {
  const check = { name: 'W is frozen', passed: true, detail: 'difference 0' };
  expect(formatCheck(check, { unicode: true, colour: false })).toBe('✔ W is frozen (difference 0)');
  expect(formatCheck({ ...check, passed: false }, { unicode: true, colour: false })).toMatch(/^✘ /);
  expect(formatCheck({ name: 'W', passed: false }, plain)).toBe('[FAILED] W');
  expect(formatCheck({ name: 'W', passed: true }, plain)).toBe('[ok] W');
  // eslint-disable-next-line no-control-regex -- the escape sequence is what is tested
  expect(formatCheck(check, { unicode: true, colour: true })).toMatch(/^\x1b\[32m✔\x1b\[39m /);
});

test('when progress is drawn then it shows bar, share, rate and the time left', () => {
  expect(formatProgress(halfway, 100, false)).toBe(
    'Epoch 1/7  [###############...............]   50 %  5,000 reviews/s  ETA 0:02',
  );
});

test('when the terminal is narrow then the line gets shorter but never longer than it', () => {
  for (let width = 0; width < 100; width++) {
    expect(formatProgress(halfway, width, true).length).toBeLessThanOrEqual(width);
  }
  expect(formatProgress(halfway, 20, true)).toBe('Epoch 1/7   50 %');
});

test('when the end is not known then progress shows what has come', () => {
  const state = { label: 'Fetching', done: 2e6, total: null, unit: 'bytes', seconds: 4 } as const;
  expect(formatProgress(state, 80, true)).toBe('Fetching  2.0 MB  500.0 kB/s');
});

test('when a table cannot use line drawing then it is drawn in ASCII', () => {
  expect(formatTable(['model', 'loss'], [['LoRA', '0.4']], plain)).toBe(
    ['+-------+------+', '| model | loss |', '+-------+------+', '| LoRA  |  0.4 |', '+-------+------+'].join('\n'),
  );
});
