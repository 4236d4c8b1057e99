import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { list } from 'tar';

const folder = fileURLToPath(new URL('../..', import.meta.url));
const { IMDB_TORCH_DATA: named = '' } = process.env;

/** Where the archive of the reviews is, or would be. */
export const imdbArchive = named === '' ? join(folder, '../shared/data/aclImdb.tgz') : named;
export const hasImdbArchive = existsSync(imdbArchive);

export interface ImdbReview {
  readonly split: 'train' | 'test';
  /** `neg` or `pos`. */
  readonly label: string;
  /** 1 to 10, without 5 and 6. */
  readonly stars: string;
  readonly text: string;
}

/** Reads the labelled reviews of the archive, in its order. */
export async function readImdbReviews(): Promise<ImdbReview[]> {
  const reviews: ImdbReview[] = [];
  await list({
    file: imdbArchive,
    onReadEntry: (entry) => {
      const [, split, label, stars] = /(train|test)\/(neg|pos)\/\d+_(\d+)\.txt$/.exec(entry.path) ?? [];
      if (split === undefined || label === undefined || stars === undefined) {
        entry.resume();
        return;
      }
      const parts: Buffer[] = [];
      entry.on('data', (part) => parts.push(part));
      entry.on('end', () => {
        reviews.push({ split: split as 'train' | 'test', label, stars, text: Buffer.concat(parts).toString() });
      });
    },
  });
  return reviews;
}
