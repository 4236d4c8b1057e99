import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { parquetWriteBuffer } from 'hyparquet-writer';
import type { BadRow } from '../../../src/data/read_account.js';
import { contentOf, load, temporaryFolder } from '../helpers.js';

const folder = temporaryFolder();

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

/** Good rows, enough that a few bad ones are less than 1 % of them. */
const goodRows = Array.from({ length: 1000 }, (_, index) => ({
  text: `film ${index}`,
  label: index % 2 === 0 ? 'dull' : 'fine',
}));

const csvLines = goodRows.map(({ text, label }) => `${text},${label}`);
const jsonLines = goodRows.map((row) => JSON.stringify(row));
const fastTextLines = goodRows.map(({ text, label }) => `__label__${label} ${text}`);

function bytes(lines: readonly (string | Buffer)[]): Buffer {
  return Buffer.concat(lines.flatMap((line) => [Buffer.from(line as string), Buffer.from('\n')]));
}

/** The lines with bad ones behind the first hundred, and what is told of these. */
async function badRowsOf(
  name: string,
  lines: readonly string[],
  bad: readonly (string | Buffer)[],
): Promise<{ count: number; total: number; first: readonly BadRow[] }> {
  const path = file(name, bytes([...lines.slice(0, 100), ...bad, ...lines.slice(100)]));
  return (await load(path, { labels: ['dull', 'fine'], encoding: 'utf-8' })).badRows;
}

const invalidUtf8 = Buffer.of(0xff);

test('when CSV has bad rows then they are left out, counted and named with their lines and reasons', async () => {
  const bad = [
    'one field',
    'a,dull,more',
    'a,unheard of',
    ' ,dull',
    'a,',
    Buffer.concat([Buffer.from('a'), invalidUtf8, Buffer.from(',dull')]),
    '"a "quoted" word",dull',
    `${'x'.repeat(2 ** 20 + 1)},dull`,
  ];
  const badRows = await badRowsOf('bad.csv', ['text,label', ...csvLines], bad);

  expect(badRows).toMatchObject({ count: 8, total: 1008 });
  expect(badRows.first.map(({ origin, reason }) => `${origin} ${reason}`)).toEqual([
    'bad.csv line 101 has 1 field where the header has 2',
    'bad.csv line 102 has 3 fields where the header has 2',
    'bad.csv line 103 has the unknown label "unheard of"',
    'bad.csv line 104 has no text',
    'bad.csv line 105 has no label',
    'bad.csv line 106 is not UTF-8',
    'bad.csv line 107 has a quote in the wrong place',
    'bad.csv line 108 has a text of more than 1048576 bytes',
  ]);
});

test('when JSON Lines have bad rows then they are left out and named', async () => {
  const bad = [
    '{"text": "a", ',
    '[1]',
    '{"label": "dull"}',
    '{"text": 7, "label": "dull"}',
    '{"text": "a"}',
    invalidUtf8,
    '{"text": ["a", "b"], "label": "dull"}',
    '{"text": "a", "label": {"is": "dull"}}',
  ];
  const badRows = await badRowsOf('bad.jsonl', jsonLines, bad);

  expect(badRows.first.map(({ origin, reason }) => `${origin} ${reason}`)).toEqual([
    'bad.jsonl line 101 is no JSON',
    'bad.jsonl line 102 is no JSON object',
    'bad.jsonl line 103 has no text',
    'bad.jsonl line 104 has a number as "text"',
    'bad.jsonl line 105 has no label',
    'bad.jsonl line 106 is not UTF-8',
    'bad.jsonl line 107 has a list of 2 values as "text"',
    'bad.jsonl line 108 has an object as "label"',
  ]);
});

test('when fastText lines are bad then they are left out and named', async () => {
  const badRows = await badRowsOf('bad.txt', fastTextLines, [
    'no label',
    '__label__dull',
    '__label__dull __label__fine a',
    'a __label__dull b __label__fine',
    'one__label__dull two',
  ]);

  expect(badRows.first.map(({ origin, reason }) => `${origin} ${reason}`)).toEqual([
    'bad.txt line 101 has no __label__ with a label',
    'bad.txt line 102 has no text',
    'bad.txt line 103 has more than one label',
    'bad.txt line 104 has more than one label',
    'bad.txt line 105 has no __label__ with a label',
  ]);
});

