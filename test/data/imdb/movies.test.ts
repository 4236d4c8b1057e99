import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { readDataset, type Dataset } from '../../../src/data/dataset.js';
import { archive, contentOf, load, originsOf, reviews, temporaryFolder, type Entry } from '../helpers.js';

const folder = temporaryFolder();

/** An address a line: that of review k is line k, from 0. */
function urls(titles: readonly number[]): string {
  return titles.map((title) => `http://www.imdb.com/title/tt${title}/usercomments\n`).join('');
}

const positive = urls([900, 1, 2, 900, 900, 900, 900, 900, 900, 900, 1]);
const negative = urls([2, 3, 900, 3]);
const withUrls: readonly Entry[] = [
  ...reviews,
  { path: 'aclImdb/train/urls_pos.txt', content: positive },
  { path: 'aclImdb/train/urls_neg.txt', content: negative },
];
/** By the lists above. */
const movies: Readonly<Record<string, number>> = {
  'train/pos/10_8.txt': 1,
  'train/pos/1_7.txt': 1,
  'train/pos/2_9.txt': 2,
  'train/neg/0_2.txt': 2,
  'train/neg/1_1.txt': 3,
  'train/neg/3_4.txt': 3,
};

function moviesOf({ splits }: Dataset, name: 'train' | 'valid'): number[] {
  expect(Array.from(splits[name].groups ?? [])).toEqual(originsOf(splits[name]).map((path) => movies[path] ?? NaN));
  return Array.from(splits[name].groups ?? []);
}

test('when reviews are split by movie then each movie is in one of the two', async () => {
  const path = archive(folder, 'movies.tgz', withUrls);
  const held = new Set<number>();
  for (let seed = 0; seed < 20; seed += 1) {
    const dataset = await load(path, { seed, valid: 3, split: 'movie' });
    const [train, valid] = [moviesOf(dataset, 'train'), moviesOf(dataset, 'valid')];

    // Two reviews a movie: one movie fits in three.
    expect(valid).toHaveLength(2);
    expect(train).toHaveLength(4);
    expect(train.filter((movie) => valid.includes(movie))).toEqual([]);
    valid.forEach((movie) => held.add(movie));
  }
  expect([...held].sort()).toEqual([1, 2, 3]);
});

test('when the lists come from a folder or from the cache then the split is the same', async () => {
  for (const { path, content = '' } of withUrls) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const options = { valid: 2, split: 'movie' } as const;
  const expected = await load(archive(folder, 'again.tar', [...withUrls].reverse()), options);
  const ofFolder = await load(join(folder, 'aclImdb'), options);
  const cacheFolder = join(folder, 'cache');
  await load(join(folder, 'aclImdb'), { ...options, cacheFolder });
  const cached = await load(join(folder, 'aclImdb'), { ...options, cacheFolder });

  expect(cached.fromCache).toBe(true);
  for (const dataset of [ofFolder, cached]) {
    expect(contentOf(dataset)).toEqual(contentOf(expected));
    expect(dataset.splits.valid.groups).toEqual(expected.splits.valid.groups);
    expect(dataset.splits.train.groups).toEqual(expected.splits.train.groups);
  }
  rmSync(join(folder, 'aclImdb/train/urls_neg.txt'));
  await expect(load(join(folder, 'aclImdb'), { ...options, cacheFolder })).rejects.toMatchObject({
    code: 'ERR_DATASET',
    message: expect.stringContaining('neg/') as unknown,
  });
});

test('when the movies are not known then that is said, and a random split goes on', async () => {
  const without = archive(folder, 'without.tgz');
  for (const data of [without, 'sample']) {
    await expect(load(data, { split: 'movie' })).rejects.toMatchObject({
      code: 'ERR_USAGE',
      message: expect.stringContaining('urls_pos.txt') as unknown,
    });
  }
  const short = withUrls.map((entry) =>
    entry.path.endsWith('urls_pos.txt') ? { ...entry, content: urls([1, 2]) } : entry,
  );
  await expect(load(archive(folder, 'short.tgz', short), { split: 'movie' })).rejects.toMatchObject({
    code: 'ERR_DATASET',
  });
  await expect(load(archive(folder, 'large.tgz', withUrls), { split: 'movie', valid: 1 })).rejects.toMatchObject({
    code: 'ERR_USAGE',
    message: expect.stringContaining('hold out more') as unknown,
  });
  expect((await load(without)).splits.train.groups).toBeUndefined();
});

const data = process.env.IMDB_TORCH_DATA ?? resolve('../shared/data/aclImdb.tgz');
const isThere = existsSync(data);
if (!isThere) console.log(`skipped: the IMDb reviews are not at ${data}`);

(isThere ? test : test.skip)('when the real reviews are split by movie then 5000 are held out', async () => {
  const options = { data, vocab: 100, seed: 123, valid: 5000, cacheFolder: null } as const;
  const { train, valid } = (await readDataset({ ...options, split: 'movie' })).splits;
  const [ofTrain, ofValid] = [new Set(train.groups), new Set(valid.groups)];

  expect([train.labels.length, valid.labels.length]).toEqual([20_000, 5000]);
  expect([...ofValid].filter((movie) => ofTrain.has(movie))).toEqual([]);
  // What `grep -o "/title/tt[0-9]*" urls_*.txt | sort -u | wc -l` counts in train.
  expect(ofTrain.size + ofValid.size).toBe(3456);
});
