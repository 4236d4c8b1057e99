import { execFileSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { load, temporaryFolder } from '../helpers.js';
import { countOf, csvOf, filesOf, layOut, texts, type Content } from './layout.js';

const folder = temporaryFolder();
let made = 0;

function laidOut(contents: Readonly<Record<string, Content>>): string {
  made += 1;
  return layOut(join(folder, String(made)), contents);
}

const all = ['train', 'valid', 'test'] as const;

/** Moves files into a folder. */
function within(name: string, files: Readonly<Record<string, Content>>): Record<string, Content> {
  return Object.fromEntries(Object.entries(files).map(([path, content]) => [`${name}/${path}`, content]));
}

test('when a class is a link to a folder, also to one of links, then its reviews are read', async () => {
  const elsewhere = laidOut({ ...texts(['bad']), hop: { link: 'bad' } });
  const dataset = await load(laidOut({ ...texts(['pos']), neg: { link: join(elsewhere, 'hop') } }), { valid: null });

  expect(dataset.classes).toEqual(['neg', 'pos']);
  expect(filesOf(dataset, ...all)).toEqual([0, 1, 2, 3, 4].flatMap((k) => [`neg/${k}.txt`, `pos/${k}.txt`]).sort());
  expect(dataset.previews.train.first.every(({ text, label }) => text.endsWith(label === 0 ? 'bad' : 'pos'))).toBe(
    true,
  );
});

test('when links lead round, up or to what is read anyway then each review is read once, and they are named', async () => {
  const links = { 'pos/up': '..', 'pos/self': '.', 'neg/top': '../..', 'a latest': 'pos', 'neg/x.txt': '../pos/0.txt' };
  const made = Object.entries(links).map(([path, to]) => [path, { link: to }] as const);
  const data = laidOut({ ...texts(['pos', 'neg']), ...Object.fromEntries(made) });
  const dataset = await load(data, { valid: null });

  expect(dataset.classes).toEqual(['neg', 'pos']);
  expect(countOf(dataset)).toBe(10);
  expect(dataset.read.notLookedAt).toEqual(['a latest', 'neg/top', 'neg/x.txt', 'pos/self', 'pos/up']);
});

test('when reviews lie deeper then they are of the class above', async () => {
  const data = laidOut({
    ...texts(['pos/2019', 'neg/2019/may', 'neg']),
    'pos/2020/7.txt': 'one more',
  });
  const dataset = await load(data, { valid: null });

  expect(dataset.classes).toEqual(['neg', 'pos']);
  expect(countOf(dataset)).toBe(16);
  expect(filesOf(dataset, ...all)).toEqual(
    expect.arrayContaining(['neg/0.txt', 'neg/2019/may/4.txt', 'pos/2020/7.txt']),
  );
});

test.each([
  ['train', 'valid', 'test'],
  ['Training', 'validation', 'TEST'],
  ['training', 'val', 'Testing'],
  ['Train', 'DEV', 'test'],
  ['train', 'eval', 'test'],
])('when folders are called %s, %s and %s then they are the splits', async (train, valid, held) => {
  const reviews = texts(['good', 'bad']);
  const data = laidOut({
    ...within(train, { ...reviews, ...texts(['unsup']) }),
    ...within(
      valid,
      texts(['good', 'bad'], (index) => `v${index}`),
    ),
    ...within(
      held,
      texts(['good', 'bad'], (index) => `t${index}`),
    ),
    'README.txt': 'about',
    'docs/a.md': 'about',
  });
  const dataset = await load(data, { valid: null });

  expect(dataset.classes).toEqual(['bad', 'good']);
  expect(all.map((split) => dataset.splits[split].labels.length)).toEqual([10, 10, 10]);
  expect(filesOf(dataset, 'valid')).toContain('good/v0');
  expect(filesOf(dataset, 'test')).toContain('good/t0');
  expect(dataset.read.notLookedAt).toEqual(['README.txt', 'docs/a.md', `unsup/*.txt (5 files)`]);
});

test('when all folders have splits within their names, as those of 20 Newsgroups, then they are the splits', async () => {
  const groups = texts(['sci.med', 'rec.autos'], (index) => String(10000 + index));
  const data = laidOut({ ...within('20news-bydate-train', groups), ...within('20news-bydate-test', groups) });
  const dataset = await load(data, { valid: 2 });

  expect(dataset.classes).toEqual(['rec.autos', 'sci.med']);
  expect(all.map((split) => dataset.splits[split].labels.length)).toEqual([8, 2, 10]);

  const topics = laidOut({ ...within('train trips', groups), ...within('test matches', groups), ...texts(['hikes']) });
  expect((await load(topics, { valid: null })).classes).toEqual(['hikes', 'test matches', 'train trips']);
});

test('when classes are called like splits, or train is one, then they are classes', async () => {
  const topics = await load(laidOut(texts(['dev', 'ops', 'test'])), { valid: null });
  expect(topics.classes).toEqual(['dev', 'ops', 'test']);
  expect(countOf(topics)).toBe(15);

  const vehicles = await load(laidOut(texts(['plane', 'train', 'car'])), { valid: null });
  expect(vehicles.classes).toEqual(['car', 'plane', 'train']);
});

test('when folders lie within a single one then they are found, hidden and system files aside', async () => {
  const system = ['.DS_Store', 'pos/Thumbs.db', 'pos/desktop.ini', 'pos/._1.txt', 'neg/~$1.txt', '__MACOSX/pos/1.txt'];
  const others = ['.git/HEAD', '__pycache__/a.pyc', '.ipynb_checkpoints/a.txt', 'pos/0.txt~'];
  const contents = Object.fromEntries([...system, ...others].map((path) => [path, 'not a review']));
  const dataset = await load(laidOut(within('my reviews', { ...texts(['pos', 'neg']), ...contents })), { valid: null });

  expect(dataset.classes).toEqual(['neg', 'pos']);
  expect(countOf(dataset)).toBe(10);
  expect(dataset.read).toMatchObject({ rows: 10, leftOut: [], notLookedAt: [], notes: [] });
});

test('when a class has no reviews then it is told', async () => {
  const data = laidOut({ ...texts(['pos', 'neg']), 'none/': '', 'scripts/a.py': '1', 'deep/er/': '' });
  const { classes, read } = await load(data, { valid: null });

  expect(classes).toEqual(['neg', 'pos']);
  expect(read.notes).toEqual(['Folders without a review, which are no classes: deep, none, scripts.']);
  expect(read.notLookedAt).toEqual(['scripts/a.py']);
});

test('when tables lie beside or within classes then they are not read', async () => {
  const data = laidOut({ ...texts(['pos', 'neg']), 'labels.csv': csvOf('a'), 'pos/index.tsv': 'x', 'info.json': '{}' });
  const { classes, read } = await load(data, { valid: null });

  expect(classes).toEqual(['neg', 'pos']);
  expect(read.notLookedAt).toEqual(['info.json', 'labels.csv', 'pos/index.tsv']);
});

test.each<[string, Record<string, Content>, string]>([
  [
    'two names of one split',
    { ...within('train', texts(['a', 'b'])), ...within('val', texts(['a', 'b'])), ...within('dev', texts(['a', 'b'])) },
    'one valid split .* dev and val',
  ],
  ['no training reviews', within('test', texts(['a', 'b'])), 'a folder train'],
  ['a split beside classes', { ...within('train', texts(['a', 'b'])), ...texts(['plane']) }, 'plane/, train/'],
  [
    'a split without classes',
    { ...within('train', texts(['a', 'b'])), ...texts(['test']) },
    '1/test|/test but it has \\*.txt',
  ],
  ['one class', texts(['pos']), 'has pos/, in the folders pos/\\*.txt \\(5 files\\)'],
  ['texts and tables apart', { ...texts(['docs', 'notes']), 'data/x.csv': csvOf('a') }, 'has data/, docs/, notes/'],
  ['folders of code', { 'a/x.py': '1', 'b/y.py': '2' }, 'has a/, b/, in the folders a/x.py, b/y.py'],
])('when a folder has %s then it names them', async (_, contents, part) => {
  const message: unknown = expect.stringMatching(new RegExp(`^Expected [^\n]*(?:${part})[^\n]*[.]$`));
  await expect(load(laidOut(contents), { valid: null })).rejects.toMatchObject({ code: 'ERR_DATASET', message });
});

test('when something in a class is no file then it is left out and named, and a pipe is not waited for', async () => {
  const many = { ...texts(['pos', 'neg']), ...numbered(400) };
  const data = laidOut({
    ...many,
    'pos/gone.txt': { link: 'nowhere' },
    'neg/nul.txt': 'no text:\0\0\0\0 but other bytes',
  });
  execFileSync('mkfifo', [join(data, 'neg', 'pipe.txt')]);
  if (process.getuid?.() !== 0) chmodSync(join(data, 'pos', '0.txt'), 0);
  const { read, badRows } = await load(data, { valid: null });

  expect(read.leftOut).toEqual(
    expect.arrayContaining([
      { why: 'is neither a file nor a folder', count: 1, first: 'neg/pipe.txt' },
      { why: 'is a link to what does not exist', count: 1, first: 'pos/gone.txt' },
      { why: 'is no text (it has bytes of zero)', count: 1, first: 'neg/nul.txt' },
    ]),
  );
  expect(badRows.count).toBe(process.getuid?.() === 0 ? 3 : 4);
});

function numbered(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`pos/m${index}.txt`, `more ${index}`]));
}

test('when a class folder cannot be opened then it is named', async () => {
  const data = laidOut(texts(['pos', 'neg']));
  if (process.getuid?.() === 0) return;
  chmodSync(join(data, 'pos'), 0);
  await expect(load(data)).rejects.toMatchObject({
    code: 'ERR_DATASET',
    message: expect.stringContaining('/pos') as unknown,
  });
  chmodSync(join(data, 'pos'), 0o700);
});