test('when Parquet has missing values then these rows are left out and named', async () => {
  const texts: (string | null)[] = goodRows.map(({ text }) => text);
  const labels: (string | null)[] = goodRows.map(({ label }) => label);
  [texts[3], labels[7]] = [null, null];
  const columnData = [
    { name: 'text', data: texts, type: 'STRING' as const },
    { name: 'label', data: labels, type: 'STRING' as const },
  ];
  const { badRows } = await load(file('bad.parquet', Buffer.from(parquetWriteBuffer({ columnData }))));

  expect(badRows).toEqual({
    count: 2,
    total: 1000,
    first: [
      { origin: 'bad.parquet row 4', reason: 'has no text' },
      { origin: 'bad.parquet row 8', reason: 'has no label' },
    ],
  });
});

test('when files of a folder of classes are no reviews then they are left out and named', async () => {
  goodRows.slice(0, 400).forEach(({ text, label }, index) => file(`classes/${label}/${index}.txt`, text));
  file('classes/dull/empty.txt', '');
  file('classes/fine/binary', invalidUtf8);
  file('classes/fine/long', 'x'.repeat(2 ** 20 + 1));
  const { badRows } = await load(join(folder, 'classes'), { encoding: 'utf-8' });

  expect(badRows.first).toEqual([
    { origin: 'dull/empty.txt', reason: 'has no text' },
    { origin: 'fine/binary', reason: 'is not UTF-8' },
    { origin: 'fine/long', reason: 'has 1048577 bytes, more than the 1048576 of any review' },
  ]);
});

test('when more than 1 % of the rows are bad, or one with strict, then it stops and keeps nothing', async () => {
  const cacheFolder = join(folder, 'cache');
  const good = ['text,label', ...csvLines.slice(0, 99)];
  const few = file('few.csv', bytes([...good, 'bad']));
  const many = file('many.csv', bytes([...good, 'bad', 'bad']));
  const message: unknown = expect.stringMatching(
    /^Expected .* but 2 of the 101 rows of .*many\.csv are bad: 1 field where the header has 2 \(first: many\.csv line 101\); correct /,
  );

  await expect(load(many, { cacheFolder })).rejects.toMatchObject({ code: 'ERR_DATASET', message });
  await expect(load(few, { cacheFolder, strict: true })).rejects.toMatchObject({ code: 'ERR_DATASET' });
  const dataset = await load(few, { cacheFolder });
  expect(dataset.badRows.count).toBe(1);
  await expect(load(few, { cacheFolder, strict: true })).rejects.toMatchObject({ code: 'ERR_DATASET' });
  expect(contentOf(await load(few, { cacheFolder }))).toEqual(contentOf(dataset));
});

test('when most bad rows have texts with commas and no quotation marks then the message says what to do', async () => {
  const path = file(
    'commas.csv',
    bytes(['label,text', ...goodRows.map(({ text, label }) => `${label},so, a ${text}`)]),
  );
  await expect(load(path)).rejects.toMatchObject({
    message: expect.stringMatching(
      /bad: 3 fields where the header has 2 \(first: commas\.csv line 2\); .*put texts that hold what separates the columns between quotation marks\.$/,
    ),
  });
});

test('when a label is only in the test reviews then it is unknown', async () => {
  const lines = ['text,label', ...csvLines];
  const data = {
    train: file('train.csv', bytes(lines)),
    test: file('test.csv', bytes([...lines, 'a,other'])),
  };

  expect((await load(data)).badRows.first).toEqual([
    { origin: 'test.csv line 1002', reason: 'has the unknown label "other"' },
  ]);
});

test.each([
  ['has one class only', () => 'text,label\na,dull\nb,dull\n', 'only "dull"'],
  ['has no rows', () => 'text,label\n', 'has none'],
  [
    'has too many labels to be classes',
    () => `text,label\n${Array.from({ length: 1001 }, (_, i) => `a,b${i}`).join('\n')}`,
    'at most 1000 classes',
  ],
  ['is too small to hold out test reviews', () => 'text,label\na,dull\nb,fine\n', 'at least three reviews of a class'],
])('when a table %s then it says so', async (name, content, part) => {
  const path = file(`${name.replaceAll(' ', '-')}.csv`, content());

  await expect(load(path, { valid: null })).rejects.toMatchObject({
    code: 'ERR_DATASET',
    message: expect.stringContaining(part),
  });
});

test('when a Parquet file or a compressed one is cut then it is refused', async () => {
  const columnData = [
    { name: 'text', data: goodRows.map(({ text }) => text) },
    { name: 'label', data: goodRows.map(({ label }) => label) },
  ];
  const parquet = Buffer.from(parquetWriteBuffer({ columnData }));
  const packed = gzipSync(bytes(['text,label', ...csvLines]));

  for (const whole of [parquet, packed]) {
    for (const length of [12, whole.length >> 1, whole.length - 1]) {
      const path = file('cut', whole.subarray(0, length));
      await expect(load(path)).rejects.toMatchObject({ code: 'ERR_DATASET' });
    }
  }
});
