import type { Stats } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { ImdbTorchError } from '../../errors.js';
import { splitNames, type SplitName } from '../collected_reviews.js';
import { unreadable } from '../imdb/folder.js';
import type { DataFiles, Source, SourceOptions } from '../source_types.js';
import { openTable, type SplitInput } from '../tables/split_input.js';
import { splitInputsSource } from '../tables/split_inputs_source.js';
import { openAlike, openFolder, openFolderOfSplit } from './folder_inputs.js';
import { planTables } from './folder_plan.js';
import { resolvePaths } from './globs.js';
import { groupPaths } from './not_looked_at.js';

/**
 * Finds the reviews in a folder: tables or folders of classes, of several splits or not.
 * @throws ImdbTorchError ERR_DATASET that names what is there
 */
export async function folderSource(root: string, options: SourceOptions): Promise<Source> {
  const { parts, others } = await openFolder(root, options);
  return splitInputsSource(root, parts, options, groupPaths(others));
}

/**
 * Takes the tables that a pattern or list names, by the splits that their names say.
 * @param pattern names them in messages
 * @throws ImdbTorchError ERR_DATASET, ERR_USAGE when one is given twice
 */
export async function tablesSource(pattern: string, paths: readonly string[], options: SourceOptions): Promise<Source> {
  await checkOnce(paths, 'data');
  for (const path of paths) {
    if (!(await statusOf(path)).isDirectory()) continue;
    throw new ImdbTorchError('ERR_DATASET', `Expected tables as ${pattern} but ${path} is a folder; give it alone.`);
  }
  const plan = planTables(pattern, paths);
  const parts: Partial<Record<SplitName, SplitInput[]>> = {};
  const used = new Set<string>();
  for (const name of splitNames) {
    const part = plan[name];
    if (part === undefined || !('tables' in part)) continue;
    parts[name] = await openAlike(part.tables, (path) => [path, nameAmong(paths, path)], options);
    for (const path of part.tables) used.add(path);
  }
  return splitInputsSource(pattern, parts, options, groupPaths(paths.filter((path) => !used.has(path))));
}

/**
 * Takes the tables or folders of classes that are given for each split.
 * @throws ImdbTorchError ERR_DATASET, ERR_USAGE when one is given twice
 */
export async function filesSource(files: DataFiles, options: SourceOptions): Promise<Source> {
  const parts: Partial<Record<SplitName, SplitInput[]>> = {};
  const others: string[] = [];
  if (options.files !== undefined) await checkHasFolder(await resolvePaths(files.train), String(files.train));
  for (const name of splitNames) {
    const given = files[name];
    if (given === undefined) continue;
    const paths = (await resolvePaths(given)).filter((path) => path !== '');
    if (paths.length === 0) {
      throw new ImdbTorchError('ERR_USAGE', `Expected a file for the option ${name} but received none; give its path.`);
    }
    await checkOnce(paths, name);
    const inputs: SplitInput[] = [];
    for (const path of paths) {
      if ((await statusOf(path)).isDirectory()) {
        const found = await openFolderOfSplit(path, paths.length === 1 ? '' : `${path}/`, options);
        inputs.push(...(found.parts.train ?? []));
        others.push(...found.others.map((other) => `${path}/${other}`));
      } else inputs.push(await openTable(path, nameAmong(paths, path), options));
    }
    parts[name] = inputs;
  }
  const location = splitNames.flatMap((name) => files[name] ?? []).join(', ');
  return splitInputsSource(location, parts, options, groupPaths(others));
}

/** Names a file by its last part where that tells it from the others. */
function nameAmong(paths: readonly string[], path: string): string {
  const name = basename(path);
  return paths.filter((each) => basename(each) === name).length === 1 ? name : path;
}

async function checkOnce(paths: readonly string[], name: string): Promise<void> {
  const known = new Map<string, string>();
  for (const path of paths) {
    // What is not there is reported where it is opened.
    const real = await realpath(path).catch(() => path);
    const first = known.get(real);
    if (first !== undefined) {
      const again = first === path ? 'twice' : `and ${path}, which is the same file`;
      throw new ImdbTorchError(
        'ERR_USAGE',
        `Expected each file once for the option ${name} but received ${first} ${again}; give it once.`,
      );
    }
    known.set(real, path);
  }
}

/** @throws ImdbTorchError ERR_USAGE where there is no folder, in which patterns choose files */
export async function checkHasFolder(paths: readonly string[], name: string): Promise<void> {
  const statuses = await Promise.all(paths.map((path) => stat(path).catch(() => null)));
  if (statuses.some((status) => status?.isDirectory() === true)) return;
  throw new ImdbTorchError(
    'ERR_USAGE',
    `Expected a folder, in which the option files chooses, but received ${name}; leave the option files out.`,
  );
}

async function statusOf(path: string): Promise<Stats> {
  const status = await stat(path).catch((error: unknown) => {
    throw unreadable('', path, error);
  });
  assertNoPipe(path, status);
  return status;
}

/** @throws ImdbTorchError ERR_DATASET for what is neither a file nor a folder: data are read twice */
export function assertNoPipe(path: string, status: Stats): void {
  if (status.isFile() || status.isDirectory()) return;
  const what = status.isFIFO() ? 'a pipe, which can be read only once' : 'neither';
  throw new ImdbTorchError(
    'ERR_DATASET',
    `Expected a file or folder but ${path} is ${what}; write its content to a file first, and give that (compressed with gzip or not).`,
  );
}
