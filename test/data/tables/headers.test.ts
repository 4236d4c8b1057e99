import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { DatasetOptions } from '../../../src/data/dataset.js';
import { load, temporaryFolder } from '../helpers.js';

const folder = temporaryFolder();

/** Rows of a label, a title and a text, as AG News and Yelp are published. */
const news = Array.from({ length: 40 }, (_, index) => `"${1 + (index % 2)}","Title ${index}","Some text, ${index}"`);

function read(name: string, lines: readonly string[], options: Partial<DatasetOptions> = {}) {
  const path = join(folder, name);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return load(path, options);
}

const byNumber = { header: false, textColumn: '3', labelColumn: '1' };

test('when a file without a header is read by the numbers of its columns then its first row is one of the reviews', async () => {
  const { badRows, classes, vocabulary } = await read('news.csv', news, { ...byNumber, valid: null });
  expect({ badRows, classes }).toEqual({ badRows: { count: 0, total: 40, first: [] }, classes: ['1', '2'] });
  expect(vocabulary.words).not.toContain('title');
});

test.each([
  ['without columns', {}],
  ['with columns by number', { textColumn: '3', labelColumn: '1' }],
  ['with columns by the values of the first row', { textColumn: 'Some text, 0', labelColumn: '1' }],
])('when a file without a header is read as if it had one, %s, then it is refused', async (_, options) => {
  const message =
    /^Expected names of columns in the first line of .* but it looks like a row \("1", "Title 0", "Some text, 0"\); give the option header false and the numbers of the columns, such as 3 as the option textColumn and 1 as the option labelColumn\.$/;
  await expect(read('news.csv', news, options)).rejects.toMatchObject({
    code: 'ERR_DATASET',
    message: expect.stringMatching(message),
  });
});

test('when a file has a header where none is expected then that is left out', async () => {
  const rows = ['label,title,text', ...news.join('\n').repeat(5).split('\n')];
  const joined = rows.map((row) => row.replace(/""/, '"\n"'));
  const { badRows } = await read('header.csv', joined, byNumber);
  expect(badRows).toMatchObject({
    count: 1,
    first: [{ origin: 'header.csv line 1', reason: 'is a header, where none was expected' }],
  });
});

const plain = Array.from({ length: 150 }, (_, index) => `film ${index},${index % 2 === 0 ? 'dull' : 'fine'}`);

test('when a table whose columns have names is said to have no header then that changes nothing, which is told', async () => {
  const path = join(folder, 'named.jsonl');
  const rows = Array.from({ length: 20 }, (_, row) => JSON.stringify({ text: `film ${row}`, label: row % 2 }));
  writeFileSync(path, rows.join('\n'));
  const { read, guess } = await load(path, { header: false });
  expect(guess).toMatchObject({ text: 'text', label: 'label' });
  expect(read).toMatchObject({ rows: 20, notes: [expect.stringContaining('named.jsonl is neither CSV nor TSV')] });
});

test.each<[string, string[]]>([
  ['blank lines before it', ['', ' ', ',', 'text,label', ...plain]],
  ['a line for Excel before it', ['sep=,', 'text,label', ...plain]],
  ['blanks, quotation marks and capitals', ['" Text ", LABEL', ...plain]],
  ['bars between names', ['text|label', ...plain.map((row) => row.replace(',', '|'))]],
  ['semicolons named for Excel', ['sep=;', 'text;label', ...plain.map((row) => row.replace(',', ';'))]],
  [
    'names of numbers as pandas writes them',
    [',text,1,label', ...plain.map((row, index) => `${index},${row.replace(',', ',1,')}`)],
  ],
  ['more than 64 KiB', [`text,label,${'x'.repeat(1 << 17)}`, ...plain.map((row) => `${row},1`)]],
  ['more than 256 KiB', [`text,label,${'x'.repeat(1 << 19)}`, ...plain.map((row) => `${row},1`)]],
])('when a header has %s then it is the header', async (name, lines) => {
  const { badRows, guess, classes } = await read(`${name}.csv`, lines);
  expect({ badRows, classes }).toMatchObject({ badRows: { count: 0, total: 150 }, classes: ['dull', 'fine'] });
  expect(guess).not.toBeNull();
});

test('when files with headers are joined then a header that comes again is left out', async () => {
  const { badRows } = await read('joined.csv', ['text,label', ...plain, '\ufefftext,label', ...plain]);
  expect(badRows).toEqual({
    count: 1,
    total: 301,
    first: [{ origin: 'joined.csv line 152', reason: 'repeats the header' }],
  });
});

test('when two columns have one name then that name is refused, and others are not', async () => {
  const three = plain.map((row) => `${row},more`);
  const message: unknown = expect.stringMatching(/^Expected one column of .* for "text" but it has "text", "text"; /);
  const twice = ['text,label,text', ...three];
  await expect(read('twice.csv', twice)).rejects.toMatchObject({ code: 'ERR_USAGE', message });
  await expect(read('twice.csv', twice, { textColumn: 'text' })).rejects.toMatchObject({ code: 'ERR_USAGE', message });
  await expect(read('alike.csv', ['text1,label,text2', ...three])).rejects.toMatchObject({ code: 'ERR_USAGE' });
  expect((await read('others.csv', ['text,label,note,note', ...three.map((row) => `${row},`)])).badRows.total).toBe(
    150,
  );
  expect((await read('chosen.csv', ['text1,label,text2', ...three], { textColumn: 'text1' })).badRows.count).toBe(0);
  expect((await read('exact.csv', ['text,label,Text_2', ...three])).guess).toMatchObject({
    text: 'text',
    label: 'label',
  });
});
