import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { readTexts, type TextSource } from '../../../src/cli/text_input/read_texts.js';
import type { TextLine } from '../../../src/cli/text_input/text_lines.js';
import { withTemporaryFolder } from '../../helpers.js';

type Options = Omit<TextSource, 'file'>;

async function read(content: string | Buffer, options: Options = {}): Promise<{ lines: TextLine[]; notes: string[] }> {
  return withTemporaryFolder(async (folder) => {
    const file = join(folder, 'texts');
    await writeFile(file, content);
    const lines: TextLine[] = [];
    const notes: string[] = [];
    const onNote = (sentence: string) => notes.push(sentence.replaceAll(file, 'FILE'));
    for await (const batch of readTexts({ file, ...options }, { onNote })) lines.push(...batch);
    const plain = lines.map(({ text, ...line }) => ({
      ...line,
      text: text === null ? null : Buffer.from(text as string).toString(),
    }));
    return { lines: plain, notes };
  });
}

const textsOf = async (content: string | Buffer, options?: Options): Promise<unknown[]> =>
  (await read(content, options)).lines.map(({ line, text, problem }) => [line, text ?? problem]);

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');

const plain = 'a good film\ncafé, “naïve”\n好电影';
const expected = [
  [1, 'a good film'],
  [2, 'café, “naïve”'],
  [3, '好电影'],
];

test.each<[string, Buffer, string[]]>([
  ['UTF-8', Buffer.from(plain), []],
  ['UTF-8 with a mark', Buffer.from(`\ufeff${plain}`), []],
  ['UTF-16LE', utf16(`\ufeff${plain}`), ['FILE was read as UTF-16LE.']],
  ['UTF-16BE', utf16(`\ufeff${plain}`).swap16(), ['FILE was read as UTF-16BE.']],
  ['UTF-16LE without a mark', utf16(plain), ['FILE was read as UTF-16LE.']],
  ['gzip', gzipSync(plain), []],
  ['gzip of UTF-16', gzipSync(utf16(`\ufeff${plain}`)), ['FILE was read as UTF-16LE.']],
  ['gzip of two members', Buffer.concat([gzipSync(plain.slice(0, 9)), gzipSync(plain.slice(9))]), []],
  ['lines that carriage returns end', Buffer.from(plain.replaceAll('\n', '\r')), []],
])('when a file is %s then its lines are the texts', async (_, content, notes) => {
  expect(await textsOf(content)).toEqual(expected);
  expect((await read(content)).notes).toEqual(notes);
});

test('when an encoding is named then texts are read in it', async () => {
  expect(await textsOf(latin1('\xea\xee\xf8\xea\xe0'), { encoding: 'windows-1251' })).toEqual([[1, 'кошка']]);
  const broken = latin1('good\n\x83\xff\nfilm');
  const { lines, notes } = await read(broken, { encoding: 'shift_jis' });
  expect(lines.map(({ text }) => text)).toEqual(['good', '\ufffd\ufffd', 'film']);
  expect(notes).toEqual(['1 line of FILE has bytes that are not SHIFT_JIS: read as U+FFFD (first: line 2).']);
  expect(await textsOf(latin1('caf\xe9\nfilm'), { encoding: 'utf-8' })).toEqual([
    [1, 'not UTF-8'],
    [2, 'film'],
  ]);
});

test('when a line has zero bytes then it is read and said', async () => {
  expect((await read('good\0film\nbad film, all in all')).lines).toEqual([
    { line: 1, text: 'good\0film', problem: expect.stringContaining('zero bytes') },
    { line: 2, text: 'bad film, all in all', problem: null },
  ]);
});

