import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { AccountKeeper } from '../../src/data/read_account.js';
import { describeRead } from '../../src/report/console/describe_run.js';
import { archive, load, reviews, temporaryFolder } from './helpers.js';

const folder = temporaryFolder();

function file(name: string, lines: readonly string[]): string {
  const path = join(folder, name);
  writeFileSync(path, `text,label\n${lines.join('\n')}\n`);
  return path;
}

/** Rows with texts of their own. */
function rows(count: number, word = 'film', labels = ['dull', 'fine']): string[] {
  return Array.from({ length: count }, (_, k) => `${word} ${k},${labels[k % labels.length] ?? ''}`);
}

test('when rows are left out for several reasons then one line has them all, the most frequent first', async () => {
  const lines = [...rows(600), ',dull', 'a film,', 'another,', 'a,x y', 'b,z'];
  const dataset = await load(file('several.csv', lines), { labels: ['dull', 'fine'] });
  const unknown = 'an unknown label ("x y", "z") (2, first: line 605)';
  expect(describeRead(dataset).first).toBe(
    `Read 600 of 605 rows of ${join(folder, 'several.csv')}; left out 5: ` +
      `no label (2, first: line 603), ${unknown}, no text (1, first: line 602).`,
  );
  expect(dataset.badRows).toMatchObject({ count: 5, total: 605 });
});

test('when there are more reasons and names than anybody reads then they are taken together, and counted', () => {
  const keeper = new AccountKeeper();
  for (let k = 0; k < 50; k += 1) {
    keeper.leaveOut(`line ${k}`, `has ${k} fields`);
    keeper.leaveOut(`line ${k}`, `has the unknown label "${k}"`, 2, { why: 'has an unknown label', example: `"${k}"` });
    keeper.doNotLookAt([{ name: `folder ${k}/*.json (3 files)`, count: 3 }]);
  }
  const { leftOut, notLookedAt, notLookedAtCount } = keeper.account;
  expect(leftOut).toHaveLength(21);
  expect(leftOut.slice(0, 3)).toEqual([
    { why: 'has an unknown label ("0", "1", "2", "3", "4" and 45 more)', count: 100, first: 'line 0' },
    { why: 'has something else that is wrong', count: 31, first: 'line 19' },
    { why: 'has 0 fields', count: 1, first: 'line 0' },
  ]);
  expect(leftOut.reduce((sum, { count }) => sum + count, 0)).toBe(150);
  expect([notLookedAt.length, notLookedAt.at(-1), notLookedAtCount]).toEqual([21, 'and 90 more', 150]);
  expect(keeper.badRows).toMatchObject({ count: 150, total: 150 });
});

test('when more than 1 % is bad then the error has every reason with its number and its first place', async () => {
  const path = file('bad.csv', [...rows(100), ',dull', 'a,x', 'a,', 'b,x']);
  await expect(load(path, { labels: ['dull', 'fine'] })).rejects.toMatchObject({
    code: 'ERR_DATASET',
    message:
      `Expected at most 1 % bad rows but 4 of the 104 rows of ${path} are bad: an unknown label ("x") (2, first: ` +
      'bad.csv line 103), no text (1, first: bad.csv line 102), no label (1, first: bad.csv line 104); ' +
      'correct or remove them, or name all classes with the option labels.',
  });
});

test('when texts come again in other splits, or with other labels, then notes count them, of cached data too', async () => {
  const data = {
    train: file('train.csv', [...rows(80), 'the same,dull', 'both,dull', 'both,fine']),
    valid: file('valid.csv', [...rows(80, 'other'), 'the same,dull']),
    test: file('test.csv', [...rows(80, 'third'), 'the same,fine', 'film 0,dull', 'film 1,fine']),
  };
  const cacheFolder = join(folder, 'cache');
  const [fresh, cached] = [await load(data, { cacheFolder }), await load(data, { cacheFolder })];
  expect(fresh.read.notes).toEqual([
    '1 of the 81 validation reviews has the text of a training review.',
    '3 of the 83 test reviews have the text of a training review.',
    '2 texts come again with another label.',
  ]);
  expect([fresh.fromCache, cached.fromCache]).toEqual([false, true]);
  expect(cached.read).toEqual(fresh.read);
  expect(cached.textsSha256).toBe(fresh.textsSha256);
});

test('when classes are scarce then a note names them', async () => {
  const path = file('scarce.csv', [...rows(400), 'rare film,rare', 'rare too,rare']);
  const { notes } = (await load(path, { valid: 50 })).read;
  expect(notes[0]).toBe('Fewer than 3 training reviews have the label "rare".');
  expect(notes).toContain('No test review has the label "rare".');
});

test('when a folder is copied then its texts have the same hash, and another one when a text or label changes', async () => {
  const write = (root: string, label: string, name: string, text: string): void => {
    mkdirSync(join(folder, root, label), { recursive: true });
    writeFileSync(join(folder, root, label, name), text);
  };
  for (let k = 0; k < 20; k += 1) write('texts', k % 2 === 0 ? 'dull' : 'fine', `${k}.txt`, `film ${k}`);
  cpSync(join(folder, 'texts'), join(folder, 'copy'), { recursive: true });
  const [own, copy] = [await load(join(folder, 'texts')), await load(join(folder, 'copy'))];
  expect(copy.source.sha256).not.toBe(own.source.sha256);
  expect(copy.textsSha256).toBe(own.textsSha256);
  write('copy', 'dull', '0.txt', 'film 1');
  expect((await load(join(folder, 'copy'))).textsSha256).not.toBe(own.textsSha256);
  const [one, other] = [rows(20), rows(20, 'film', ['fine', 'dull'])].map((lines, k) => load(file(`${k}.csv`, lines)));
  expect((await one)?.textsSha256).not.toBe((await other)?.textsSha256);
});

test('when an archive has files that are no reviews then they are counted as not looked at', async () => {
  const path = archive(folder, 'more.tar', [...reviews, { path: 'aclImdb/README', content: 'about' }]);
  const { read } = await load(path);
  expect(read).toMatchObject({
    rows: 10,
    leftOut: [],
    notLookedAt: ['aclImdb/README'],
    notLookedAtCount: 1,
  });
});
