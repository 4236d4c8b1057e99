import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { writeFolderAtomic } from '../../src/system/atomic_folder.js';
import { withTemporaryFolder } from '../helpers.js';

const kind = { names: ['mark.txt', 'other.txt'], mark: { name: 'mark.txt', start: 'made by' } };

function fillWith(text: string): (folder: string) => Promise<void> {
  return (folder) => writeFile(join(folder, 'mark.txt'), `made by ${text}`);
}

test('when a folder is written again then it is the new one, and nothing else is left', async () => {
  await withTemporaryFolder(async (parent) => {
    const path = join(parent, 'a', 'b');
    await writeFolderAtomic(path, kind, fillWith('one'));
    await writeFile(join(path, 'other.txt'), 'of the one before');
    await writeFolderAtomic(path, kind, fillWith('two'));
    expect(await readdir(path)).toEqual(['mark.txt']);
    expect(await readFile(join(path, 'mark.txt'), 'utf8')).toBe('made by two');
    expect(await readdir(join(parent, 'a'))).toEqual(['b']);
    await mkdir(join(parent, 'empty'));
    await writeFolderAtomic(join(parent, 'empty'), kind, fillWith('three'));
    expect(await readdir(join(parent, 'empty'))).toEqual(['mark.txt']);
  });
});

test('when filling fails then what was there stays, and no folder is left', async () => {
  await withTemporaryFolder(async (parent) => {
    const path = join(parent, 'kept');
    await writeFolderAtomic(path, kind, fillWith('one'));
    const failure = new Error('no more ink');
    for (const to of [path, join(parent, 'new', 'folder')]) {
      const failed = writeFolderAtomic(to, kind, async (folder) => {
        await fillWith('half')(folder);
        throw failure;
      });
      await expect(failed).rejects.toBe(failure);
    }
    expect(await readFile(join(path, 'mark.txt'), 'utf8')).toBe('made by one');
    expect(await readdir(parent)).toEqual(['kept']);
  });
});

test('when something of somebody else is there then it stays', async () => {
  await withTemporaryFolder(async (parent) => {
    const write = (path: string): Promise<void> => writeFolderAtomic(path, kind, fillWith('one'));
    for (const [name, file, text] of [
      ['foreign', 'thesis.txt', 'made by me'],
      ['unmarked', 'other.txt', 'made by me'],
      ['marked', 'mark.txt', 'written by me'],
    ] as const) {
      const path = join(parent, name);
      await mkdir(path);
      await writeFile(join(path, file), text);
      await expect(write(path)).rejects.toMatchObject({
        code: 'ERR_OUTPUT',
        message: expect.stringMatching(/would be lost; choose another name\.$/) as unknown,
      });
      expect(await readdir(path)).toEqual([file]);
      expect(await readFile(join(path, file), 'utf8')).toBe(text);
    }
    await writeFile(join(parent, 'file'), 'a file');
    await expect(write(join(parent, 'file'))).rejects.toMatchObject({ code: 'ERR_OUTPUT' });
    expect((await readdir(parent)).sort()).toEqual(['file', 'foreign', 'marked', 'unmarked']);
  });
});

/** Makes a folder at `path` in the moment in which there is none, as another process would. */
async function takeWhenFree(path: string): Promise<void> {
  for (;;) {
    // Nothing else of this process goes on while it looks.
    for (let look = 0; look < 200; look += 1) {
      if (existsSync(path)) continue;
      mkdirSync(path);
      writeFileSync(join(path, 'mark.txt'), 'folder of another');
      return;
    }
    await setImmediate();
  }
}

test('when another process takes the name meanwhile then its folder stays, and nothing lies beside it', async () => {
  await withTemporaryFolder(async (folder) => {
    const path = join(folder, 'export');
    await writeFolderAtomic(path, kind, fillWith('one'));
    const writing = writeFolderAtomic(path, kind, fillWith('two'));
    await Promise.all([takeWhenFree(path), expect(writing).rejects.toMatchObject({ code: 'ERR_OUTPUT' })]);
    expect(await readFile(join(path, 'mark.txt'), 'utf8')).toBe('folder of another');
    expect(await readdir(folder)).toEqual(['export']);
  });
});
