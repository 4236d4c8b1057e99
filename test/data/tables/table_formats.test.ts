import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { parquetWriteBuffer } from 'hyparquet-writer';
import type { DatasetOptions } from '../../../src/data/dataset.js';
import { inspectFile } from '../../../src/data/source_file.js';
import { detectFormat } from '../../../src/data/tables/format.js';
import { readTable } from '../../../src/data/tables/read_table.js';
import { contentOf, load, originsOf, temporaryFolder } from '../helpers.js';

const folder = temporaryFolder();

interface Row {
  text: string;
  label: string;
}

/** Invented reviews of three kinds, with all that makes fields hard to tell apart. */
const rows: readonly Row[] = Array.from({ length: 60 }, (_, index) => ({
  text:
    [
      `A "fine" film, number ${index}`,
      `Dull;\tand long\r\nso long number ${index} "\\`,
      `Neither good nor bad,\n${'é'.repeat(index % 7)} number ${index}`,
    ][index % 3] ?? '',
  label: ['praise', 'blame', 'neutral'][index % 3] ?? '',
}));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, name.endsWith('.gz') ? gzipSync(content) : content);
  return path;
}

function csv(
  of: readonly Row[] = rows,
  { delimiter = ',', end = '\n', header = ['id', 'review', 'sentiment'] } = {},
): string {
  const quoted = (field: string): string => `"${field.replaceAll('"', '""')}"`;
  const lines = of.map(({ text, label }, index) => [String(index), quoted(text), label].join(delimiter));
  return [header.join(delimiter), ...lines, ''].join(end);
}

function jsonLines(of: readonly Row[] = rows): string {
  return of.map(({ text, label }) => JSON.stringify({ label, text })).join('\n');
}

function parquet(of: readonly Row[] = rows): Buffer {
  const columnData = [
    { name: 'label', data: of.map(({ label }) => label), type: 'STRING' as const },
    { name: 'text', data: of.map(({ text }) => text), type: 'STRING' as const },
  ];
  return Buffer.from(parquetWriteBuffer({ columnData, rowGroupSize: 25 }));
}

/** What does not depend on the format: fastText has no line ends within a text. */
async function bagsOf(data: DatasetOptions['data'], options: Partial<DatasetOptions> = {}): Promise<unknown> {
  const dataset = await load(data, { valid: null, ...options });
  const plain = Object.values(dataset.splits).map(({ ids, offsets, labels }) =>
    [ids, offsets, labels].map((array) => Array.from(array)),
  );
  return { words: dataset.vocabulary.words, classes: dataset.classes, plain };
}

test('when the same reviews come in any format then the bags are the same', async () => {
  const expected = await bagsOf(file('reviews.csv', csv()));
  const oneLine = rows.map(({ text, label }) => `__label__${label} ${text.replace(/\s+/g, ' ')}`).join('\n');
  const files = {
    'semicolons.csv': csv(rows, { delimiter: ';' }),
    'windows.csv': `\ufeff${csv(rows, { end: '\r\n' })}`,
    'tabs.tsv': csv(rows, { delimiter: '\t' }),
    'packed.csv.gz': csv(),
    'lines.jsonl': jsonLines(),
    'lines.jsonl.gz': `\ufeff${jsonLines().replaceAll('\n', '\r\n\r\n')}`,
    'reviews.parquet': parquet(),
    'reviews.parquet.gz': parquet(),
    'named.txt': oneLine,
    'behind.txt': oneLine.replace(/^(\S+) (.*)$/gm, '$2 $1'),
    'amid.txt': oneLine.replace(/^(\S+) (\S+) (.*)$/gm, ' $2 $1\t$3'),
    'array.json': `[${jsonLines().replaceAll('\n', ', ')}]`,
    'named.txt.gz': oneLine,
  };

  for (const [name, content] of Object.entries(files)) {
    expect({ name, bags: await bagsOf(file(name, content)) }).toEqual({ name, bags: expected });
  }
  expect(expected).toMatchObject({ classes: ['blame', 'neutral', 'praise'] });
});

