import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import stringWidth from 'string-width';
import { readDataset, type Dataset, type DatasetOptions } from '../../src/data/dataset.js';
import { originNames, originPlaces } from '../../src/data/origins.js';
import { readTexts } from '../../src/data/read_texts.js';
import { auditLabels, type Audit, type OutOfFold } from '../../src/experiments/audit.js';
import { describeAudit } from '../../src/report/console/audit.js';
import { auditDocument, auditTable } from '../../src/report/documents/audit.js';

const folder = mkdtempSync(join(tmpdir(), 'imdb-torch-audit-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Thirty texts, whose first word says the class; lines 2 to 31. */
const rows = Array.from({ length: 30 }, (_, row) => {
  const label = row % 2 === 0 ? 'good' : 'bad';
  return { text: `${label} text number ${row}`, label };
});
/** Rows 4 and 9 have the wrong label; 20 repeats 10, and 21 and 23 repeat 11, one of them with another label. */
const wrong = [4, 9];
const texts = rows.map(({ text, label }, row) => ({
  text: row === 20 ? 'good text number 10' : row === 21 || row === 23 ? 'bad text number 11' : text,
  label: wrong.includes(row) || row === 23 ? (label === 'good' ? 'bad' : 'good') : label,
}));

function write(name: string, given: readonly { text: string; label: string }[]): string {
  const path = join(folder, name);
  writeFileSync(path, ['text,label', ...given.map(({ text, label }) => `"${text}",${label}`)].join('\n'));
  return path;
}

function read(data: DatasetOptions['data']): { dataset: Promise<Dataset>; options: DatasetOptions } {
  const options = { data, vocab: 100, seed: 5, valid: null, whole: true, cacheFolder: null };
  return { dataset: readDataset(options), options };
}

/** Says of each review, by its place, how probable it is that it is good. */
async function audit(
  data: DatasetOptions['data'],
  goodness: (line: number | null, file: string) => number,
): Promise<Audit> {
  const { dataset, options } = read(data);
  const whole = await dataset;
  const good = whole.classes.indexOf('good');
  const places = originPlaces(whole.splits.train.origins);
  const { labels } = whole.splits.train;
  const outOfFold = (): Promise<OutOfFold> => {
    const values = Array.from(labels, (_, row) => {
      const { line, file } = places(row);
      const probability = goodness(line, file);
      return good === 0 ? [probability, 1 - probability] : [1 - probability, probability];
    });
    return Promise.resolve({ probabilities: Float64Array.from(values.flat()), labels });
  };
  return auditLabels({
    dataset: whole,
    outOfFold,
    readTexts: (wanted) => readTexts(options, whole, wanted),
  });
}

/** Right about all texts; surer about line 11, which is row 9. */
function honest(line: number | null): number {
  const row = (line ?? 0) - 2;
  const isGood = row % 2 === 0 ? 1 : 0;
  const doubt = row === 9 ? 0.0625 : 0.125;
  // Copies are as their texts.
  return Math.abs((row === 23 ? 0 : isGood) - doubt);
}

test('when a table is read as a whole then its reviews, those of its test files too, are there, with their texts', async () => {
  const train = write('train.csv', texts.slice(0, 20));
  const other = write('other.csv', texts.slice(20, 25));
  const test = write('test.csv', texts.slice(25));
  const { dataset, options } = read({ train: [train, other], test });
  const { splits, testHeldOut } = await dataset;
  expect(testHeldOut).toBe(false);
  expect([splits.valid.labels.length, splits.test.labels.length]).toEqual([0, 0]);
  const nameOf = originNames(splits.train.origins);
  const names = Array.from(splits.train.labels, (_, row) => nameOf(row));
  const expected = (file: string, count: number): string[] =>
    Array.from({ length: count }, (_, row) => `${file} line ${row + 2}`);
  const all = [...expected('train.csv', 20), ...expected('other.csv', 5), ...expected('test.csv', 5)];
  expect(names).not.toEqual(all);
  expect([...names].sort()).toEqual([...all].sort());

  const numbers = splits.train.texts ?? new Int32Array(0);
  const found = await readTexts(options, await dataset, new Set(numbers));
  for (const [row, name] of names.entries())
    expect(found.texts.get(numbers[row] ?? -1)).toBe(texts[all.indexOf(name)]?.text);
  expect((await readDataset({ ...options, whole: false })).splits.train.texts).toBeUndefined();
});

test('when labels are wrong then they are named by their places, with their texts, the most doubtful first', async () => {
  const found = await audit(write('reviews.csv', texts), honest);
  expect([found.reviews, found.wrong]).toEqual([30, 3]);
  const [file, probabilities] = ['reviews.csv', { probabilityGiven: 0.125, probabilitySuggested: 0.875 }];
  expect(found.doubtful).toEqual([
    {
      ...probabilities,
      place: { file, line: 11 },
      label: 'good',
      suggested: 'bad',
      text: 'bad text number 9',
      probabilityGiven: 0.0625,
      probabilitySuggested: 0.9375,
    },
    ...found.doubtful.slice(1),
  ]);
  expect(found.doubtful.slice(1)).toContainEqual({
    ...probabilities,
    place: { file, line: 6 },
    label: 'bad',
    suggested: 'good',
    text: 'good text number 4',
  });
  expect(found.doubtful.slice(1)).toContainEqual({
    ...probabilities,
    place: { file, line: 25 },
    label: 'good',
    suggested: 'bad',
    text: 'bad text number 11',
  });
  expect(found.doubtful).toHaveLength(3);
  expect(found.pairs).toEqual([
    { label: 'good', suggested: 'bad', count: 2 },
    { label: 'bad', suggested: 'good', count: 1 },
  ]);
});

test('when texts come again then they are named by their places, the contradicting ones first', async () => {
  const { repeated } = await audit(write('reviews.csv', texts), honest);
  const at = (line: number, label: string): object => ({ place: { file: 'reviews.csv', line }, label });
  expect(repeated).toEqual([
    { text: 'bad text number 11', contradicts: true, reviews: [at(13, 'bad'), at(23, 'bad'), at(25, 'good')] },
    { text: 'good text number 10', contradicts: false, reviews: [at(12, 'good'), at(22, 'good')] },
  ]);
});

test('when there are too few reviews, one class or changed data then that is said', async () => {
  await expect(audit(write('few.csv', texts.slice(0, 19)), honest)).rejects.toMatchObject({
    code: 'ERR_DATASET',
    message: expect.stringMatching(/^Expected at least 20 reviews, .* but .*few\.csv has 19; give more\.$/) as unknown,
  });
  const alike = texts.map(({ text }) => ({ text, label: 'good' }));
  await expect(audit(write('alike.csv', alike), honest)).rejects.toMatchObject({ code: 'ERR_DATASET' });
  const { dataset, options } = read(write('changing.csv', texts));
  const before = await dataset;
  write('changing.csv', texts.slice(1));
  await expect(readTexts(options, before, new Set())).rejects.toMatchObject({
    code: 'ERR_DATASET',
    message: expect.stringContaining('has changed meanwhile') as unknown,
  });
});

const place = { file: 'a/long/folder/with/reviews.csv', line: 12345 };
const example: Audit = {
  reviews: 4000,
  wrong: 2,
  doubtful: [
    {
      place,
      label: 'a "b", c',
      suggested: 'negative with a long name',
      probabilityGiven: 0.01,
      probabilitySuggested: 0.98765,
      text: 'First,\nand "then" 日本語のテキスト '.repeat(9),
    },
    {
      place: { file: 'pos/1.txt', line: null },
      label: 'x',
      suggested: 'y',
      probabilityGiven: 0.25,
      probabilitySuggested: 0.75,
      text: 'short\u001b[31m',
    },
  ],
  pairs: [{ label: 'x', suggested: 'y', count: 2 }],
  repeated: [
    {
      text: 'twice '.repeat(40),
      contradicts: true,
      reviews: [
        { place, label: 'x' },
        { place, label: 'y' },
        { place, label: 'y' },
        { place, label: 'y' },
      ],
    },
  ],
};

test('when an audit is shown then its lines fit the width, and control characters are escaped', () => {
  for (const unicode of [false, true]) {
    const lines = describeAudit(example, 20, 80, { unicode, colour: false }).flatMap((each) => each.split('\n'));
    expect(lines.filter((line) => stringWidth(line) > 80)).toEqual([]);
    const all = lines.join('\n');
    expect(all).toContain('Of 4,000 reviews about 2 (0.05 %) have a label that is probably wrong.');
    expect(all).toMatch(/(…|\.\.\.)[^ ]*reviews\.csv:12345 .*98\.77 %/);
    expect(all).toContain('short\\x1b[31m');
    expect(all).toContain('1 text comes more than once, in 4 reviews; 1 of them has different labels:');
    expect(all).toMatch(/^ {4}\S+:12345 \(x\), \S+:12345 \(y\) and 2 more$/m);
    expect(all).toMatch(/^ {2}twice twice .*(…|\.\.\.)$/m);
  }
  const few = describeAudit(example, 1, 80, { unicode: true, colour: false }).join('\n');
  expect(few).not.toContain('pos/1.txt');
  const none = describeAudit({ ...example, wrong: 0, doubtful: [], pairs: [], repeated: [] }, 20, 80, {
    unicode: true,
    colour: false,
  });
  expect(none).toEqual(['Of 4,000 reviews none has a label that is probably wrong.']);
});

test('when an audit is written as CSV or JSON then it has the exact texts', () => {
  expect([...auditTable(example)].join('')).toBe(
    'file,line,label,suggested,probability_given,probability_suggested,text\r\n' +
      `a/long/folder/with/reviews.csv,12345,"a ""b"", c",negative with a long name,0.010000,0.987650,"${'First,\nand ""then"" 日本語のテキスト '.repeat(9)}"\r\n` +
      'pos/1.txt,,x,y,0.250000,0.750000,short\u001b[31m\r\n',
  );
  expect(auditDocument(example, 1)).toMatchObject({
    reviews: 4000,
    wrong: { count: 2, share: 0.0005, pairs: [{ label: 'x', suggested: 'y', count: 2 }] },
    doubtful: {
      count: 2,
      rows: [{ ...place, label: 'a "b", c', probability_given: 0.01, text: example.doubtful[0]?.text }],
    },
    repeated: {
      texts: 1,
      reviews: 4,
      contradicting: 1,
      first: [{ contradicts: true, rows: [{ ...place, label: 'x' }, {}, {}, {}] }],
    },
  });
});
