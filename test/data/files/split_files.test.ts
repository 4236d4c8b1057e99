import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { DataFiles } from '../../../src/data/source_types.js';
import { ChooseReviews } from '../../../src/data/files/choose_reviews.js';
import { compareNames, expandBraces, globPattern, resolvePaths, splitList } from '../../../src/data/files/globs.js';
import { splitOfFile } from '../../../src/data/files/split_words.js';
import { originNames, pickOrigins, rowOrigins } from '../../../src/data/origins.js';
import { contentOf, load, originsOf, temporaryFolder } from '../helpers.js';
import { countOf, csvOf, filesOf, layOut, texts } from './layout.js';

const folder = layOut(temporaryFolder(), {
  'a.csv': csvOf('a'),
  'b.csv': csvOf('b', 5, 'review,sentiment'),
  'header.csv': csvOf('', 0),
  'c,d [1].csv': csvOf('c'),
  'sub/a.csv': csvOf('s'),
  'parts/p10.csv': csvOf('p10'),
  'parts/p9.csv': csvOf('p9'),
  'parts/.p1.csv': csvOf('hidden'),
  'again.csv': { link: 'a.csv' },
  'copy.csv': csvOf('a'),
  ...texts(['classes/pos', 'classes/neg', 'more/pos', 'more/neg']),
});
const path = (name: string): string => join(folder, name);

test('when several tables are given for a split then each has its own header, and origins name file and line', async () => {
  const dataset = await load({ train: [path('a.csv'), path('b.csv')], test: path('parts/*.csv') }, { valid: 5 });

  const origins = [...originsOf(dataset.splits.train), ...originsOf(dataset.splits.valid)].sort();
  expect(origins).toEqual(
    ['a.csv', 'b.csv'].flatMap((name) => Array.from({ length: 10 }, (_, k) => `${name} line ${k + 2}`)).sort(),
  );
  expect(originsOf(dataset.splits.test)).toEqual(
    ['p9.csv', 'p10.csv'].flatMap((name) => Array.from({ length: 10 }, (_, k) => `${name} line ${k + 2}`)),
  );
  expect(dataset.classes).toEqual(['neg', 'pos']);
});

test('when files are given as a list, a pattern or one by one then the reviews are the same, also from the cache', async () => {
  const cacheFolder = path('cache');
  const expected = contentOf(await load({ train: [path('parts/p9.csv'), path('parts/p10.csv')] }));
  const list = `${path('parts/p9.csv')}, ${path('parts/p10.csv')}`;
  for (const train of [
    list,
    path('parts/p*.csv'),
    path('parts/p{9,10}.csv'),
    path('*/p[0-9]*.csv'),
    path('**/p*.csv'),
  ]) {
    expect(contentOf(await load({ train }))).toEqual(expected);
  }
  for (const fromCache of [false, true]) {
    const dataset = await load(path('parts/*.csv'), { cacheFolder });
    expect(dataset.fromCache).toBe(fromCache);
    expect(contentOf(dataset)).toEqual(expected);
    expect(dataset.read.notes).toEqual([
      `2 files are read one behind the other: ${path('parts/p9.csv')}, ${path('parts/p10.csv')}.`,
    ]);
  }
});

test('when a path exists as typed then commas and brackets in it mean nothing', async () => {
  const dataset = await load({ train: path('c,d [1].csv') }, { valid: null });
  expect(filesOf(dataset, 'train')).toEqual(['c,d [1].csv']);
  expect(countOf(await load(path('c,d [1].csv'), { valid: null }))).toBe(10);
});

test('when two files have one name then origins tell them apart', async () => {
  const dataset = await load({ train: [path('a.csv'), path('sub/a.csv')] });
  expect(filesOf(dataset, 'train', 'valid')).toEqual([path('a.csv'), path('sub/a.csv')]);
});

test('when folders of classes are given for a split then their reviews are joined', async () => {
  const dataset = await load({ train: [path('classes'), path('more')] }, { valid: null });
  expect(countOf(dataset)).toBe(20);
  expect(filesOf(dataset, 'train')[0]).toBe(path('classes/neg/0.txt'));
});

