/** Ten thousand rounds of making, training and dropping a model leave nothing. */
import { expect, test } from '@jest/globals';
import { runScript } from './support/child.js';

const rounds = 10_000;

/**
 * In MB, for the fragments that allocators keep. 5,000 rounds are compared: the smallest tensor leaked in each would make
 * 2 MB, a layer 10 MB. What leaks in bytes is found by `npm run test:sanitize`.
 */
const largestGrowth = 8;

test.each(['dispose', 'collect'])(
  'when 10,000 rounds %s of their objects then none is left and memory stays flat',
  (manner) => {
    const { code, stdout, stderr } = runScript('rounds.cjs', [String(rounds), manner], {
      flags: ['--expose-gc'],
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { liveObjects, growth } = JSON.parse(stdout) as { liveObjects: number[]; growth: number };
    expect(liveObjects).toEqual([0, 0]);
    expect(growth).toBeLessThan(largestGrowth);
  },
  180_000,
);
