import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { archive, contentOf, load, reviews, temporaryFolder } from '../helpers.js';

const folder = temporaryFolder();
const data = archive(folder, 'reviews.tgz');

function onlyEntry(cacheFolder: string): string {
  const names = readdirSync(cacheFolder);
  expect(names).toHaveLength(1);
  return join(cacheFolder, names[0] ?? '');
}

test('when the same data is loaded again then it comes from the cache, the same in every part', async () => {
  const cacheFolder = join(folder, 'again');
  const first = await load(data, { cacheFolder });
  const second = await load(data, { cacheFolder });

  expect([first.fromCache, second.fromCache]).toEqual([false, true]);
  expect(first.cacheProblem).toBeNull();
  expect(contentOf(second)).toEqual(contentOf(first));
  expect(second.source).toEqual(first.source);
});

test('when anything that goes in changes then the cache is not used', async () => {
  const cacheFolder = join(folder, 'changes');
  await load(data, { cacheFolder });
  const other = archive(folder, 'other.tgz', [...reviews, { path: 'x/train/pos/77_7.txt', content: 'new' }]);

  const changed = await Promise.all([
    load(data, { cacheFolder, seed: 7 }),
    load(data, { cacheFolder, valid: 1 }),
    load(data, { cacheFolder, vocab: 3 }),
    load(other, { cacheFolder }),
  ]);
  expect(changed.map(({ fromCache }) => fromCache)).toEqual([false, false, false, false]);
});

test('when a file of a folder changes then the cache is not used', async () => {
  const cacheFolder = join(folder, 'of-folder');
  for (const { path, content = '' } of reviews) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const root = join(folder, 'aclImdb');
  const loads = [await load(root, { cacheFolder }), await load(root, { cacheFolder })];
  utimesSync(join(root, 'train/pos/1_7.txt'), 1, 1);
  loads.push(await load(root, { cacheFolder }));
  renameSync(join(root, 'train/pos/1_7.txt'), join(root, 'train/pos/11_7.txt'));
  loads.push(await load(root, { cacheFolder }));

  expect(loads.map(({ fromCache }) => fromCache)).toEqual([false, true, false, false]);
});

test('when any byte of an entry is changed, cut off or added then it is built anew', async () => {
  const cacheFolder = join(folder, 'damaged');
  const expected = contentOf(await load(data, { cacheFolder }));
  const entry = onlyEntry(cacheFolder);
  const whole = readFileSync(entry);

  for (let at = 0; at < whole.length; at += 61) {
    const damaged = Buffer.from(whole);
    damaged.writeUInt8(damaged.readUInt8(at) ^ 1, at);
    writeFileSync(entry, damaged);
    const dataset = await load(data, { cacheFolder });
    expect(dataset.fromCache).toBe(false);
    expect(contentOf(dataset)).toEqual(expected);
  }
  for (const length of [0, 5, 12, 100, whole.length - 1, whole.length + 1]) {
    writeFileSync(entry, whole);
    truncateSync(entry, length);
    expect((await load(data, { cacheFolder })).fromCache).toBe(false);
  }
  expect(readFileSync(onlyEntry(cacheFolder))).toEqual(whole);
});

test('when an entry stands under the name of another then it is built anew', async () => {
  const cacheFolder = join(folder, 'swapped');
  await load(data, { cacheFolder });
  const entry = onlyEntry(cacheFolder);
  const other = join(folder, 'elsewhere');
  await load(data, { cacheFolder: other, seed: 5 });
  writeFileSync(entry, readFileSync(onlyEntry(other)));

  expect((await load(data, { cacheFolder })).fromCache).toBe(false);
});

test.each([
  ['as many features as two bytes tell apart', 65_536, 2],
  ['one more', 65_537, 4],
])('when there are %s then ids take as many bytes as they need and come back', async (_, words, bytes) => {
  const cacheFolder = join(folder, `ids-of-${bytes}`);
  // One feature is <UNK>.
  const content = Array.from({ length: words - 1 }, (_, word) => `w${word}`).join(' ');
  const path = archive(folder, `${words}.tgz`, [...reviews, { path: 'x/train/pos/77_7.txt', content }]);
  const options = { cacheFolder, valid: 0, vocab: words };
  const [built, cached] = [await load(path, options), await load(path, options)];

  expect(cached.fromCache).toBe(true);
  expect(cached.vocabulary.words).toHaveLength(words);
  expect(cached.splits.train.ids.BYTES_PER_ELEMENT).toBe(bytes);
  expect(Math.max(...cached.splits.train.ids.slice(-100))).toBe(words - 1);
  expect(contentOf(cached)).toEqual(contentOf(built));
});

test('when there are many entries then those that were used last stay', async () => {
  const cacheFolder = join(folder, 'many');
  await load(data, { cacheFolder, seed: 0 });
  const first = onlyEntry(cacheFolder);
  for (let seed = 1; seed <= 7; seed += 1) await load(data, { cacheFolder, seed });
  for (const name of readdirSync(cacheFolder)) utimesSync(join(cacheFolder, name), 1, 1);
  await load(data, { cacheFolder, seed: 0 });
  for (let seed = 8; seed <= 9; seed += 1) await load(data, { cacheFolder, seed });

  expect(readdirSync(cacheFolder)).toHaveLength(8);
  expect(statSync(first).isFile()).toBe(true);
});

test('when the cache folder cannot be written then the data is there and the problem is told', async () => {
  const dataset = await load(data, { cacheFolder: join(data, 'in-a-file') });

  expect(dataset.fromCache).toBe(false);
  expect(dataset.cacheProblem).toMatch(/^Could not write .*\.$/);
});
