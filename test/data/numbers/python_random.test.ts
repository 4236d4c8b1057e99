import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { PythonRandom } from '../../../src/data/numbers/python_random.js';

function shuffled(seed: number, length: number): number[] {
  const items = Array.from({ length }, (_, index) => index);
  new PythonRandom(seed).shuffle(items);
  return items;
}

// Expected values: `random.seed(seed); x = list(range(n)); random.shuffle(x)` in CPython 3.11.
test.each([
  [0, [7, 8, 1, 5, 3, 4, 2, 0, 9, 6]],
  [1, [6, 8, 9, 7, 5, 3, 0, 4, 1, 2]],
  [123, [8, 7, 5, 9, 2, 3, 6, 1, 4, 0]],
  [-123, [8, 7, 5, 9, 2, 3, 6, 1, 4, 0]],
  [2 ** 32 - 1, [0, 7, 1, 5, 2, 6, 4, 8, 3, 9]],
  [2 ** 32, [8, 9, 3, 2, 4, 7, 0, 6, 5, 1]],
  [Number.MAX_SAFE_INTEGER, [4, 2, 7, 0, 5, 9, 6, 3, 8, 1]],
])('when ten items are shuffled with seed %d then the order is that of Python', (seed, expected) => {
  expect(shuffled(seed, 10)).toEqual(expected);
});

test.each([
  [123, 1_000, '693773ef7377c904347836a9dbd104878b408124ef93bdf391de7daaa59f0e41'],
  [2 ** 32, 1_000, '0201f7b686b37e3901416ec0e4d86ba1badfe1bc9bd01bd6782f341348e18ed5'],
  [123, 25_000, '00cecd27a05799f10face684a3f381f7c7f2c90f609ac9286bf4b35c4730d6ef'],
  [7, 25_000, 'bb0af6e707bcce198c055237e3817536b7d61547ae0fd8e0fcf3fc250adb2df5'],
])('when seed %d shuffles %d items then the order is that of Python', (seed, length, sha256) => {
  const digest = createHash('sha256').update(shuffled(seed, length).join(',')).digest('hex');

  expect(digest).toBe(sha256);
});

test('when there is nothing to shuffle then nothing changes', () => {
  expect(shuffled(123, 0)).toEqual([]);
  expect(shuffled(123, 1)).toEqual([0]);
});
