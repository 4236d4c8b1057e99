import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { readAdapter } from '../../src/storage/read_adapter.js';
import { readRun } from '../../src/storage/read_run.js';
import { writeSmallRun } from '../model/helpers.js';
import { withTemporaryFolder } from '../helpers.js';

const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'ab'.repeat(32)}\nsize 16002752\n`;

const foreign: [string, Buffer, RegExp][] = [
  ['a Git LFS pointer', Buffer.from(pointer), /Git LFS pointer.*`git lfs pull`/],
  ['compressed by gzip', gzipSync(Buffer.alloc(1000)), /compressed by gzip; unpack it/],
  ['what torch.save writes', Buffer.from(`PK\x03\x04${'\0'.repeat(60)}model/data.pkl`), /a zip file, .*save_file`/],
  ['a pickle', Buffer.from(`\x80\x02}q\0X\n${'fc1.weight'.repeat(9)}`, 'latin1'), /a Python pickle, .*save_file`/],
  ['a web page', Buffer.from('\n<!DOCTYPE html><title>Sign in</title>'), /a web page/],
  ['a JSON file', Buffer.from('{"architectures": ["Bert"]}'), /a JSON file/],
];

test.each(foreign)('when the model of a run is %s then the error says so and what to do', (_, bytes, message) =>
  withTemporaryFolder(async (folder) => {
    const { path } = await writeSmallRun(folder);
    const file = join(path, 'model.safetensors');
    await writeFile(file, bytes);
    await expect(readRun(path)).rejects.toMatchObject({
      code: 'ERR_SAFETENSORS',
      message: expect.stringMatching(message),
    });
    await expect(readRun(path)).rejects.toThrow(`${file} is no safetensors file but `);
  }),
);

test('when a run or an adapter is a file rather than a folder then the error says so', () =>
  withTemporaryFolder(async (folder) => {
    const file = join(folder, 'model.pt');
    await writeFile(file, foreign[2]?.[1] ?? '');
    await expect(readRun(file)).rejects.toMatchObject({
      code: 'ERR_RUN',
      message: `${file} is no complete run directory of imdb-torch: it is a file and no folder; give one that \`train\` wrote.`,
    });
    await expect(readAdapter(file, new Map())).rejects.toMatchObject({
      code: 'ERR_RUN',
      message: expect.stringContaining(`${file} is no adapter for this model: it is a file and no folder;`),
    });
  }));

test('when an adapter is there as a pickle only then the error names it and how to save it', () =>
  withTemporaryFolder(async (folder) => {
    const { path } = await writeSmallRun(folder, { adapter: true });
    const adapter = join(path, 'adapter');
    await rename(join(adapter, 'adapter_model.safetensors'), join(adapter, 'adapter_model.bin'));
    await expect(readAdapter(adapter, new Map())).rejects.toMatchObject({
      code: 'ERR_RUN',
      message: expect.stringMatching(/in adapter_model\.bin, a Python pickle; .*safe_serialization=True.*save_file`/),
    });
    await rm(join(adapter, 'adapter_model.bin'));
    await expect(readAdapter(adapter, new Map())).rejects.toThrow('adapter_model.safetensors');
  }));
