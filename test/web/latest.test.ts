import { expect, test } from '@jest/globals';
import { Latest } from '../../src/web/latest.js';

test('when work is started while other work waits or is under way then only the latest is not given up', async () => {
  const latest = new Latest();
  const begun: string[] = [];
  const signals: AbortSignal[] = [];
  const start = (name: string, milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      latest.start(milliseconds, (signal) => {
        begun.push(name);
        signals.push(signal);
        resolve();
        return Promise.resolve();
      });
    });
  void start('never', 5);
  await start('first', 0);
  await start('second', 10);
  expect(begun).toEqual(['first', 'second']);
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
});
