import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { runProcess } from '../../src/system/run_process.js';

const node = process.execPath;

test('when a program ends then its code, its whole output and its lines come back', async () => {
  const lines: string[] = [];
  const script = 'process.stdout.write("one\\ntwo"); process.exitCode = 3;';
  const result = await runProcess(node, ['-e', script], { onLine: (line) => lines.push(line) });
  expect(result).toEqual({ code: 3, output: 'one\ntwo' });
  expect(lines).toEqual(['one', 'two']);
});

test('when it writes to standard error then that is in the output too', async () => {
  const result = await runProcess(node, ['-e', 'console.error("wrong")'], { env: {} });
  expect(result).toEqual({ code: 0, output: 'wrong' });
});

test('when the program is not there then the system error comes', async () => {
  await expect(runProcess('imdb-torch-no-such-program', [])).rejects.toMatchObject({ code: 'ENOENT' });
});

/** Prints the id of a grandchild that would run for a minute, and waits for it. */
const withGrandchild = `
  const child = require('node:child_process').spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
  console.log(child.pid);`;

async function isGone(pid: number): Promise<boolean> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
    // Z: dead, but nobody has asked for its exit code yet.
    if (status === null || status.includes(') Z ')) return true;
    await sleep(20);
  }
  return false;
}

test('when the time is up then the program and what it started are ended', async () => {
  const { code, output } = await runProcess(node, ['-e', withGrandchild], { timeoutMs: 1_000 });
  expect(code).toBeNull();
  expect(await isGone(Number(output))).toBe(true);
});

test('when the signal aborts then the program and what it started are ended and its reason is thrown', async () => {
  const controller = new AbortController();
  const reason = new Error('stop');
  let grandchild = 0;
  const run = runProcess(node, ['-e', withGrandchild], {
    signal: controller.signal,
    onLine: (line) => {
      grandchild = Number(line);
      controller.abort(reason);
    },
  });
  await expect(run).rejects.toBe(reason);
  expect(await isGone(grandchild)).toBe(true);
});
