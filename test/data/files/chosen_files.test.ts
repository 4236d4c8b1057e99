import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { load, temporaryFolder } from '../helpers.js';
import { countOf, csvOf, filesOf, layOut, texts } from './layout.js';

const folder = temporaryFolder();
const hash = '7c53336b37003a9286aba55d2945844c';
const all = ['train', 'valid', 'test'] as const;

/** Mails as SpamAssassin's corpus has them, some with what an npm package puts beside each. */
const mails = layOut(join(folder, 'mails'), {
  ...texts(['ham', 'spam'], (index) => `0000${index}.${hash}`),
  ...texts(['ham', 'spam'], (index) => `1000${index}.${hash}.txt`),
  ...texts(['ham', 'spam'], (index) => `1000${index}.${hash}.json`),
  'ham/cmds': 'mv 1 2',
  'spam/picture.png': 'x',
});

test('when what lies beside texts is no text by its name then it is not read, and named', async () => {
  const dataset = await load(mails, { valid: null });

  expect(dataset.classes).toEqual(['ham', 'spam']);
  expect(countOf(dataset)).toBe(20);
  expect(filesOf(dataset, ...all).filter((path) => !/\/[01]000[0-4]\.7c[^.]*(?:\.txt)?$/.test(path))).toEqual([]);
  expect(dataset.read.notLookedAt).toEqual([
    'ham/*.json (5 files)',
    'ham/cmds',
    'spam/*.json (5 files)',
    'spam/picture.png',
  ]);
  expect(dataset.read.notes.slice(0, 1)).toEqual([
    'Reviews are of several kinds: 10 without extension, 10 *.txt; the option files chooses.',
  ]);
});

test.each([
  [['*.txt'], 10],
  [['*.json'], 10],
  [['0*', '*.{json,png}'], 21],
  [['1000[!0-1]*.txt'], 6],
  [['?000?.7c*c'], 10],
])('when files are chosen as %j then %i are read', async (files, count) => {
  const dataset = await load(mails, { valid: null, files });
  expect(countOf(dataset)).toBe(count);
});

test('when one lies beside a text of the same name then it is no review, whatever its extension', async () => {
  const data = layOut(join(folder, 'beside'), {
    ...texts(['pos', 'neg']),
    ...texts(['pos', 'neg'], (index) => `${index}.ann`),
    'pos/other.html': '<p>a review</p>',
  });
  const { read, ...dataset } = await load(data, { valid: null });

  expect(countOf({ read, ...dataset })).toBe(11);
  expect(read.notLookedAt).toEqual(['neg/*.ann (5 files)', 'pos/*.ann (5 files)']);
  expect(read.notes).toEqual(['Reviews are of several kinds: 10 *.txt, 1 *.html; the option files chooses.']);
});

test('when files are numbers, as in 20 Newsgroups, then they are reviews', async () => {
  const data = layOut(
    join(folder, 'news'),
    texts(['alt.atheism', 'sci.space'], (index) => String(51060 + index)),
  );
  const dataset = await load(data, { valid: null });

  expect(dataset.classes).toEqual(['alt.atheism', 'sci.space']);
  expect(dataset.read).toMatchObject({ rows: 10, notLookedAt: [], notes: [] });
});

test('when files are chosen where there is no folder, or none is left, then it says so', async () => {
  const table = join(layOut(folder, { 'a.csv': csvOf('a') }), 'a.csv');
  for (const data of [table, 'sample', { train: table }]) {
    await expect(load(data, { files: ['*.csv'] })).rejects.toMatchObject({ code: 'ERR_USAGE' });
  }
  await expect(load(mails, { files: ['*.eml'] })).rejects.toMatchObject({ code: 'ERR_DATASET' });
});
