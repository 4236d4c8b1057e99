import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { load, temporaryFolder } from '../helpers.js';

const folder = temporaryFolder();

type Cell = string | number | bigint | boolean | null;

/** A CSV file whose labels are these, again and again, each with a text of its own. */
function csv(name: string, labels: readonly string[], count = 60): string {
  const rows = Array.from({ length: count }, (_, k) => `film ${k},${labels[k % labels.length] ?? ''}\n`);
  return write(name, `text,label\n${rows.join('')}`);
}

function write(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** @param classNames what the `datasets` library keeps of a column of class labels */
function parquet(
  name: string,
  labels: readonly unknown[],
  type: 'INT64' | 'DOUBLE' | 'BOOLEAN' | 'STRING' | 'TIMESTAMP' | 'JSON',
  classNames?: readonly string[],
): string {
  const columnData = [
    { name: 'text', data: labels.map((_, k) => `film ${k}`), type: 'STRING' as const },
    { name: 'label', data: [...labels], type, nullable: true },
  ];
  const value = JSON.stringify({ info: { features: { label: { names: classNames, _type: 'ClassLabel' } } } });
  const kvMetadata = classNames === undefined ? [] : [{ key: 'huggingface', value }];
  return write(name, Buffer.from(parquetWriteBuffer({ columnData, kvMetadata })));
}

function repeated<T>(values: readonly T[], times: number): T[] {
  return Array.from({ length: times }, () => values).flat();
}

const noLabel = (count: number, first: string) => [{ why: 'has no label', count, first }];

test('when a ClassLabel is -1 or null then the row has no label, and plain -1 and 1 are classes', async () => {
  const labels = [...repeated([0n, 1n], 150), -1n, null];
  const named = await load(parquet('named.parquet', labels, 'INT64', ['neg', 'pos']));
  expect(named.classes).toEqual(['neg', 'pos']);
  expect(named.read).toMatchObject({ rows: 300, leftOut: noLabel(2, 'named.parquet row 301') });
  expect((await load(parquet('plain.parquet', repeated([1n, -1n], 30), 'INT64'))).classes).toEqual(['-1', '1']);
  expect((await load(csv('plain.csv', ['1', '-1']))).classes).toEqual(['-1', '1']);
});

test('when numbers are NaN, null or blank then these rows have no label', async () => {
  const floats = [...repeated([0, 1], 150), NaN, null];
  const dataset = await load(parquet('floats.parquet', floats, 'DOUBLE'));
  expect(dataset.classes).toEqual(['0', '1']);
  expect(dataset.read.leftOut).toEqual(noLabel(2, 'floats.parquet row 301'));
  const blank = write('blank.csv', `text,label\n${'a,x\nb,y\n'.repeat(150)}c,\nd, \n`);
  expect((await load(blank)).read.leftOut).toEqual(noLabel(2, 'blank.csv line 302'));
});

test.each([
  ['blanks without width', () => csv('widthless.csv', ['\u200b', '\u2060 '])],
  ['-1 of a ClassLabel', () => parquet('unlabelled.parquet', repeated([-1n], 50), 'INT64', ['neg', 'pos'])],
  ['blank', () => csv('unlabelled.csv', [''])],
  ['null', () => write('unlabelled.jsonl', '{"text": "a", "label": null}\n'.repeat(50))],
])('when all labels of a file are %s then it asks whether it is a test set', async (_what, file) => {
  const path = file();
  const message = new RegExp(`no row of ${path.split('/').at(-1) ?? ''} has one: is it a test set without labels\\?`);
  await expect(load(path)).rejects.toMatchObject({ code: 'ERR_DATASET', message: expect.stringMatching(message) });
  const data = { train: csv('labelled.csv', ['neg', 'pos']), test: path };
  const asTest = /is it a test set .*`predict` answers texts without labels; to train, leave it out/;
  await expect(load(data)).rejects.toMatchObject({ code: 'ERR_DATASET', message: expect.stringMatching(asTest) });
});

test.each([
  ['whole numbers', ['10', '9', '1', '-2'], ['-2', '1', '9', '10']],
  ['decimals and texts', ['x', '2.5', '10', '-0.5', 'A'], ['-0.5', '2.5', '10', 'A', 'x']],
  ['one number spelt in two ways', ['1', '1.0', '2', '2.00', '10'], ['1', '2', '10']],
  ['what Python and JSON write of a boolean', ['True', 'true', 'FALSE', 'false'], ['false', 'true']],
  ['codes', ['01', '1', '1.50', '1.5'], ['01', '1', '1.5', '1.50']],
  ['blanks around', [' a', 'a ', 'b'], ['a', 'b']],
  ['blanks without width', ['\u200ba', 'a\ufeff', 'a', '\u00a0b\u200f'], ['a', 'b']],
  ['two forms of Unicode', ['caf\u00e9', 'cafe\u0301', 'b'], ['b', 'caf\u00e9']],
])('when labels are %s then the classes do not depend on the order of the rows', async (what, labels, classes) => {
  const found = [labels, labels.toReversed()].map(
    async (each, k) => (await load(csv(`${what.replaceAll(' ', '-')}-${k}.csv`, each))).classes,
  );
  expect(await Promise.all(found)).toEqual([classes, classes]);
});

test('when labels of Parquet are floats, big integers or booleans then they are named as in CSV', async () => {
  const classesOf = async (labels: readonly Cell[], type: 'DOUBLE' | 'INT64' | 'BOOLEAN'): Promise<readonly string[]> =>
    (await load(parquet(`${type}.parquet`, repeated(labels, 30), type))).classes;
  expect(await classesOf([1, 0.5, 10], 'DOUBLE')).toEqual(['0.5', '1', '10']);
  expect(await classesOf([1n, 0n], 'INT64')).toEqual(['0', '1']);
  expect(await classesOf([true, false], 'BOOLEAN')).toEqual(['false', 'true']);
});

test('when labels of Parquet are dates, lists or objects then they are classes, or named for what they are', async () => {
  const days = ['2024-01-02T03:04:05.000Z', '2025-01-02T03:04:05.000Z'];
  const dates = days.map((day) => new Date(day));
  expect((await load(parquet('dates.parquet', repeated(dates, 30), 'TIMESTAMP'))).classes).toEqual(days);
  expect((await load(parquet('lists.parquet', repeated([['a'], ['b']], 30), 'JSON'))).classes).toEqual(['a', 'b']);
  await expect(load(parquet('objects.parquet', repeated([{ a: 1 }, [1, 2]], 30), 'JSON'))).rejects.toMatchObject({
    message: expect.stringContaining('a list of 2 values as "label" (30, first: objects.parquet row 2)'),
  });
});

test('when names are given then numbers stand for them however they are spelt, and no name comes twice', async () => {
  const dataset = await load(csv('numbers.csv', ['1.0', '0', '1']), { labels: ['dull', 'fine'] });
  expect(dataset.classes).toEqual(['dull', 'fine']);
  expect(dataset.read.rows).toBe(60);
  for (const labels of [
    ['a', ' a'],
    ['1', '1.0'],
    ['a', ''],
  ]) {
    await expect(load(csv('numbers.csv', ['a', 'b']), { labels })).rejects.toMatchObject({ code: 'ERR_USAGE' });
  }
});

test('when labels are hardly meant as they are then a note says so', async () => {
  const { read } = await load(csv('odd.csv', ['Pos', 'pos', 'nan', '1', '1.0'], 500), { valid: null });
  expect(read.notes).toEqual([
    'The labels "1", "1.0" are one class, "1".',
    'The classes "Pos", "pos" differ in case only; if they are one, spell them alike.',
    'The class "nan" has the name of a missing value; if it is none, remove its rows.',
  ]);
  const ids = Array.from({ length: 40 }, (_, k) => `id${k}`);
  const data = { train: csv('ids.csv', ids, 100), test: csv('some.csv', ids.slice(0, 10), 10) };
  expect((await load(data)).read.notes[0]).toBe(
    'There are 40 different labels in 110 rows, which is what a wrong column gives: is it the one with the labels?',
  );
});
