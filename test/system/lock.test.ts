import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, readFile, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { withLock } from '../../src/system/lock.js';
import { withTemporaryFolder } from '../helpers.js';

/** Another process that holds a lock in the way `withLock` writes it, until it is killed. */
async function startHolder(path: string): Promise<{ kill: () => Promise<void> }> {
  const script = `
    const fs = require('node:fs');
    let start = '';
    try {
      const status = fs.readFileSync('/proc/self/stat', 'utf8');
      start = status.slice(status.lastIndexOf(')') + 2).split(' ')[19];
    } catch {}
    fs.writeFileSync(process.argv[1], process.pid + ' ' + start);
    console.log('held');
    setTimeout(() => {}, 60000);`;
  const child = spawn(process.execPath, ['-e', script, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  await once(child.stdout, 'data');
  return {
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function inFolder(name: string, body: (folder: string, path: string) => Promise<void>): void {
  test(name, () => withTemporaryFolder((folder) => body(folder, join(folder, 'lock'))));
}

inFolder('when the lock is free then it names this process inside and is gone afterwards', async (folder, path) => {
  const inside = await withLock(path, () => readFile(path, 'utf8'));
  expect(Number.parseInt(inside, 10)).toBe(process.pid);
  expect(await readdir(folder)).toEqual([]);
});

inFolder('when the body throws then the lock is gone and the error comes through', async (folder, path) => {
  const error = new RangeError('inside');
  await expect(withLock(path, () => Promise.reject(error))).rejects.toBe(error);
  expect(await readdir(folder)).toEqual([]);
});

inFolder('when several calls want it then they come one after another', async (_, path) => {
  const events: string[] = [];
  const enter = async (name: string): Promise<void> => {
    events.push(`${name} in`);
    await sleep(30);
    events.push(`${name} out`);
  };
  await Promise.all(['a', 'b', 'c'].map((name) => withLock(path, () => enter(name))));
  const order = events.filter((event) => event.endsWith('in')).map((event) => event.slice(0, 1));
  expect(events).toEqual(order.flatMap((name) => [`${name} in`, `${name} out`]));
  expect(order.toSorted()).toEqual(['a', 'b', 'c']);
});

inFolder('when another process holds it then the call says once that it waits, and waits', async (_, path) => {
  const holder = await startHolder(path);
  let waits = 0;
  let holderIsDead = false;
  const entered = withLock(path, () => Promise.resolve(holderIsDead), {
    onWait: () => {
      waits += 1;
    },
  });
  await sleep(350);
  holderIsDead = true;
  await holder.kill();
  expect(await entered).toBe(true);
  expect(waits).toBe(1);
});

inFolder('when its holder was killed then the lock is broken at once', async (folder, path) => {
  const holder = await startHolder(path);
  await holder.kill();
  await access(path);
  let waits = 0;
  await withLock(path, () => Promise.resolve(), {
    onWait: () => {
      waits += 1;
    },
  });
  expect(waits).toBe(0);
  expect(await readdir(folder)).toEqual([]);
});

inFolder('when the process id was given to another program then the lock is broken', async (_, path) => {
  await writeFile(path, `${process.ppid} 1`);
  expect(await withLock(path, () => Promise.resolve('in'))).toBe('in');
});

inFolder('when an empty lock is old then it is broken, and a young one is waited for', async (_, path) => {
  await writeFile(path, '');
  const controller = new AbortController();
  const stop = new Error('stop');
  const young = withLock(path, () => Promise.resolve(), { signal: controller.signal });
  setTimeout(() => {
    controller.abort(stop);
  }, 250);
  await expect(young).rejects.toBe(stop);
  const old = new Date(Date.now() - 60_000);
  await utimes(path, old, old);
  expect(await withLock(path, () => Promise.resolve('in'))).toBe('in');
});

inFolder('when the lock cannot be written then the error says why', async (folder) => {
  await writeFile(join(folder, 'file'), '');
  await expect(withLock(join(folder, 'file', 'lock'), () => Promise.resolve())).rejects.toMatchObject({
    code: 'ERR_OUTPUT',
  });
});
