import { realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { adapterConfigName, adapterFolder, adapterTensorsName } from '../storage/adapter.js';
import { modelDescriptionName } from '../storage/model_description.js';

const adapterFiles = [adapterConfigName, adapterTensorsName];
const runFiles = [
  ...['run.json', modelDescriptionName, 'vocabulary.txt', 'model.safetensors', 'merged.safetensors'],
  ...adapterFiles.map((name) => join(adapterFolder, name)),
];

/**
 * Returns the files that a model is read from, wherever links lead to.
 * @param adapter the folder of an adapter that is not the run's own; undefined: there is none
 */
export function filesOfModel(run: string, adapter?: string): string[] {
  const others = adapter === undefined ? [] : adapterFiles.map((name) => join(adapter, name));
  return [...runFiles.map((name) => join(run, name)), ...others];
}

/** Returns what changes when a file is written or replaced, or a link on the way to it is moved. */
export async function stateOfFiles(paths: readonly string[]): Promise<string> {
  const states = await Promise.all(
    paths.map(async (path) => {
      try {
        const { ino, size, mtimeMs } = await stat(path);
        return [await realpath(path), ino, size, mtimeMs];
      } catch {
        return null;
      }
    }),
  );
  return JSON.stringify(states);
}
