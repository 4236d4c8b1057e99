import { expect, test } from '@jest/globals';
import { formatCurve } from '../../src/report/console/curve.js';

const unicode = { unicode: true, colour: false };
const ascii = { unicode: false, colour: false };

test('when accuracies rise then the curve does, between the smallest and the largest', () => {
  expect(formatCurve('Validation:', [0.5, 0.6, 0.7, 0.8], 12, unicode)).toEqual([
    'Validation:',
    '80.00 %    █',
    '          ▆█',
    '         ▃██',
    '50.00 % ▁███',
  ]);
  expect(formatCurve('Validation:', [0.5, 0.6, 0.7, 0.8], 16, ascii)).toEqual([
    'Validation:',
    '80.00 %       ##',
    '            ::##',
    '          ::####',
    '50.00 % ..######',
  ]);
});

test('when there is one column for several values then it is the last of them', () => {
  const [, top, , , bottom] = formatCurve('', [0.1, 0.9, 0.2, 0.5, 0.3, 0.4], 11, unicode);
  expect([top, bottom]).toEqual(['90.00 % █', '10.00 % █▇▆'.replace('▇▆', '██')]);
});

test('when all values are equal then the columns are full, and one value is no curve', () => {
  expect(formatCurve('', [0.5, 0.5], 10, unicode).slice(1)).toEqual([
    '50.00 % ██',
    '        ██',
    '        ██',
    '50.00 % ██',
  ]);
  expect(formatCurve('', [0.5], 80, unicode)).toEqual([]);
});

test('when the window is narrow then no line is longer than it', () => {
  const values = Array.from({ length: 100 }, (_, k) => Math.sin(k) / 2 + 0.5);
  for (let width = 0; width < 130; width += 1) {
    for (const style of [unicode, ascii]) {
      for (const count of [2, 3, 50, 100]) {
        const lines = formatCurve('Accuracy by epoch', values.slice(0, count), width, style);
        expect(lines.filter((line) => line.length > width)).toEqual([]);
        if (lines.length > 0) expect(lines[1]).toMatch(/% +\S/);
      }
    }
  }
});
