import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { makeFolders } from '../../src/system/make_folders.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'imdb-torch-'));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

test('when parents are missing too, then all are made and returned, the innermost first', async () => {
  const inner = join(root, 'a', 'b', 'c');
  expect(await makeFolders(inner)).toEqual([inner, join(root, 'a', 'b'), join(root, 'a')]);
  expect(statSync(inner).isDirectory()).toBe(true);
});

test('when the folder is there, then nothing is made', async () => {
  expect(await makeFolders(root)).toEqual([]);
});

test('when a parent is a file, then the system says so', async () => {
  writeFileSync(join(root, 'file'), '');
  await expect(makeFolders(join(root, 'file', 'a'))).rejects.toMatchObject({ code: 'ENOTDIR' });
});

(existsSync('/proc') ? test : test.skip)(
  'when nothing can be made in the parent, then it ends with an error rather than never',
  async () => {
    await expect(makeFolders('/proc/imdb-torch/a')).rejects.toMatchObject({ code: 'ENOENT' });
  },
);
