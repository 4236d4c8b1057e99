import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { writeFileAtomic, writeFileAtomicSync } from '../../src/system/atomic_file.js';
import { withTemporaryFolder } from '../helpers.js';

test('when chunks are written then the file holds them in order and nothing else is left', () =>
  withTemporaryFolder(async (folder) => {
    const path = join(folder, 'new', 'file');
    await writeFileAtomic(path, ['é', new Uint8Array([0, 255]), '', 'z']);
    expect([...(await readFile(path))]).toEqual([0xc3, 0xa9, 0, 255, 0x7a]);
    expect(await readdir(join(folder, 'new'))).toEqual(['file']);
  }));

test('when producing a chunk fails then the old file stays and nothing else is left', () =>
  withTemporaryFolder(async (folder) => {
    const path = join(folder, 'file');
    await writeFile(path, 'old');
    function* chunks(): Generator<string> {
      yield 'new';
      throw new RangeError('no more');
    }
    await expect(writeFileAtomic(path, chunks())).rejects.toThrow(new RangeError('no more'));
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['file']);
  }));

test('when the signal aborts between chunks then its reason is thrown and nothing is left', () =>
  withTemporaryFolder(async (folder) => {
    const controller = new AbortController();
    const reason = new Error('stop');
    function* chunks(): Generator<string> {
      yield 'one';
      controller.abort(reason);
      yield 'two';
    }
    const written = writeFileAtomic(join(folder, 'file'), chunks(), { signal: controller.signal });
    await expect(written).rejects.toBe(reason);
    expect(await readdir(folder)).toEqual([]);
  }));

test('when a file is in the way of a folder then the error names the path and the remedy', () =>
  withTemporaryFolder(async (folder) => {
    await writeFile(join(folder, 'file'), '');
    const path = join(folder, 'file', 'inside');
    await expect(writeFileAtomic(path, ['x'])).rejects.toMatchObject({
      code: 'ERR_OUTPUT',
      message: expect.stringMatching(`^Could not write ${path}: .*choose another`),
    });
  }));

test('when a folder has the name of the file then the error says so and nothing is left', () =>
  withTemporaryFolder(async (folder) => {
    const path = join(folder, 'taken');
    await mkdir(path);
    await expect(writeFileAtomic(path, ['x'])).rejects.toMatchObject({ code: 'ERR_OUTPUT' });
    expect(await readdir(folder)).toEqual(['taken']);
  }));

test('when it is written without waiting then the file is whole, and what refuses leaves nothing behind', () =>
  withTemporaryFolder(async (folder) => {
    const path = join(folder, 'new', 'file');
    writeFileAtomicSync(path, 'one');
    writeFileAtomicSync(path, new Uint8Array([0, 255]));
    expect([...(await readFile(path))]).toEqual([0, 255]);
    const refused = { code: 'ERR_OUTPUT', message: expect.stringMatching('^Could not write .*choose another') };
    expect(() => {
      writeFileAtomicSync(join(path, 'inside'), 'x');
    }).toThrow(expect.objectContaining(refused));
    expect(() => {
      writeFileAtomicSync(join(folder, 'new'), 'x');
    }).toThrow(expect.objectContaining(refused));
    expect(await readdir(folder, { recursive: true })).toEqual(['new', join('new', 'file')]);
  }));
