import { expect, test } from '@jest/globals';
import { compareVersions } from '../../src/setup/versions.js';

test.each([
  ['2.7.0', '2.13.0', -1],
  ['2.13.0+cpu', '2.13.0', 0],
  ['2.14.1', '2.13.9', 1],
  ['2.7', '2.7.0a0', 0],
  ['3.0', '2.13.0', 1],
])('when %s is compared with %s then the sign is %d', (a, b, sign) => {
  expect(Math.sign(compareVersions(a, b))).toBe(sign);
  expect(Math.sign(compareVersions(b, a))).toBe(sign === 0 ? 0 : -sign);
});
