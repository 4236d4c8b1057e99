import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { load, temporaryFolder } from '../helpers.js';
import { countOf, csvOf, filesOf, layOut, type Content } from './layout.js';

const folder = temporaryFolder();
let made = 0;

function laidOut(contents: Readonly<Record<string, Content>>): string {
  made += 1;
  return layOut(join(folder, String(made)), contents);
}

function parquetOf(word: string): Buffer {
  const column = (name: string, of: (index: number) => string) => {
    const data = Array.from({ length: 10 }, (_, index) => of(index));
    return { name, data, type: 'STRING' as const };
  };
  const columns = [
    column('text', (index) => `${word} ${index}`),
    column('label', (index) => (index % 2 === 0 ? 'pos' : 'neg')),
  ];
  return Buffer.from(parquetWriteBuffer({ columnData: columns }));
}

const jsonLines = csvOf('line')
  .split('\n')
  .slice(1, -1)
  .map((line) => JSON.stringify({ text: line.split(',')[0], label: line.split(',')[1] }))
  .join('\n');
const fastText = '__label__pos good film\n__label__neg bad film\n'.repeat(5);

test.each<[string, Record<string, Content>, { train: string[]; valid?: string[]; test?: string[]; others?: string[] }]>(
  [
    [
      'train, validation and test',
      { 'train.csv': csvOf('a'), 'Validation.csv': csvOf('b'), 'test.csv': csvOf('c') },
      { train: ['train.csv'], valid: ['Validation.csv'], test: ['test.csv'] },
    ],
    [
      'split words within names',
      { 'imdb_train_data.csv': csvOf('a'), 'imdb-dev.csv.gz': gzipSync(csvOf('b')), 'imdbTest.csv': csvOf('c') },
      { train: ['imdb_train_data.csv'], valid: ['imdb-dev.csv.gz'], test: ['imdbTest.csv'] },
    ],
    [
      'parts of splits, as on Hugging Face, with code, beside folders',
      {
        ...Object.fromEntries(
          ['0', '1'].map((part) => [`data/train-0000${part}-of-00002.parquet`, parquetOf(`a${part}`)]),
        ),
        'data/test-00000-of-00001.parquet': parquetOf('t'),
        'data/unsupervised-00000-of-00001.parquet': parquetOf('u'),
        'scripts/make.py': 'print(1)',
        'README.md': '# Data',
        'dataset_infos.json': '{}',
        '.gitattributes': 'x',
        '.git/config': 'x',
      },
      {
        train: ['data/train-00000-of-00002.parquet', 'data/train-00001-of-00002.parquet'],
        test: ['data/test-00000-of-00001.parquet'],
        others: ['README.md', 'data/unsupervised-00000-of-00001.parquet', 'dataset_infos.json', 'scripts/make.py'],
      },
    ],
    [
      'one table without a split word, in a folder beside code',
      {
        'data/reviews.csv': csvOf('a'),
        'scripts/a.py': '1',
        'scripts/b.py': '2',
        'scripts/c.py': '3',
        'docs/a.md': 'x',
      },
      { train: ['data/reviews.csv'], others: ['docs/a.md', 'scripts/*.py (3 files)'] },
    ],
    [
      'tables without split words, numbered',
      { 'part-10.csv': csvOf('c'), 'part-2.csv': csvOf('b'), 'part-1.csv': csvOf('a') },
      { train: ['part-1.csv', 'part-10.csv', 'part-2.csv'] },
    ],
    [
      'folders of splits with tables',
      {
        'default/train/0.parquet': parquetOf('a'),
        'default/train/1.parquet': parquetOf('b'),
        'default/test/0.parquet': parquetOf('c'),
      },
      { train: ['default/train/0.parquet', 'default/train/1.parquet'], test: ['default/test/0.parquet'] },
    ],
    [
      'JSON Lines',
      { 'train.jsonl': jsonLines, 'config.json': '{}' },
      { train: ['train.jsonl'], others: ['config.json'] },
    ],
    [
      'JSON Lines called .json',
      { 'train.json': jsonLines, 'test.json': jsonLines },
      { train: ['train.json'], test: ['test.json'] },
    ],
    [
      'fastText lines',
      { 'train.ft.txt': fastText, 'test.ft.txt': fastText, 'readme.txt': 'x' },
      { train: ['train.ft.txt'], test: ['test.ft.txt'], others: ['readme.txt'] },
    ],
    [
      'a folder of its own',
      { 'reviews/data/train.csv': csvOf('a'), '__MACOSX/reviews/._x': 'x' },
      { train: ['reviews/data/train.csv'] },
    ],
  ],
)('when a folder has %s then each is read for its split', async (_, contents, expected) => {
  const dataset = await load(laidOut(contents), { valid: null });

  const { valid = [], test: held = [], others = [] } = expected;
  const isHeld = held.length === 0;
  expect(dataset.testHeldOut).toBe(isHeld);
  const shared = valid.length === 0 ? (['train', 'valid'] as const) : (['train'] as const);
  expect(filesOf(dataset, ...shared, ...(isHeld ? (['test'] as const) : []))).toEqual(expected.train);
  if (valid.length > 0) expect(filesOf(dataset, 'valid')).toEqual(valid);
  if (!isHeld) expect(filesOf(dataset, 'test')).toEqual(held);
  expect(dataset.read.notLookedAt).toEqual(others);
  expect(countOf(dataset)).toBe(10 * [...expected.train, ...valid, ...held].length);
});

