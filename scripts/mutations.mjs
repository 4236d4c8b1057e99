import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { plantedInKernels } from './planted_in_kernels.mjs';
import { plantedInLayers } from './planted_in_layers.mjs';

/** Errors to plant in the native code: `from` occurs once in `file` and becomes `to`. None reads out of bounds. */
export const mutations = Object.entries({ ...plantedInKernels, ...plantedInLayers }).flatMap(
  ([file, errors]) => errors.map((error) => ({ file, ...error })),
);

/**
 * Throws unless each of these errors has its one place in the code of `root`.
 * @param {string} root
 * @param {typeof mutations} chosen
 */
export function assertPlaces(root, chosen = mutations) {
  const placesOf = ({ file, from }) => readFileSync(join(root, file), 'utf8').split(from).length - 1;
  const misplaced = chosen.filter((mutation) => placesOf(mutation) !== 1);
  if (misplaced.length === 0) return;
  const lines = misplaced.map(({ what, file, from }) => `${what}: expected once in ${file}:\n${from}`);
  throw new Error(`The list of planted errors does not fit the code.\n${lines.join('\n')}`);
}
