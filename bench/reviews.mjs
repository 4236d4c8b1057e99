// @ts-check
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { list } from 'tar';
import { root } from '../scripts/project.mjs';

/** The option `--data`, for `parseArgs`. */
export const dataOption = /** @type {const} */ ({
  type: 'string',
  default: process.env.IMDB_TORCH_DATA ?? join(root, '../shared/data/aclImdb.tgz'),
});

/**
 * Returns the path of the archive, and ends the process where there is none.
 * @param {string} data
 */
export function findArchive(data) {
  const archive = resolve(data);
  if (existsSync(archive)) return archive;
  console.error('Expected the IMDb archive but found none; name it with --data or IMDB_TORCH_DATA.');
  process.exit(4);
}

/**
 * Returns the labelled reviews of a split, in the archive's order.
 * @param {string} archive
 * @param {'train' | 'test'} split
 */
export async function readReviews(archive, split) {
  const isReview = new RegExp(`(^|/)${split}/(pos|neg)/[^/]+\\.txt$`);
  /** @type {Buffer[]} */
  const reviews = [];
  await list({
    file: archive,
    onReadEntry: (entry) => {
      if (!isReview.test(entry.path)) {
        entry.resume();
        return;
      }
      /** @type {Buffer[]} */
      const parts = [];
      entry.on('data', (part) => parts.push(part));
      entry.on('end', () => reviews.push(Buffer.concat(parts)));
    },
  });
  return reviews;
}
