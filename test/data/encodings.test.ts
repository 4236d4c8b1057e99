import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import type { DatasetOptions } from '../../src/data/dataset.js';
import { contentOf, load, temporaryFolder } from './helpers.js';

const folder = temporaryFolder();

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');

/** Rows with letters beyond ASCII in the header, the labels and the texts. */
const rows = Array.from(
  { length: 40 },
  (_, row) => [`Café ${'naïve '.repeat(row)}${row}`, row % 2 ? 'gut' : 'öde'] as const,
);
const csv = `überschrift,sentiment\n${rows.map((row) => row.join(',')).join('\n')}\n`;
const lines = rows.map(([text, label]) => JSON.stringify({ überschrift: text, sentiment: label })).join('\r\n');
const columns = { textColumn: 'überschrift', labelColumn: 'sentiment' };

/** What is read of a file, without how it was written. */
async function read(path: string, options: Partial<DatasetOptions> = {}) {
  const { read: account, ...dataset } = await load(path, { ...columns, ...options });
  const { splits, ...content } = contentOf({ ...dataset, read: account }) as { splits: unknown };
  const names = JSON.stringify(splits).replaceAll(/"[\w.-]+ (line|row) /g, '"$1 ');
  return { content, names, notes: account.notes.map((note) => note.replaceAll(path, 'FILE')), left: account.leftOut };
}

const secondMember = csv.indexOf('\n', 300) + 1;

test.each<[string, Buffer, string[], string | undefined]>([
  ['UTF-8 with a mark', Buffer.from(`\ufeff${csv}`), [], undefined],
  ['UTF-16LE', utf16(`\ufeff${csv}`), ['FILE was read as UTF-16LE.'], undefined],
  ['UTF-16BE', utf16(`\ufeff${csv}`).swap16(), ['FILE was read as UTF-16BE.'], undefined],
  ['UTF-16LE without a mark', utf16(csv), ['FILE was read as UTF-16LE.'], undefined],
  ['UTF-16BE without a mark', utf16(csv).swap16(), ['FILE was read as UTF-16BE.'], undefined],
  ['compressed UTF-16', gzipSync(utf16(`\ufeff${csv}`)), ['FILE was read as UTF-16LE.'], undefined],
  [
    'gzip of two members',
    Buffer.concat([gzipSync(csv.slice(0, secondMember)), gzipSync(csv.slice(secondMember))]),
    [],
    undefined,
  ],
  ['Latin-1', latin1(csv), ['41 lines of FILE are not UTF-8: read as Windows-1252 (first: line 1).'], undefined],
  ['Latin-1 by its name', latin1(csv), [], 'latin1'],
  [
    'Latin-1 JSON Lines',
    latin1(lines),
    ['40 lines of FILE are not UTF-8: read as Windows-1252 (first: line 1).'],
    undefined,
  ],
  ['UTF-16 JSON Lines', utf16(`\ufeff${lines}`), ['FILE was read as UTF-16LE.'], undefined],
])('when a table is %s then it gives what UTF-8 gives', async (name, content, notes, encoding) => {
  const isJson = name.includes('JSON');
  const expected = await read(file(isJson ? 'plain.jsonl' : 'plain.csv', isJson ? lines : csv));
  expect(expected).toMatchObject({ notes: [], left: [] });
  const found = await read(file('other', content), { encoding });
  expect(found).toEqual({ ...expected, notes });
});

test('when fastText lines are Latin-1 then their labels are too', async () => {
  const text = rows.map(([review, label]) => `__label__${label} ${review}`).join('\n');
  const expected = await read(file('plain.ft', text), { textColumn: 'text', labelColumn: 'label' });
  const found = await read(file('other.ft', latin1(text)), { textColumn: 'text', labelColumn: 'label' });
  expect(found).toMatchObject({ content: expected.content, names: expected.names });
});

test('when single lines are not UTF-8 then they are Windows-1252, or bad rows of a strict encoding', async () => {
  const many = Array.from({ length: 300 }, (_, row) => `film ${row},${row % 2 ? 'gut' : 'schlecht'}\n`);
  many[7] = 'caf\xe9 \x93film\x94,gut\n';
  const content = Buffer.concat([Buffer.from('überschrift,sentiment\nÜber,gut\n'), ...many.map(latin1)]);
  const path = file('mixed.csv', content);
  const found = await read(path, { vocab: 1000 });
  expect(found.notes).toEqual(['1 line of FILE is not UTF-8: read as Windows-1252 (first: line 10).']);
  expect(found.content).toMatchObject({ words: expect.arrayContaining(['café', 'über']) });
  expect((await load(path, { ...columns, encoding: 'utf-8' })).badRows).toEqual({
    count: 1,
    total: 301,
    first: [{ origin: 'mixed.csv line 10', reason: 'is not UTF-8' }],
  });
});

test('when rows are not UTF-8 and it is asked for then the error names what to do', async () => {
  const reading = load(file('latin1.csv', latin1(csv)), { encoding: 'utf-8', textColumn: '\ufffdberschrift' });
  await expect(reading).rejects.toMatchObject({
    code: 'ERR_DATASET',
    message: expect.stringContaining('or name the encoding with the option encoding, such as auto or windows-1252.'),
  });
});

test('when data are read in another encoding then the cache does not answer for the first', async () => {
  const cacheFolder = join(folder, 'cache');
  const path = file('cyrillic.csv', latin1(csv));
  const first = await load(path, { ...columns, cacheFolder, encoding: 'windows-1252' });
  const second = await load(path, { ...columns, textColumn: 'ьberschrift', cacheFolder, encoding: 'windows-1251' });
  expect([first.fromCache, second.fromCache]).toEqual([false, false]);
  expect([first.classes, second.classes]).toEqual([
    ['gut', 'öde'],
    ['gut', 'цde'],
  ]);
  expect((await load(path, { ...columns, cacheFolder, encoding: 'latin1' })).fromCache).toBe(true);
});

test('when a folder holds files of several encodings then each is decoded by itself, and binary ones are none', async () => {
  const root = join(folder, 'mails');
  for (const [index, [text, label]] of rows.entries()) {
    mkdirSync(join(root, label), { recursive: true });
    const content = [Buffer.from(text), latin1(text), utf16(`\ufeff${text}`), Buffer.from(`\ufeff${text}`)][index % 4];
    writeFileSync(join(root, label, `${String(index).padStart(2, '0')}.txt`), content ?? '');
  }
  const { read: account, ...dataset } = await load(root, { vocab: 1000 });
  expect(account.notes).toEqual([`10 files of ${root} are not UTF-8: read as Windows-1252 (first: gut/01.txt).`]);
  expect(dataset.vocabulary.words.filter((word) => /[^\w<>]/.test(word)).sort()).toEqual(['café', 'naïve']);
  writeFileSync(join(root, 'gut', 'picture.txt'), latin1('\x89PNG\r\n\x1a\n\0\0'));
  await expect(load(root)).rejects.toThrow('an image (first: gut/picture.txt)');
});

test.each<[string, Buffer, string]>([
  ['an Excel workbook', latin1('PK\x03\x04\x14\0\x06\0 xl/workbook.xml'), 'is an Excel workbook; save it as CSV'],
  [
    'a web page',
    latin1('<!DOCTYPE html>\n<html>'),
    'is a web page, as a login or a download that failed leaves; fetch',
  ],
  ['gzip with something behind it', Buffer.concat([gzipSync(csv), latin1('more')]), 'damaged'],
  ['gzip twice', gzipSync(gzipSync(csv)), 'is compressed twice by gzip; unpack it'],
  ['UTF-32', latin1('\xff\xfe\0\0t\0\0\0'), 'is UTF-32 text; convert it with `iconv'],
  ['compressed by zstd', latin1('\x28\xb5\x2f\xfd\x04'), 'is compressed by zstd; unpack it with `unzstd`'],
])('when data are %s then the error says so and what to do', async (_, content, part) => {
  const path = file('foreign.csv', content);
  for (const data of [path, { train: path }]) {
    await expect(load(data)).rejects.toMatchObject({ code: 'ERR_DATASET', message: expect.stringContaining(part) });
  }
});

test('when the encoding is none then it is refused', async () => {
  await expect(load(file('plain.csv', csv), { encoding: 'klingon' })).rejects.toMatchObject({
    code: 'ERR_USAGE',
    message: expect.stringContaining('received "klingon"'),
  });
});
