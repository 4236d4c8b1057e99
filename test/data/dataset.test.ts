import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { notebookFeatures } from '../../src/text/features.js';
import { Featurizer } from '../../src/text/featurizer.js';
import { tokenize } from '../../src/text/tokens/tokenizer.js';
import { writeSample } from '../../src/data/sample/sample.js';
import { archive, contentOf, load, originsOf, reviews, temporaryFolder } from './helpers.js';
import { Vocabulary } from '../../src/text/vocabulary.js';

const folder = temporaryFolder();

function unpacked(name: string): string {
  for (const { path, content = '' } of reviews) {
    const file = join(folder, name, path.replace('aclImdb/', ''));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return join(folder, name);
}

test('when an archive is read then order, vocabulary, bags and labels are those of the notebook', async () => {
  const dataset = await load(archive(folder, 'a.tgz'), { valid: 2 });

  // Python: pos before neg by name [10_8, 1_7, 2_9, 0_2, 1_1, 3_4], random.seed(123), random.shuffle, last 2 held out.
  expect(dataset.classes).toEqual(['neg', 'pos']);
  const words = '<UNK> a dull film and long of charm poor'.split(' ');
  expect(dataset.vocabulary.words).toEqual(words);
  const { ids, offsets, labels } = dataset.splits.train;
  const bags = Array.from(labels, (label, row) => [
    label,
    Array.from(ids.subarray(offsets[row], offsets[row + 1]), (id) => dataset.vocabulary.words[id]),
  ]);
  expect(bags).toEqual([
    [0, ['a', 'dull', 'film']],
    [0, ['dull', 'and', 'long']],
    [1, ['a', 'film', 'of', 'charm']],
    [0, ['and', 'long', 'poor']],
  ]);
  expect(originsOf(dataset.splits.train)).toEqual([
    'train/neg/0_2.txt',
    'train/neg/1_1.txt',
    'train/pos/1_7.txt',
    'train/neg/3_4.txt',
  ]);
  expect(Array.from(dataset.splits.valid.labels)).toEqual([1, 1]);
  expect(Array.from(dataset.splits.test.labels)).toEqual([1, 1, 0, 0]);
  expect(Array.from(dataset.splits.test.offsets)).toHaveLength(5);
  expect(dataset.requestedVocabularySize).toBe(100);
  expect(dataset.vocabulary.sha256).toBe(
    createHash('sha256').update(dataset.vocabulary.words.join('\n')).digest('hex'),
  );
});

test('when previews are taken then they are the first 100 code points with line feeds as line ends', async () => {
  const { previews } = await load(archive(folder, 'previews.tar'), { valid: 1 });

  expect(previews.test.first).toEqual([
    { text: `${'é'.repeat(99)}\u{1f600}`, label: 1 },
    { text: '', label: 1 },
    { text: 'Poor FILM', label: 0 },
  ]);
  expect(previews.test.last.map(({ text }) => text)).toEqual(['', 'Poor FILM', 'Dull, dull film']);
  expect([...previews.train.first, ...previews.train.last, ...previews.valid.first]).toContainEqual({
    text: 'Fine!\nReally fine',
    label: 1,
  });
});

test('when the same reviews come in .tgz, .tar, a folder or under another name then the result is the same', async () => {
  const expected = contentOf(await load(archive(folder, 'same.tgz')));

  expect(contentOf(await load(archive(folder, 'same.tar')))).toEqual(expected);
  expect(contentOf(await load(unpacked('same')))).toEqual(expected);
  const renamed = reviews.map((entry) => ({ ...entry, path: entry.path.replace('aclImdb', 'my reviews') }));
  expect(contentOf(await load(archive(folder, 'renamed.tar.gz', renamed.reverse())))).toEqual(expected);
});

test('when an archive or folder holds other files then they are not looked at, which is told', async () => {
  const named = ['README', 'imdb.vocab', 'train/pos/urls.csv', 'train/unsup/0_0.txt'];
  const others = ['README', 'train/unsup/0_0.txt', 'train/pos/urls.csv', 'train/pos/._1_7.txt', 'imdb.vocab'];
  const entries = [
    ...others.map((path) => ({ path: `aclImdb/${path}`, content: '\xff not a review' })),
    { path: 'aclImdb/train/', type: 'Directory' as const },
    ...reviews,
  ];

  const expected = contentOf(await load(archive(folder, 'plain.tgz')));
  const dataset = await load(archive(folder, 'others.tgz', entries));
  expect(contentOf(dataset)).toEqual(expected);
  expect(dataset.read.notLookedAt.map((path) => path.replace('aclImdb/', ''))).toEqual(named);
  const beside = unpacked('others');
  for (const path of others) {
    mkdirSync(dirname(join(beside, path)), { recursive: true });
    writeFileSync(join(beside, path), 'not a review');
  }
  expect((await load(beside)).read.notLookedAt).toEqual(named.map((path) => path.replace('unsup/0_0.txt', 'unsup/')));
});

test('when fewer words are asked for than there are then the rest is unknown', async () => {
  const { vocabulary, splits } = await load(archive(folder, 'few.tgz'), { vocab: 3 });

  expect(vocabulary.words).toHaveLength(3);
  expect(new Set(splits.train.ids)).toEqual(new Set([0, 1, 2]));
});

test('when the sample is loaded twice then both are the same, and its words are those of the tokenizer', async () => {
  const first = await load('sample', { vocab: 20_000, valid: 800 });
  const second = await load('sample', { vocab: 20_000, valid: 800 });

  expect(contentOf(first)).toEqual(contentOf(second));
  expect(first.splits.train.labels.length + first.splits.valid.labels.length).toBe(4000);
  expect(first.splits.test.labels).toHaveLength(1000);
  const firstOfTest = [...writeSample()].find(({ file: place }) => place.split === 'test')?.text ?? '';
  const known = tokenize(firstOfTest).filter((word) => first.vocabulary.words.includes(word));
  const { ids, offsets } = first.splits.test;
  const bag = Array.from(ids.subarray(0, offsets[1]), (id) => first.vocabulary.words[id] ?? '');
  expect(new Set(bag.filter((word) => word !== '<UNK>'))).toEqual(new Set(known));
});

test('when reading is watched then progress ends at the size of the file and at all reviews', async () => {
  const seen: string[] = [];
  await load(archive(folder, 'progress.tgz'), {
    onProgress: ({ stage, done, total }) => seen.push(`${stage} ${done === total ? 'all' : 'some'}`),
  });

  expect(seen.filter((line) => line.startsWith('read')).at(-1)).toBe('read all');
  expect(seen.at(-1)).toBe('encode all');
});

test('when a featurizer is given then the same reviews are encoded with its words', async () => {
  const path = archive(folder, 'given.tgz');
  const own = await load(path, { valid: 2 });
  const vocabulary = ['<UNK>', 'long', 'elsewhere', 'film'];
  const featurizer = new Featurizer({
    options: notebookFeatures,
    vocabulary: Vocabulary.of(vocabulary),
    weights: null,
  });
  const given = await load(path, { valid: 2, featurizer });

  expect(given.vocabulary.words).toEqual(vocabulary);
  const { ids, offsets, labels, origins } = own.splits.train;
  const expected = Array.from(labels, (_, row) => {
    const words = Array.from(ids.subarray(offsets[row], offsets[row + 1]), (id) => own.vocabulary.words[id]);
    const known = words.map((word) => Math.max(0, vocabulary.indexOf(word ?? '')));
    return [...new Set(known)].sort((one, other) => one - other);
  });
  const { train } = given.splits;
  const found = expected.map((_, row) => Array.from(train.ids.subarray(train.offsets[row], train.offsets[row + 1])));
  expect(found).toEqual(expected);
  expect({ labels: train.labels, origins: train.origins }).toEqual({ labels, origins });
});
