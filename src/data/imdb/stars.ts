import { aString, fields, int32Array } from '../../arguments.js';
import { ImdbTorchError } from '../../errors.js';
import type { EncodedSplit } from '../splits/encoded_splits.js';
import { checkOrigins, originNames } from '../origins.js';

/**
 * Returns the stars, 1 to 10, that came with each review: the file names of the IMDb data have them, as 9 in
 * `train/pos/7_9.txt`.
 * @param location what messages call the data
 * @returns `[reviews]`
 * @throws ImdbTorchError ERR_USAGE when a name has none
 */
const checkSplit = fields({ labels: int32Array, origins: checkOrigins });

export function starsOf(split: Pick<EncodedSplit, 'labels' | 'origins'>, location: string): Int32Array {
  checkSplit(split, 'split');
  aString(location, 'location');
  const { labels, origins } = split;
  const nameOf = originNames(origins);
  return Int32Array.from(labels, (_, review) => {
    const name = nameOf(review);
    const stars = /\/\d+_(10|[1-9])\.txt$/.exec(name)?.[1];
    if (stars !== undefined) return Number(stars);
    throw new ImdbTorchError(
      'ERR_USAGE',
      `Expected reviews whose file names have their stars, as 9 in train/pos/7_9.txt, but ${location} has no stars (${name}); take the IMDb reviews.`,
    );
  });
}
