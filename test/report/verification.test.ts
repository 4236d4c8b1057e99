import { expect, test } from '@jest/globals';
import {
  formatCase,
  formatFailures,
  formatVerification,
  verificationRows,
} from '../../src/report/console/verification.js';
import { type CaseComparison, casePassed, type CaseResult } from '../../src/experiments/verify/case_result.js';

const plain = { unicode: false, colour: false };
const comparison = (relative: number, tolerance: number, absolute = relative): CaseComparison => ({
  what: 'output',
  absolute,
  relative,
  tolerance,
  passed: relative <= tolerance,
  problem: null,
});
const result = (name: string, ...comparisons: CaseComparison[]): CaseResult => ({
  group: 'layers',
  name,
  dtype: 'float32',
  engine: 'torch',
  device: 'cpu',
  comparisons,
});

test('when cases are summarised then a row has the largest error and the one nearest to its tolerance', () => {
  const cases = [result('one', comparison(3e-7, 1e-3, 5), comparison(1e-7, 2e-7)), result('two', comparison(0, 0))];
  expect(verificationRows(cases)).toEqual([
    {
      ...{ group: 'layers', dtype: 'float32', engine: 'torch', device: 'cpu' },
      cases: 2,
      absolute: 5,
      relative: 1e-7,
      tolerance: 2e-7,
      passed: true,
    },
  ]);
});

test('when an error goes beyond a tolerance of 0 then the row shows it', () => {
  const cases = [result('one', comparison(1e-7, 1e-6)), result('two', comparison(1e-9, 0))];
  expect(verificationRows(cases)).toMatchObject([{ relative: 1e-9, tolerance: 0, passed: false }]);
});

test('when nothing was compared then the case has not passed', () => {
  expect(casePassed(result('empty'))).toBe(false);
});

test('when places differ then each has a row, and the table fits into 80 columns', () => {
  const cases: CaseResult[] = Array.from({ length: 100 }, () => result('one', comparison(1.23e-15, 1e-14)));
  cases.push({ ...result('other', comparison(1.23e-15, 1e-16)), device: 'cuda:0', group: 'optimizers' });
  const table = formatVerification(verificationRows(cases), plain);
  expect(table).toContain('| 100 layers float32   |');
  expect(table).toMatch(/\| cuda:0 \| .* \[FAILED\] \|/);
  const widths = formatVerification(verificationRows(cases), { ...plain, unicode: true }).split('\n');
  expect(Math.max(...widths.map((line) => line.length))).toBeLessThanOrEqual(80);

  const here = result('one', comparison(1e-7, 1e-6));
  const places = verificationRows([here, { ...here, device: 'cuda:0' }, { ...here, engine: 'fused' }]);
  expect(places.map(({ device, engine, cases: count }) => [device, engine, count])).toEqual([
    ['cpu', 'torch', 1],
    ['cuda:0', 'torch', 1],
    ['cpu', 'fused', 1],
  ]);
});

test('when a case fails then it says what is wrong with it', () => {
  const failed = { ...comparison(0.5, 1e-6, 2), what: 'gradient.A' };
  const missing = { ...comparison(Infinity, 0), problem: 'there is none' };
  const line = result('one', comparison(0, 0), failed, missing);
  expect(formatCase(line, plain)).toBe('[FAILED] layers one, torch on cpu (Infinity, Infinity of 0)');
  expect(formatFailures(line, plain)).toEqual([
    '[FAILED] layers one, torch on cpu: gradient.A off by 2.0e+0, relative 5.0e-1 of 1.0e-6',
    '[FAILED] layers one, torch on cpu: output there is none',
  ]);
});
