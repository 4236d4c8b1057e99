import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { Reloading } from '../../src/serve/reloading.js';
import { withTemporaryFolder } from '../helpers.js';

interface Watched {
  folder: string;
  reads: string[];
  told: string[];
  reloading: Reloading;
  /** What the next reading does. */
  next: { work: () => Promise<void> };
  /** Waits until so many readings have been done. */
  after: (count: number) => Promise<void>;
}

/** Runs `use` with something that is read from the file `link/file`. */
async function withWatched(use: (watched: Watched) => Promise<void>): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    for (const name of ['one', 'two']) {
      await mkdir(join(folder, name));
      await writeFile(join(folder, name, 'file'), name);
    }
    await symlink('one', join(folder, 'link'));
    const reads: string[] = [];
    const told: string[] = [];
    const next = { work: (): Promise<void> => Promise.resolve() };
    const part = {
      what: 'the file',
      files: () => [join(folder, 'link', 'file'), join(folder, 'link', 'other')],
      read: async () => {
        reads.push('read');
        await next.work();
      },
    };
    const reloading = new Reloading([part], (line) => told.push(line));
    const controller = new AbortController();
    await reloading.start();
    reloading.watch(controller.signal);
    const after = async (count: number): Promise<void> => {
      while (reads.length < count) await sleep(50);
      expect(reads).toHaveLength(count);
    };
    await use({ folder, reads, told, reloading, next, after });
    controller.abort();
  });
}

/** More than the time between two looks. */
const looks = 1200;

test('when a file is written, or a link on the way to it is moved, then it is read anew, once', async () => {
  await withWatched(async ({ folder, reads, told, after }) => {
    await sleep(looks);
    expect(reads).toHaveLength(1);
    await writeFile(join(folder, 'one', 'file'), 'longer');
    await after(2);
    await symlink('two', join(folder, 'new'));
    await rename(join(folder, 'new'), join(folder, 'link'));
    await after(3);
    await writeFile(join(folder, 'two', 'other'), 'a file that was not there');
    await after(4);
    await writeFile(join(folder, 'one', 'file'), 'not looked at');
    await sleep(looks);
    expect(reads).toHaveLength(4);
    expect(told).toEqual(Array(3).fill('Read the file anew.'));
  });
});

test('when it cannot be read anew then that is told once, and it is tried again when it has changed again', async () => {
  await withWatched(async ({ folder, reads, told, next, after }) => {
    next.work = () => Promise.reject(new Error('It is broken.'));
    await rm(join(folder, 'one', 'file'));
    await after(2);
    await sleep(looks);
    expect(reads).toHaveLength(2);
    expect(told).toEqual(['Cannot read the file anew, so the one before stays: It is broken.']);
    next.work = () => Promise.resolve();
    await writeFile(join(folder, 'one', 'file'), 'mended');
    await after(3);
  });
});

test('when it is asked for before the start, or meanwhile, then nothing is read twice at a time', async () => {
  const order: string[] = [];
  const part = {
    what: 'it',
    files: () => [],
    read: async () => {
      order.push('begins');
      await sleep(20);
      order.push('ends');
    },
  };
  const told: string[] = [];
  const reloading = new Reloading([part], (line) => told.push(line));
  await reloading.reload();
  expect(order).toEqual([]);
  const started = reloading.start();
  await reloading.reload();
  await started;
  expect(order).toEqual(['begins', 'ends', 'begins', 'ends']);
  expect(told).toEqual(['Read it anew.']);
});

test('when the start fails then what was asked for meanwhile is not done', async () => {
  let reads = 0;
  const part = {
    what: 'it',
    files: () => [],
    read: () => {
      reads += 1;
      return Promise.reject(new Error('It is broken.'));
    },
  };
  const reloading = new Reloading([part], () => undefined);
  const started = reloading.start();
  void reloading.reload();
  await expect(started).rejects.toThrow('It is broken.');
  await sleep(20);
  expect(reads).toBe(1);
});

test('when it is asked for while something is read then it is read once more afterwards', async () => {
  await withWatched(async ({ reads, reloading, next }) => {
    let isReading = false;
    next.work = async () => {
      expect(isReading).toBe(false);
      isReading = true;
      await sleep(50);
      isReading = false;
    };
    await Promise.all([reloading.reload(), reloading.reload()]);
    expect(reads).toHaveLength(3);
  });
});
