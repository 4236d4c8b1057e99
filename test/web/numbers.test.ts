import { expect, test } from '@jest/globals';
import { formatShare, formatSigned } from '../../src/web/numbers.js';

test.each([
  [0.9312, '93.1 %'],
  [0.99999, '> 99.9 %'],
  [1e-9, '< 0.1 %'],
  [1, '100.0 %'],
  [0, '0.0 %'],
])('when the share %d is shown then it is %s', (share, shown) => {
  expect(formatShare(share)).toBe(shown);
});

test.each([
  [1.234, '+1.23'],
  [-1.236, '\u22121.24'],
  [-0.001, '±0.00'],
])('when the difference %d is shown then it is %s', (value, shown) => {
  expect(formatSigned(value)).toBe(shown);
});
