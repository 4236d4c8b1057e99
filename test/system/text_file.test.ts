import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { readText, textOfFile } from '../../src/system/text_file.js';
import { withTemporaryFolder } from '../helpers.js';

const text = '{"label": "öde 好"}\n';

test.each<[string, Buffer]>([
  ['UTF-8', Buffer.from(text)],
  ['UTF-8 with a mark', Buffer.from(`\ufeff${text}`)],
  ['UTF-16LE', Buffer.from(`\ufeff${text}`, 'utf16le')],
  ['UTF-16BE without a mark', Buffer.from(text, 'utf16le').swap16()],
  ['compressed UTF-16LE', gzipSync(Buffer.from(`\ufeff${text}`, 'utf16le'))],
])('when a small file is %s then its text is read', async (_, bytes) => {
  await withTemporaryFolder(async (folder) => {
    const path = join(folder, 'config.json');
    await writeFile(path, bytes);
    expect(await readText(path)).toBe(text);
  });
});

test.each<[string, Buffer, RegExp]>([
  ['Latin-1', Buffer.from('{"label": "\xf6de"}', 'latin1'), /^it is not UTF-8; convert it.*iconv/],
  [
    'a Git LFS pointer',
    Buffer.from('version https://git-lfs.github.com/spec/v1\n'),
    /^it is a Git LFS pointer.*; fetch/,
  ],
  ['a web page', Buffer.from('<!doctype html>\n'), /^it is a web page/],
  ['binary', Buffer.of(1, 2, 0, 3), /^it is binary data and no text/],
])('when a small file is %s then it is said', (_, bytes, message) => {
  expect(() => textOfFile(bytes)).toThrow(message);
});