test.each<[string, string | string[], string, string]>([
  ['a file twice', [path('a.csv'), path('a.csv')], 'ERR_USAGE', 'a.csv twice'],
  ['a file and a link to it', path('a*.csv'), 'ERR_USAGE', 'again.csv, which is the same file'],
  ['tables and folders', [path('a.csv'), path('classes')], 'ERR_USAGE', 'the table .*a.csv and the folder .*classes'],
  ['a pattern without a match', path('*.parquet'), 'ERR_DATASET', 'match .*\\*.parquet'],
  ['a file that is not there', `${path('a.csv')},${path('z.csv')}`, 'ERR_DATASET', 'z.csv'],
])('when %s are given for a split then it says so', async (_, train, code, part) => {
  const message: unknown = expect.stringMatching(new RegExp(`^(?:Expected|Could not) [^\n]*${part}[^\n]*[.]$`));
  await expect(load({ train })).rejects.toMatchObject({ code, message });
});

test('when one file has the content of another then it is told, above all of training and test', async () => {
  const { read } = await load({ train: [path('a.csv'), path('copy.csv')], test: path('again.csv') });

  expect(read.notes.slice(0, 2)).toEqual([
    `${path('copy.csv')} (train) is the same as ${path('a.csv')} (train).`,
    `${path('again.csv')} (test) is the same as ${path('a.csv')} (train), so that its figures say little about other texts.`,
  ]);
});

test('when origins of several tables are picked then each number is that of its table', () => {
  const tables = [0, 0, 3, 3, 9].map((start, index) => ({ name: `t${index}`, unit: 'line' as const, start }));
  const origins = rowOrigins(tables, Int32Array.of(2, 3, 4, 9, 11));
  const nameOf = originNames(pickOrigins(origins, Int32Array.of(4, 0, 3, 1, 2)));
  expect([0, 1, 2, 3, 4].map(nameOf)).toEqual(['t4 line 2', 't1 line 2', 't3 line 6', 't1 line 3', 't3 line 1']);
});

test.each<[string, DataFiles, string, string]>([
  ['is not there', { train: 'nowhere.csv' }, 'ERR_DATASET', 'nowhere.csv: it does not exist; check the path.'],
  [
    'lies in a file',
    { train: join(folder, 'a.csv', 'b') },
    'ERR_DATASET',
    'a part of this path is a file and no folder; ',
  ],
  ['has no name', { train: '' }, 'ERR_USAGE', 'Expected a file for the option train but received none; '],
  [
    'is none of a list',
    { train: join(folder, 'a.csv'), test: [] },
    'ERR_USAGE',
    'a file for the option test but received none',
  ],
  [
    'has no reviews',
    { train: join(folder, 'a.csv'), valid: join(folder, 'header.csv') },
    'ERR_DATASET',
    'the valid split',
  ],
])('when a file of a split %s then that is said', async (_, data, code, message) => {
  await expect(load(data)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
});

test('when patterns are read then they match as in a shell', async () => {
  const matches = (glob: string, name: string): boolean => globPattern(glob).test(name);
  expect(matches('*.t?t', 'a.b.txt')).toBe(true);
  expect(matches('*.txt', 'a.txt.gz')).toBe(false);
  expect(matches('[!a-c]*', 'b')).toBe(false);
  expect(matches('[a-c].txt', 'bxtxt')).toBe(false);
  expect(matches('a+(b)', 'a+(b)')).toBe(true);
  expect(matches('[]', '[]')).toBe(true);
  expect(expandBraces('a{b,c{d,e}}f')).toEqual(['abf', 'acdf', 'acef']);
  expect(splitList('a{b,c}.csv, d.csv')).toEqual(['a{b,c}.csv', 'd.csv']);
  expect(['p-10', 'p-9', 'p-009', 'P', 'p'].sort(compareNames)).toEqual(['P', 'p', 'p-009', 'p-9', 'p-10']);
  await expect(resolvePaths(['*/nowhere*', '.'])).rejects.toMatchObject({ code: 'ERR_DATASET' });
  await expect(resolvePaths('x[z-a].csv')).rejects.toMatchObject({
    code: 'ERR_USAGE',
    message: expect.stringContaining('"x[z-a].csv"'),
  });
  expect(() => new ChooseReviews(['[z-a]*'])).toThrow(expect.objectContaining({ code: 'ERR_USAGE' }));
});

test.each([
  ['train-00000-of-00002.parquet', 'train'],
  ['My_Training.csv', 'train'],
  ['labeledTrainData.tsv', 'train'],
  ['x.dev.jsonl.gz', 'valid'],
  ['contest.csv', undefined],
  ['testament.csv', undefined],
  ['train_test.csv', undefined],
])('when a file is called %s then its split is %s', (name, split) => {
  expect(splitOfFile(name)?.split).toBe(split);
});
