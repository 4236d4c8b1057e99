/** The addon in worker threads: each has its own objects, and none outlives or disturbs another. */
import { copyFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type * as Binding from '../../binding.js';
import { native } from '../../src/binding.js';
import { findAddon } from '../../src/setup/addon.js';
import { withTemporaryFolder } from '../helpers.js';
import { runScript } from './support/child.js';

function workers(way: string): unknown {
  const { code, signal, stdout, stderr } = runScript('workers.cjs', [way]);
  expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: '' });
  return JSON.parse(stdout);
}

test('when 50 workers start, train and end one after the other then each gives the same losses', () => {
  expect(workers('oneByOne')).toEqual({ workers: 50, same: true });
}, 180_000);

test('when 8 workers and the main thread load the addon and train at once then all give the same losses', () => {
  expect(workers('atOnce')).toEqual(Array.from({ length: 8 }, () => [0, true, true]));
});

test('when workers are stopped while they train then the addon works on', () => {
  expect(workers('stopped')).toEqual({ codes: [1], losses: 3 });
});

test('when a worker exits inside a callback or fails then only the worker ends', () => {
  expect(workers('inCallback')).toEqual({ code: 7, error: 'ERR_ARG_TYPE', losses: 3 });
});

test('when an object of another thread arrives then it is refused with the reason', () => {
  expect(workers('foreign')).toEqual({
    name: 'TypeError',
    code: 'ERR_ARG_TYPE',
    message: expect.stringContaining('if it comes from another thread, post its numbers'),
  });
});

test('when an object comes from another copy of the addon then it is refused', async () => {
  await withTemporaryFolder(async (folder) => {
    const path = join(folder, 'copy.node');
    await copyFile(findAddon(), path);
    const copy = createRequire(import.meta.url)(path) as typeof Binding;
    const tensor = native.Tensor.ones([2]);
    expect(() => tensor.add(copy.Tensor.ones([2]))).toThrow(
      expect.objectContaining({ name: 'TypeError', code: 'ERR_ARG_TYPE' }),
    );
    expect(() => copy.Tensor.prototype.sum.call(tensor)).toThrow(
      expect.objectContaining({ name: 'TypeError', code: 'ERR_ARG_TYPE' }),
    );
  });
});
