import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Dataset, DatasetOptions } from '../../../src/data/dataset.js';
import type { SplitName } from '../../../src/data/collected_reviews.js';
import { findConflicts } from '../../../src/settings/conflicts.js';
import type { ExperimentSettings } from '../../../src/settings/settings.js';
import { archive, contentOf, load, originsOf, temporaryFolder } from '../helpers.js';

const folder = temporaryFolder();

interface Row {
  readonly text: string;
  readonly label: string;
  readonly author: string | number | null;
}

/** Sixty reviews by twelve authors, of whom every third is friendlier than the others. */
const rows: readonly Row[] = Array.from({ length: 60 }, (_, row) => {
  const author = row % 12;
  const isGood = Math.floor(row / 12) < (author % 3 === 0 ? 4 : 2);
  return { text: `review ${row} of a film`, label: isGood ? 'good' : 'bad', author: `author ${author}` };
});

function write(name: string, given: readonly Row[]): string {
  const path = join(folder, name);
  const lines = name.endsWith('.jsonl')
    ? given.map((row) => JSON.stringify(row))
    : ['text,label,author', ...given.map(({ text, label, author }) => `${text},${label},${author ?? ''}`)];
  const content = name.endsWith('.json') ? JSON.stringify(given) : lines.join(name.endsWith('.tsv') ? '\n' : '\r\n');
  writeFileSync(path, name.endsWith('.tsv') ? content.replaceAll(',', '\t') : content);
  return path;
}

const groupColumn = 'author';
const byAuthor = { groupColumn, valid: 12 } as const;

/** The authors of the reviews of a split, by the lines that they stand on. */
function authorsOf({ splits }: Dataset, name: SplitName): Set<string | number | null> {
  const lines = originsOf(splits[name]).map((origin) => Number(/\d+$/.exec(origin)?.[0]) - 2);
  return new Set(lines.map((line) => rows[line]?.author ?? null));
}

function disjoint(dataset: Dataset): void {
  const [train, valid, test] = (['train', 'valid', 'test'] as const).map((name) => authorsOf(dataset, name));
  const all = [...(train ?? []), ...(valid ?? []), ...(test ?? [])];
  expect(new Set(all).size).toBe(all.length);
  expect(all).toHaveLength(12);
}

function refusal(code: string, message: RegExp): object {
  return { code, message: expect.stringMatching(message) as unknown };
}

test('when a column of groups is given then no author is on both sides of a split, and classes keep their shares', async () => {
  const path = write('authors.csv', rows);
  for (let seed = 0; seed < 6; seed += 1) {
    for (const split of [undefined, 'auto'] as const) {
      const dataset = await load(path, { ...byAuthor, seed, split });
      disjoint(dataset);
      const test = dataset.splits.test.labels;
      // Of twelve authors in five folds two or three each, of whom a third is friendly.
      expect([10, 15]).toContain(test.length);
      const good = test.filter((label) => dataset.classes[label] === 'good').length;
      expect(Math.abs(good - test.length * (32 / 60))).toBeLessThanOrEqual(2.5);
      expect(dataset.splits.valid.labels).toHaveLength(10);
    }
  }
  const [first, second] = await Promise.all(
    [1, 2].map(async (seed) => authorsOf(await load(path, { ...byAuthor, seed }), 'test')),
  );
  expect(first).not.toEqual(second);
  expect((await load(path, { valid: 12 })).splits.train.groups).toBeUndefined();
});

test('when the table has another format, or no names of columns, then its groups are the same', async () => {
  const expected = await load(write('authors.csv', rows), byAuthor);
  const headless = join(folder, 'headless.csv');
  writeFileSync(headless, rows.map(({ text, label, author }) => `${text},${label},${author ?? ''}\n`).join(''));
  const others: [string, Partial<DatasetOptions>][] = [
    [write('authors.tsv', rows), {}],
    [write('authors.json', rows), {}],
    [write('authors.jsonl', rows), {}],
    [headless, { header: false, textColumn: '1', labelColumn: '2', groupColumn: '3' }],
  ];
  for (const [path, options] of others) {
    const { splits } = await load(path, { ...byAuthor, ...options });
    for (const name of ['train', 'valid', 'test'] as const) {
      expect(splits[name].ids).toEqual(expected.splits[name].ids);
      expect(splits[name].groups).toEqual(expected.splits[name].groups);
    }
  }
});

