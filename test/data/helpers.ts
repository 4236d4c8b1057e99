import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll } from '@jest/globals';
import { Header, type types as headerTypes } from 'tar';
import { readDataset, type Dataset, type DatasetOptions } from '../../src/data/dataset.js';
import { originNames } from '../../src/data/origins.js';
import type { EncodedSplit } from '../../src/data/splits/encoded_splits.js';

/** A folder that is removed when the tests of the file are done. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'imdb-torch-data-'));
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

export interface Entry {
  path: string;
  content?: string | Uint8Array;
  type?: headerTypes.EntryTypeName;
  linkpath?: string;
  /** What the header says when it is not the length of the content. */
  size?: number;
}

/** A tar file of these entries, with the two empty blocks that end it. */
export function tar(entries: readonly Entry[]): Buffer {
  const blocks = entries.flatMap(({ path, content = '', type = 'File', linkpath, size }) => {
    const body = Buffer.from(content as Uint8Array);
    const block = Buffer.alloc(512);
    new Header({
      path,
      type,
      mode: 0o644,
      size: size ?? body.length,
      mtime: new Date(0),
      ...(linkpath === undefined ? {} : { linkpath }),
    }).encode(block, 0);
    return [block, body, Buffer.alloc((512 - (body.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** Ten invented reviews, in an order that is not theirs. */
export const reviews: readonly Entry[] = [
  { path: 'aclImdb/test/neg/1_1.txt', content: 'Dull, dull film' },
  { path: 'aclImdb/train/pos/2_9.txt', content: 'A fine café film' },
  { path: 'aclImdb/train/pos/10_8.txt', content: 'Fine!\r\nReally fine' },
  { path: 'aclImdb/train/neg/0_2.txt', content: 'A dull film' },
  { path: 'aclImdb/train/neg/1_1.txt', content: 'Dull and long' },
  { path: 'aclImdb/train/pos/1_7.txt', content: 'A film of charm' },
  { path: 'aclImdb/train/neg/3_4.txt', content: 'Long and poor' },
  { path: 'aclImdb/test/pos/0_10.txt', content: `${'é'.repeat(99)}\u{1f600}z and more` },
  { path: 'aclImdb/test/pos/7_10.txt', content: '' },
  { path: 'aclImdb/test/neg/0_1.txt', content: 'Poor FILM' },
];

/** Writes an archive and returns its path. */
export function archive(folder: string, name: string, entries: readonly Entry[] = reviews): string {
  const path = join(folder, name);
  writeFileSync(path, name.endsWith('gz') ? gzipSync(tar(entries)) : tar(entries));
  return path;
}

export function load(data: DatasetOptions['data'], options: Partial<DatasetOptions> = {}): Promise<Dataset> {
  return readDataset({
    data,
    vocab: 100,
    seed: 123,
    valid: 2,
    cacheFolder: null,
    ...options,
  });
}

/** What was read and encoded, without where from and how long it took. */
export function contentOf({ vocabulary, splits, previews, classes }: Dataset): unknown {
  const plain = Object.entries(splits).map(([name, { ids, offsets, labels, origins }]) => [
    name,
    {
      ids: Array.from(ids),
      offsets: Array.from(offsets),
      labels: Array.from(labels),
      origins: originsOf({ labels, origins }),
    },
  ]);
  const { words, sha256 } = vocabulary;
  return { words, sha256, previews, classes, splits: Object.fromEntries(plain) as unknown };
}

export function originsOf({ labels, origins }: Pick<EncodedSplit, 'labels' | 'origins'>): string[] {
  const name = originNames(origins);
  return Array.from(labels, (_, review) => name(review));
}
