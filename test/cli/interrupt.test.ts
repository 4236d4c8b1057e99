import { expect, test } from '@jest/globals';
import { interruptSignal, stopOnInterrupt } from '../../src/cli/interrupt.js';

/** More than the time in which a shell hands the same signal on. */
const later = 250;

test('when a part that Ctrl-C ends is over then the next Ctrl-C ends the command', async () => {
  const notes: string[] = [];
  const terminal = { note: (line: string): number => notes.push(line) };
  const signal = interruptSignal();
  {
    using stopping = stopOnInterrupt(terminal);
    process.emit('SIGINT', 'SIGINT');
    expect([stopping.signal.aborted, signal.aborted, ...notes]).toEqual([
      true,
      false,
      'Taking the best so far; Ctrl-C again stops.',
    ]);
  }
  await new Promise((resolve) => setTimeout(resolve, later));
  const ended = stopOnInterrupt(terminal);
  ended.end();
  {
    using left = stopOnInterrupt(terminal);
    expect(left.signal.aborted).toBe(false);
  }
  process.emit('SIGINT', 'SIGINT');
  expect([ended.signal.aborted, signal.aborted, notes.length]).toEqual([false, true, 1]);
});
