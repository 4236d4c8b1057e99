import { ImdbTorchError } from '../../errors.js';
import type { Reviews } from './reviews.js';

/**
 * Deals reviews out to folds: the smallest fold takes the next review or, where the movies are known,
 * all reviews of the next movie.
 * @returns `[reviews]`: 0 .. folds - 1
 * @throws ImdbTorchError ERR_USAGE when there are fewer reviews, or movies, than folds
 */
export function assignFolds({ labels, movies }: Reviews, folds: number): Int32Array {
  const groups = movies ?? Int32Array.from(labels, (_, row) => row);
  const sizes = new Map<number, number>();
  for (const group of groups) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  if (sizes.size < folds) {
    const what = movies === undefined ? 'training reviews' : 'movies';
    throw new ImdbTorchError(
      'ERR_USAGE',
      `Expected at most ${sizes.size} folds, one for each of the ${what}, but received ${folds}.`,
    );
  }
  const filled = new Array<number>(folds).fill(0);
  const foldOf = new Map<number, number>();
  for (const [group, size] of sizes) {
    const fold = filled.indexOf(Math.min(...filled));
    foldOf.set(group, fold);
    filled[fold] = (filled[fold] ?? 0) + size;
  }
  return groups.map((group) => foldOf.get(group) ?? 0);
}