test('when there are several files then a group is the same in all, and numbers are what they are in text', async () => {
  const numbered = rows.map((row, index) => ({ ...row, author: index % 12 }));
  const train = write('numbered.csv', numbered.slice(0, 30));
  const more = write('numbered.jsonl', numbered.slice(30));
  const test = write('numbered_test.csv', [...numbered.slice(0, 6), { text: 'x y', label: 'bad', author: 99 }]);
  const dataset = await load({ train: [train, more], test }, byAuthor);
  const { splits, read } = dataset;
  expect(new Set([...(splits.train.groups ?? []), ...(splits.valid.groups ?? [])]).size).toBe(12);
  expect(splits.valid.groups?.filter((group) => splits.train.groups?.includes(group))).toEqual(new Int32Array(0));
  expect(read.notes).toContainEqual(
    expect.stringMatching(
      /^\d of the 7 test reviews (is of a group|are of groups) that training reviews are of, too\.$/,
    ),
  );
});

test('when a row has no group then it stands for itself', async () => {
  const some = rows.map((row, index) => (index % 2 === 0 ? { ...row, author: index % 4 === 0 ? null : ' ' } : row));
  const { splits } = await load(write('some.jsonl', some), byAuthor);
  const groups = Object.values(splits).flatMap((split) => [...(split.groups ?? [])]);
  expect(groups).toHaveLength(60);
  // Thirty without an author, and six authors.
  expect(new Set(groups).size).toBe(36);
});

test('when data come from the cache then their groups do, and other groups are another entry', async () => {
  const path = write('kept.csv', rows);
  const cacheFolder = join(folder, 'cache');
  const made = await load(path, { ...byAuthor, cacheFolder });
  const kept = await load(path, { ...byAuthor, cacheFolder });
  expect(kept.fromCache).toBe(true);
  expect(contentOf(kept)).toEqual(contentOf(made));
  expect(kept.splits.train.groups).toEqual(made.splits.train.groups);
  expect((await load(path, { valid: 12, cacheFolder })).fromCache).toBe(false);
});

test('when groups are few then the smallest is held out, and what cannot be held out is said', async () => {
  const by = (authors: number): Row[] =>
    rows.map((row, index) => ({ ...row, author: Math.min(index % 5, authors - 1) }));
  const { splits } = await load(write('three.csv', by(3)), { groupColumn, valid: null });
  expect([splits.train, splits.valid, splits.test].map(({ groups }) => new Set(groups).size)).toEqual([1, 1, 1]);
  expect(splits.train.labels).toHaveLength(36);
  await expect(load(write('three.csv', by(3)), { groupColumn, valid: 5 })).rejects.toMatchObject(
    refusal(
      'ERR_USAGE',
      /all reviews of a group at least but every group of .*three\.csv has more than 5; hold out more\.$/,
    ),
  );
  await expect(load(write('two.csv', by(2)), { groupColumn, valid: null })).rejects.toMatchObject(
    refusal('ERR_USAGE', /^Expected at least two groups in the training reviews of .*two\.csv/),
  );
  await expect(load(write('one.csv', by(1)), byAuthor)).rejects.toMatchObject(
    refusal(
      'ERR_DATASET',
      /^Expected at least two groups of reviews, to hold one out for testing, but all of .*one\.csv/,
    ),
  );
});

test('when there is no such column, or it is taken, or there are no columns, then that is said', async () => {
  const path = write('authors.csv', rows);
  await expect(load(path, { groupColumn: 'film' })).rejects.toMatchObject(
    refusal(
      'ERR_USAGE',
      /^Expected one of the columns "text", "label", "author" of .* as group column but received "film"\.$/,
    ),
  );
  for (const taken of ['text', 'label']) {
    await expect(load(path, { groupColumn: taken, textColumn: 'text', labelColumn: 'label' })).rejects.toMatchObject(
      refusal('ERR_USAGE', new RegExp(`^Expected a column of groups beside .* but received "${taken}"; name another`)),
    );
  }
  for (const data of ['sample', archive(folder, 'imdb.tgz')]) {
    await expect(load(data, { groupColumn })).rejects.toMatchObject(
      refusal('ERR_USAGE', /^Expected a table for the option groupColumn but .* has a file for each review/),
    );
  }
  const lists = write('lists.jsonl', rows);
  writeFileSync(
    lists,
    rows.map((row, index) => JSON.stringify({ ...row, author: index === 0 ? ['a', 'b'] : row.author })).join('\n'),
  );
  await expect(load(lists, byAuthor)).rejects.toMatchObject({
    message: expect.stringContaining('a list of 2 values as "author" (first: lists.jsonl line 1)') as unknown,
  });
});

test('when single reviews are to be held out beside a column of groups then that is refused', () => {
  const settings = { groupColumn, split: 'random', target: [] } as unknown as ExperimentSettings;
  expect(findConflicts(settings, { split: 'random' })).toContainEqual(
    expect.stringMatching(/^Expected no --split random/),
  );
  expect(findConflicts(settings, {})).not.toContainEqual(expect.stringMatching(/--split/));
});