test('when parts without split words are read then their lines follow in the order of their numbers, and it says so', async () => {
  const data = laidOut({ 'part-10.csv': csvOf('c'), 'part-2.csv': csvOf('b') });
  const dataset = await load(data, { valid: null });

  expect(dataset.read.notes).toEqual(['2 files are read one behind the other: part-2.csv, part-10.csv.']);
  for (const split of ['train', 'valid', 'test'] as const) {
    for (const { text, label } of [...dataset.previews[split].first, ...dataset.previews[split].last]) {
      expect(text.startsWith('good')).toBe(dataset.classes[label] === 'pos');
    }
  }
});

test.each<[string, Record<string, Content>, string]>([
  [
    'two names of one split',
    { 'train.csv': csvOf('a'), 'val.csv': csvOf('b'), 'dev.csv': csvOf('c') },
    'dev.csv and val.csv',
  ],
  ['two tables of one split', { 'train_a.csv': csvOf('a'), 'train_b.csv': csvOf('b') }, 'train_a.csv and train_b.csv'],
  ['one table in two formats', { 'train.csv': csvOf('a'), 'train.jsonl': jsonLines }, 'train.csv, train.jsonl'],
  ['one table packed and not', { 'train.csv': csvOf('a'), 'train.csv.gz': csvOf('a') }, 'train.csv, train.csv.gz'],
  ['test reviews only', { 'test.csv': csvOf('a'), 'more.csv': csvOf('b') }, 'more.csv, test.csv'],
  [
    'part of the parts',
    { 'train-00000-of-00003.csv': csvOf('a'), 'train-00002-of-00003.csv': csvOf('b') },
    'all parts of train-\\*-of-00003',
  ],
  ['several formats', { 'a.csv': csvOf('a'), 'b.jsonl': jsonLines }, 'one format .* a.csv, b.jsonl'],
  [
    'other columns in one',
    { 'a.csv': csvOf('a'), 'b.csv': csvOf('b', 5, 'review,stars') },
    'b.csv in the columns text and label',
  ],
  [
    'tables in several folders',
    { 'en/train.csv': csvOf('a'), 'fr/train.csv': csvOf('b') },
    'in one folder only.* en/train.csv, fr/train.csv',
  ],
  [
    'files of Arrow',
    { 'train/data-00000-of-00001.arrow': 'x', 'dataset_dict.json': '{}' },
    'has dataset_dict.json, train/, in the folders train/data-00000-of-00001.arrow',
  ],
  ['texts beside each other', { '1_pos.txt': 'a', '2_neg.txt': 'b', '3_neg.txt': 'c' }, 'has \\*.txt \\(3 files\\)'],
])('when a folder has %s then it names them', async (_, contents, part) => {
  const message: unknown = expect.stringMatching(new RegExp(`^Expected [^\n]*${part}[^\n]*[.]$`));
  await expect(load(laidOut(contents), { valid: null })).rejects.toMatchObject({ code: 'ERR_DATASET', message });
});
