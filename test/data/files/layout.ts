import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Dataset } from '../../../src/data/dataset.js';
import { originsOf } from '../helpers.js';

/** What a path of a layout has: a text, bytes, or a link to another path. */
export type Content = string | Uint8Array | { link: string };

/** Writes files and links; a path that ends with a slash is an empty folder. @returns the folder */
export function layOut(folder: string, contents: Readonly<Record<string, Content>>): string {
  for (const [path, content] of Object.entries(contents)) {
    const place = join(folder, path);
    mkdirSync(path.endsWith('/') ? place : dirname(place), { recursive: true });
    if (path.endsWith('/')) continue;
    if (typeof content === 'object' && 'link' in content) symlinkSync(content.link, place);
    else writeFileSync(place, content);
  }
  return folder;
}

/** Makes a CSV file of `count` reviews of each of two classes, which say where they are from. */
export function csvOf(word: string, count = 5, header = 'text,label'): string {
  const rows = Array.from({ length: count }, (_, index) => `good ${word} ${index},pos\nbad ${word} ${index},neg\n`);
  return `${header}\n${rows.join('')}`;
}

/** Makes files of five reviews of each class. */
export function texts(classes: readonly string[], nameOf = (index: number): string => `${index}.txt`) {
  const files = classes.flatMap((name) =>
    Array.from({ length: 5 }, (_, index) => [`${name}/${nameOf(index)}`, `review ${index} of ${name}`] as const),
  );
  return Object.fromEntries(files);
}

/** The origins of a split in order, without the numbers of lines. */
export function filesOf(dataset: Dataset, ...splits: readonly ('train' | 'valid' | 'test')[]): string[] {
  const origins = splits.flatMap((split) => originsOf(dataset.splits[split]));
  return [...new Set(origins.map((origin) => origin.replace(/ (?:line|row) \d+$/, '')))].sort();
}

/** How many reviews there are in all. */
export function countOf({ splits }: Dataset): number {
  return Object.values(splits).reduce((sum, { labels }) => sum + labels.length, 0);
}