test('when a table is read then a fifth of each class is held out for testing, in the order of the file', async () => {
  const dataset = await load(file('held.csv', csv()), { valid: null });
  const { train, valid, test } = dataset.splits;
  const count = (labels: Int32Array, label: number): number => labels.filter((value) => value === label).length;

  expect([0, 1, 2].map((label) => count(test.labels, label))).toEqual([4, 4, 4]);
  expect([train, valid, test].map(({ labels }) => labels.length)).toEqual([39, 9, 12]);
  const lines = [train, valid, test].flatMap((split) => originsOf(split));
  expect(new Set(lines).size).toBe(60);
  const linesOfTest = originsOf(test).map((name) => Number(/^held\.csv line (\d+)$/.exec(name)?.[1]));
  expect(linesOfTest).toEqual([...linesOfTest].sort((a, b) => a - b));
  const other = await load(file('held.csv', csv()), { valid: null, seed: 4 });
  expect(originsOf(other.splits.test)).not.toEqual(originsOf(test));
});

test.each(['\n', '\r\n'])('when fields have line ends %j then a row is named by the line it begins on', async (end) => {
  const text = csv(rows, { end }).replaceAll(/(?<!\r)\n/g, end);
  const dataset = await load(file('numbers.csv', text));
  const lines = text.split('\n');

  for (const split of Object.values(dataset.splits)) {
    for (const name of originsOf(split)) {
      const line = lines[Number(/line (\d+)$/.exec(name)?.[1]) - 1];
      expect(line).toMatch(/^\d+,"/);
    }
  }
});

test('when files are given for the splits then they are the splits, and have their own lines', async () => {
  const part = (name: string, from: number, to: number): string => file(name, csv(rows.slice(from, to)));
  const data = {
    train: part('t.csv', 0, 30),
    valid: part('v.csv', 30, 45),
    test: file('e.jsonl', jsonLines(rows.slice(45))),
  };
  const dataset = await load(data);

  expect(dataset.splits.train.labels).toHaveLength(30);
  expect(originsOf(dataset.splits.valid)).toHaveLength(15);
  expect(originsOf(dataset.splits.test).slice(0, 2)).toEqual(['e.jsonl line 1', 'e.jsonl line 2']);
  expect(dataset.source.location).toBe(Object.values(data).join(', '));
  expect(dataset.source.kind).toBe('csv');
});

test('when columns have usual names then they are guessed and told, else they must be named', async () => {
  expect((await load(file('usual.csv', csv()))).guess).toMatchObject({ text: 'review', label: 'sentiment' });
  const odd = file('odd.csv', csv(rows, { header: ['a', 'b', 'c'] }));
  await expect(load(odd)).rejects.toMatchObject({
    code: 'ERR_DATASET',
    message: expect.stringMatching(/"a", "b", "c"; name them/),
  });
  await expect(load(file('half.csv', csv(rows, { header: ['a', 'text', 'c'] })))).rejects.toMatchObject({
    code: 'ERR_DATASET',
    message: expect.stringMatching(
      /a column of labels beside "text" .*, or leave the file out where its texts have no labels/,
    ),
  });
  expect((await load(odd, { textColumn: 'b', labelColumn: 'c' })).guess).toBeNull();
  for (const wrong of [{ textColumn: 'x' }, { textColumn: 'b', labelColumn: 'b' }]) {
    await expect(load(odd, wrong)).rejects.toMatchObject({ code: 'ERR_USAGE' });
  }
});

test('when labels are given then they are the classes in that order, also for numbers', async () => {
  const labels = ['praise', 'blame', 'neutral'];
  const named = await load(file('named.csv', csv()), { labels });
  const numbered = rows.map(({ text, label }) => ({ text, label: String(labels.indexOf(label)) }));
  const numbers = await load(file('numbered.csv', csv(numbered)), { labels });

  expect(named.classes).toEqual(labels);
  expect(contentOf(numbers)).toMatchObject({ classes: labels });
  expect(numbers.splits.train.labels).toEqual(named.splits.train.labels);
});

test('when labels are whole numbers then the classes are in their order', async () => {
  const numbered = rows.map(({ text }, index) => ({ text, label: String([10, 9, -1][index % 3]) }));

  expect((await load(file('ordered.csv', csv(numbered)))).classes).toEqual(['-1', '9', '10']);
});

test('when Parquet has class labels of the datasets library then these name the classes', async () => {
  const features = { label: { names: ['neg', 'pos'], _type: 'ClassLabel' }, text: { dtype: 'string' } };
  const bytes = parquetWriteBuffer({
    columnData: [
      { name: 'text', data: rows.map(({ text }) => text), type: 'STRING' },
      { name: 'label', data: rows.map((_, index) => BigInt(index % 2)), type: 'INT64' },
    ],
    kvMetadata: [{ key: 'huggingface', value: JSON.stringify({ info: { features } }) }],
  });
  const dataset = await load(file('labels.parquet', Buffer.from(bytes)));

  expect(dataset.classes).toEqual(['neg', 'pos']);
  expect(originsOf(dataset.splits.test)[0]).toMatch(/^labels\.parquet row \d+$/);
});

test('when a folder has a sub-folder a class then each file is a review', async () => {
  rows.forEach(({ text, label }, index) => file(`classes/${label}/${index}.txt`, text));
  file('classes/praise/.hidden', 'not read');
  const dataset = await load(join(folder, 'classes'));

  expect(dataset.source.kind).toBe('classes-folder');
  expect(dataset.classes).toEqual(['blame', 'neutral', 'praise']);
  expect(originsOf(dataset.splits.test)).toHaveLength(12);
  expect(originsOf(dataset.splits.test)[0]).toMatch(/^blame\/\d+\.txt$/);
});

test('when a folder has classes in train and test then these are the splits', async () => {
  rows.forEach(({ text, label }, index) => file(`splits/${index < 45 ? 'train' : 'test'}/${label}/${index}`, text));
  const dataset = await load(join(folder, 'splits'));

  expect(originsOf(dataset.splits.test)).toHaveLength(15);
  expect(dataset.splits.train.labels).toHaveLength(43);
});

test('when data of each kind is loaded again then it comes from the cache, the same in every part', async () => {
  const cacheFolder = join(folder, 'cache');
  for (const data of [
    file('again.csv', csv()),
    { train: file('again.parquet', parquet()), test: file('more.csv', csv()) },
  ]) {
    const first = await load(data, { cacheFolder });
    const second = await load(data, { cacheFolder });
    const changed = await load(data, { cacheFolder, labels: ['blame', 'neutral', 'praise'] });

    expect([first.fromCache, second.fromCache, changed.fromCache]).toEqual([false, true, false]);
    expect(contentOf(second)).toEqual(contentOf(first));
    expect([second.guess, second.badRows]).toEqual([first.guess, first.badRows]);
  }
});

test('when a file has a single column then it is CSV where that will do, quoted or not', async () => {
  const path = file('texts.csv', 'text\r\n"one, ""two""\nthree"\r\nfour, five\r\n');
  const opened = await inspectFile(path, undefined);
  expect(() => detectFormat(opened)).toThrow('is none of them');
  const found: unknown[] = [];
  await readTable(
    opened,
    'csv',
    {},
    {
      choose: (names) => names,
      row: (number, cells) => found.push([number, ...cells.map(String)]),
      bad: (number, why) => found.push([number, why]),
    },
  );
  expect(found).toEqual([
    [2, 'one, "two"\nthree'],
    [4, 'four, five'],
  ]);
});
