import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { readRun } from '../../src/storage/read_run.js';
import { writeSmallRun } from '../model/helpers.js';
import { withTemporaryFolder } from '../helpers.js';

const inUtf16 = (bytes: Buffer): Buffer => Buffer.from(`\ufeff${bytes.toString()}`, 'utf16le');

test('when the files of a run were written again in another encoding then they are read', async () => {
  await withTemporaryFolder(async (folder) => {
    const { path } = await writeSmallRun(folder);
    const before = await readRun(path);
    for (const [name, change] of [
      ['run.json', inUtf16],
      ['model.json', (bytes: Buffer) => Buffer.from(`\ufeff${bytes.toString()}`)],
      ['vocabulary.txt', gzipSync],
    ] as const) {
      const file = join(path, name);
      await writeFile(file, change(await readFile(file)));
      const after = await readRun(path);
      expect([after.run, after.description, after.vocabulary.sha256]).toEqual([
        before.run,
        before.description,
        before.vocabulary.sha256,
      ]);
    }
  });
});

test.each(['run.json', 'model.json', 'vocabulary.txt'])(
  'when %s is a Git LFS pointer then that is said',
  async (name) => {
    await withTemporaryFolder(async (folder) => {
      const { path } = await writeSmallRun(folder);
      await writeFile(join(path, name), 'version https://git-lfs.github.com/spec/v1\noid sha256:0\n');
      await expect(readRun(path)).rejects.toMatchObject({
        code: 'ERR_RUN',
        message: expect.stringMatching(new RegExp(`cannot read ${name} \\(it is a Git LFS pointer.*git lfs pull`)),
      });
    });
  },
);