test.each<[string, string | Buffer, RegExp]>([
  ['a web page', '<!DOCTYPE html>\n<p>good</p>', /is a web page.*; fetch the file itself\.$/],
  ['a zip archive', latin1('PK\x03\x04\x14\0'), /is a zip archive; unpack it/],
  ['gzip with more behind it', Buffer.concat([gzipSync(plain), latin1('more')]), /damaged \(incorrect header check\)/],
  ['gzip that ends early', gzipSync(plain).subarray(0, -9), /damaged \(it ends too early\)/],
  ['tar', Buffer.concat([Buffer.alloc(257, 'x'), latin1('ustar\x0000')]), /is a tar archive; unpack it/],
])('when a file is %s then it says so', async (_, content, message) => {
  await expect(read(content)).rejects.toMatchObject({ code: 'ERR_DATASET', message: expect.stringMatching(message) });
});

const table = 'id,text,stars\n1,"good, ""very"" good",5\n2,"two\r\nlines",\n3,more,of,them\n4, ,2\n5,café,3\n';
const rows = [
  [2, 'good, "very" good'],
  [3, 'two\r\nlines'],
  [5, 'has 4 fields where the header has 3'],
  [6, 'empty'],
  [7, 'café'],
];

test.each<[string, Buffer]>([
  ['CSV', Buffer.from(table)],
  ['compressed CSV in UTF-16', gzipSync(utf16(`\ufeff${table}`))],
  ['CSV in Latin-1', latin1(table)],
])('when a table is %s and its column is named then the rows are the texts', async (_, content) => {
  expect(await textsOf(content, { textColumn: 'text' })).toEqual(rows);
});

test('when columns are kept then they come with their rows', async () => {
  const { lines } = await read(table, { textColumn: 'text', keep: ['stars', 'id'] });
  expect(lines.map(({ columns }) => columns)).toEqual([
    { stars: '5', id: '1' },
    { stars: '', id: '2' },
    undefined,
    { stars: '2', id: '4' },
    { stars: '3', id: '5' },
  ]);
  const all = await read(table, { textColumn: 'text', keep: 'all' });
  expect(all.lines[0]?.columns).toEqual({ id: '1', stars: '5' });
  await expect(read(table, { textColumn: 'text', keep: ['nope'] })).rejects.toMatchObject({ code: 'ERR_USAGE' });
  await expect(read(table, { textColumn: 'nope' })).rejects.toMatchObject({ code: 'ERR_USAGE' });
});

test('when a table has no header then its columns are numbered', async () => {
  const lines = '5,"a good film",x\n1,bad,y\n';
  const { lines: found } = await read(lines, { textColumn: '2', keep: ['3'], header: false });
  expect(found).toEqual([
    { line: 1, text: 'a good film', problem: null, columns: { 3: 'x' } },
    { line: 2, text: 'bad', problem: null, columns: { 3: 'y' } },
  ]);
});

test('when a table has one column then that can be named', async () => {
  expect(await textsOf('text\r\n"good, film"\r\nbad\r\n', { textColumn: 'text' })).toEqual([
    [2, 'good, film'],
    [3, 'bad'],
  ]);
});

test('when columns of one name are to be kept then they are refused', async () => {
  const twice = 'text,id,id\ngood,1,2\n';
  await expect(read(twice, { textColumn: 'text', keep: 'all' })).rejects.toMatchObject({ code: 'ERR_USAGE' });
  expect(await textsOf(twice, { textColumn: 'text' })).toEqual([[2, 'good']]);
});

