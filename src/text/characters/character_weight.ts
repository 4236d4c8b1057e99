import type { FeatureNames } from '../feature_names.js';
import type { FeatureOptions } from '../features.js';

type Options = Pick<FeatureOptions, 'characters' | 'characterWeight'>;

/** Whether n-grams of characters have a weight of their own. */
export function hasCharacterWeight({ characters, characterWeight = 1 }: Options): boolean {
  return characters !== undefined && characterWeight !== 1;
}

/**
 * Multiplies the factors of n-grams of characters by their weight.
 * @param weights `[features]`: the factors of all features; null where all are 1
 */
export function withCharacterWeight(
  weights: Float32Array | null,
  names: FeatureNames,
  options: Options,
): Float32Array | null {
  if (!hasCharacterWeight(options)) return weights;
  const { characterWeight = 1 } = options;
  const all = weights?.slice() ?? new Float32Array(names.size).fill(1);
  for (let id = 0; id < all.length; id += 1) if (names.isOfCharacters(id)) all[id] *= characterWeight;
  return all;
}
