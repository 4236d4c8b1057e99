import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { plantedInKernels, plantedRead } from './planted_in_kernels.mjs';
import { plantedInLayers } from './planted_in_layers.mjs';
import { plantedInPortable } from './planted_in_portable.mjs';

const planted = { ...plantedInKernels, ...plantedInLayers, ...plantedInPortable };

/** The errors to plant: `from` occurs once in `file` and becomes `to`. None reads out of bounds. */
export const mutations = Object.entries(planted).flatMap(([file, errors]) =>
  errors.map((error) => ({ file, ...error })),
);

/**
 * Throws unless each of these errors has its one place in the code of `root`.
 * @param {string} root
 * @param {typeof mutations} chosen
 */
export function assertPlaces(root, chosen = [...mutations, plantedRead]) {
  const placesOf = ({ file, from }) => readFileSync(join(root, file), 'utf8').split(from).length - 1;
  const misplaced = chosen.filter((mutation) => placesOf(mutation) !== 1);
  if (misplaced.length === 0) return;
  const lines = misplaced.map(({ what, file, from }) => `${what}: expected once in ${file}:\n${from}`);
  throw new Error(`The list of planted errors does not fit the code.\n${lines.join('\n')}`);
}

/**
 * Copies parts of the project to a folder where errors are planted, with its dependencies. Writes only what differs:
 * builds go by the times of files, and what an interrupted run has planted must go.
 */
export function copyProject(root, copy, parts) {
  mkdirSync(copy, { recursive: true });
  const differs = (from, to) =>
    !statSync(from).isFile() || !existsSync(to) || !readFileSync(from).equals(readFileSync(to));
  for (const part of parts) cpSync(join(root, part), join(copy, part), { recursive: true, filter: differs });
  rmSync(join(copy, 'node_modules'), { force: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
}

/** Where the code of a file is that runs: of TypeScript what it was compiled to, which has the same lines but for types. */
function runningFile(file) {
  return file.replace(/^src\/(.*)\.ts$/, 'dist/$1.js');
}

/** Runs a task while an error is planted in a copy of the project, and returns what it returns. */
export async function withPlanted(copy, { file, from, to }, task) {
  const path = join(copy, runningFile(file));
  const original = readFileSync(path, 'utf8');
  const planted = original.replace(from, () => to);
  if (planted === original) throw new Error(`The compiled code of ${file} does not have:\n${from}`);
  writeFileSync(path, planted);
  try {
    return await task();
  } finally {
    writeFileSync(path, original);
  }
}