test('when a file is Parquet or objects then the column of texts is found by its name', async () => {
  const columnData = [
    { name: 'id', data: [1n, 2n ** 60n, null], type: 'INT64' as const },
    { name: 'review', data: ['good', 'café', null] },
    { name: 'when', data: [new Date(0), null, null], type: 'TIMESTAMP' as const },
    { name: 'tags', data: [{ a: ['x', 1] }, ['y'], null], type: 'JSON' as const },
  ];
  const none = { when: null, tags: null };
  const parquet = await read(Buffer.from(parquetWriteBuffer({ columnData })), { keep: 'all' });
  expect(parquet.lines).toEqual([
    {
      line: 1,
      text: 'good',
      problem: null,
      columns: { id: 1, when: '1970-01-01T00:00:00.000Z', tags: { a: ['x', 1] } },
    },
    { line: 2, text: 'café', problem: null, columns: { ...none, id: '1152921504606846976', tags: ['y'] } },
    { line: 3, text: null, problem: 'no text as "review"', columns: { ...none, id: null } },
  ]);
  const objects = ['{"id": 1, "review": "good", "by": {"name": "x"}}', '', '{"review": "café"}', '{"id": 4}'];
  const json = await read(`\ufeff${objects.join('\n')}`, { keep: ['id', 'by.name'] });
  expect(json.lines).toEqual([
    { line: 1, text: 'good', problem: null, columns: { id: 1, 'by.name': 'x' } },
    { line: 2, text: null, problem: 'empty' },
    { line: 3, text: 'café', problem: null, columns: { id: null, 'by.name': null } },
    { line: 4, text: null, problem: expect.stringContaining('"review"'), columns: { id: 4, 'by.name': null } },
  ]);
  expect(await textsOf(objects.join('\n'), { textColumn: 'by.name' })).toContainEqual([1, 'x']);
  await expect(read('{"id": 1}')).rejects.toMatchObject({ message: expect.stringContaining('the option textColumn') });
});

test.each<[string, string]>([
  ['an array', '[\n  {"text": "good", "id": 1},\n  {"text": "bad", "id": NaN}\n]\n'],
  ['an array within an object', '{"data": [{"text": "good", "id": 1}, {"text": "bad"}]}'],
  ['objects over several lines', '{\n"text": "good",\n"id": 1\n}\n{\n"text": "bad"\n}\n'],
  ['lines as Python writes them', '{"text": "good", "id": 1}\n{"text": "bad", "id": NaN}\n'],
])('when JSON is %s then its texts are found', async (_, content) => {
  const { lines } = await read(content, { keep: ['id'] });
  expect(lines.map(({ text, columns }) => [text, columns])).toEqual([
    ['good', { id: 1 }],
    ['bad', { id: null }],
  ]);
});

test('when a file has fastText lines then their labels are not part of the texts', async () => {
  expect(await textsOf('__label__pos good film\n__label__neg bad\nno label')).toEqual([
    [1, 'good film'],
    [2, 'bad'],
    [3, 'has no __label__ with a label'],
  ]);
});

test('when plain lines look like a table, or have brackets, then they are texts, and a header is told', async () => {
  expect((await read(table)).notes).toEqual([
    'The first line of FILE looks like the header of a table, but each line was taken for a text; ' +
      '--text-column text takes that column.',
  ]);
  for (const lines of ['[spoiler] good, text\n{so} bad, too', 'text\ngood, very good', 'a text, not good\nfilm, bad']) {
    expect(await textsOf(lines)).toEqual(lines.split('\n').map((text, index) => [index + 1, text]));
    expect((await read(lines)).notes).toEqual([]);
  }
});

test('when a table is large then all rows come in order, and reading waits for those that are used', async () => {
  await withTemporaryFolder(async (folder) => {
    const file = join(folder, 'large.csv');
    const count = 3000;
    const lines = Array.from({ length: count }, (_, row) => `"text ${row}, ${'x'.repeat(row % 800)}",${row}`);
    await writeFile(file, `text,id\n${lines.join('\n')}\n`);
    const ids: unknown[] = [];
    let noted = 0;
    const texts = readTexts({ file, textColumn: 'text', keep: 'all' }, { onNote: () => (noted += 1) });
    for await (const batch of texts) ids.push(...batch.map(({ columns }) => Number(columns?.id)));
    expect(ids).toEqual(Array.from({ length: count }, (_, row) => row));
    const some = readTexts({ file, textColumn: 'text' }, {});
    expect((await some.next()).done).toBe(false);
    // Ends reading, although most of the rows are still to come.
    await some.return(undefined);
    expect(noted).toBe(0);
  });
});
