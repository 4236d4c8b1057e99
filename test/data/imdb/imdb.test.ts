import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { readDataset } from '../../../src/data/dataset.js';
import { imdbArchive, imdbArchivePath, knownArchiveName } from '../../../src/data/imdb/fetch_archive.js';
import { hashFile } from '../../../src/system/file_hash.js';
import { archive, load, reviews, temporaryFolder } from '../helpers.js';

const data = process.env.IMDB_TORCH_DATA ?? resolve('../shared/data/aclImdb.tgz');
const isThere = existsSync(data);
const folder = temporaryFolder();
if (!isThere) console.log(`skipped: the IMDb reviews are not at ${data}; IMDB_TORCH_DATA names another place`);

function digest({ buffer, byteOffset, byteLength }: Int32Array): string {
  return createHash('sha256')
    .update(new Uint8Array(buffer, byteOffset, byteLength))
    .digest('hex');
}

// Expected values: reference/float64.json, made by reference/pytorch_reference.py.
(isThere ? test : test.skip)('when the real reviews are read then words and ids are those of PyTorch', async () => {
  const { vocabulary, splits } = await readDataset({
    data,
    vocab: 20_000,
    seed: 123,
    valid: 5_000,
    cacheFolder: null,
  });

  expect(vocabulary.words.slice(0, 12)).toEqual([
    '<UNK>',
    'the',
    'a',
    'and',
    'of',
    'to',
    'is',
    'in',
    'it',
    'this',
    'i',
    'that',
  ]);
  expect(vocabulary.words.slice(-5)).toEqual(['taka', 'caressing', 'bradshaw', 'rippner', 'thornway']);
  expect(vocabulary.sha256).toBe('b5373762fa38be29c4d12779b494ce7f22302ab5bba88d4dc6d70dac6004b789');
  expect(digest(Int32Array.from(splits.train.ids))).toBe(
    'e047240b12d9f529d540d89ff2df4711edd08ec55f374a09cc341fc0e9df444b',
  );
  const { train, valid, test } = splits;
  expect([train, valid, test].map(({ ids }) => ids.length)).toEqual([2_683_053, 658_458, 3_257_585]);
  expect([train, valid, test].map(({ labels }) => labels.length)).toEqual([20_000, 5_000, 25_000]);
  expect([train, valid, test].map(({ offsets }) => offsets.at(-1))).toEqual([2_683_053, 658_458, 3_257_585]);
});

test('when the archive is asked for then it is in the cache folder, known by its hash', () => {
  expect(imdbArchivePath()).toMatch(/[\\/]data[\\/]aclImdb_v1\.tar\.gz$/);
  expect(knownArchiveName(imdbArchive.sha256)).toBe('Large Movie Review Dataset v1.0');
  expect(knownArchiveName('2440448e945bba6954a8f77516e9982c12feb9a917f3579516c73d7f551b0be1')).toContain('without');
  expect(knownArchiveName('0'.repeat(64))).toBeNull();
});

/** All bytes that this process has read from files so far; null where the system does not tell. */
function bytesRead(): number | null {
  const path = '/proc/self/io';
  return existsSync(path) ? Number(/^rchar: (\d+)$/m.exec(readFileSync(path, 'utf8'))?.[1]) : null;
}

test('when the archive is kept and encoded already then a run reads it once', async () => {
  const before = process.env.IMDB_TORCH_HOME;
  process.env.IMDB_TORCH_HOME = folder;
  try {
    const ignored = { path: 'aclImdb/train/unsup/0_0.txt', content: randomBytes(1 << 24) };
    const path = imdbArchivePath();
    mkdirSync(dirname(path), { recursive: true });
    renameSync(archive(folder, 'a.tgz', [...reviews, ignored]), path);
    // An archive of this test instead of the real one, which is too large for one.
    Object.assign(imdbArchive, await hashFile(path));
    const options = { cacheFolder: join(folder, 'encoded') };
    const first = await load('imdb', options);
    const start = bytesRead();
    const second = await load('imdb', options);
    const end = bytesRead();

    expect([first.fromCache, second.fromCache]).toEqual([false, true]);
    expect(second.source).toEqual({ kind: 'archive', location: path, sha256: imdbArchive.sha256 });
    if (start === null || end === null) return;
    expect((end - start) / imdbArchive.bytes).toBeGreaterThanOrEqual(1);
    expect((end - start) / imdbArchive.bytes).toBeLessThan(1.5);
  } finally {
    if (before === undefined) delete process.env.IMDB_TORCH_HOME;
    else process.env.IMDB_TORCH_HOME = before;
  }
});
