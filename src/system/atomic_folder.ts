import { mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ImdbTorchError } from '../errors.js';
import { syncFolder, temporaryBeside } from './atomic_file.js';
import { outputError, systemCode } from './file_errors.js';
import { makeFolders } from './make_folders.js';
import { assertReplaceable } from './own_output.js';

/** A kind of folder that may be written again: what it has, and how one of its files begins. */
export interface FolderKind {
  /** The names of the files that one of the kind can have. */
  readonly names: readonly string[];
  /** The file that each has, and how that begins, in ASCII. */
  readonly mark: { readonly name: string; readonly start: string };
}

/**
 * Has folders stay that somebody else has made: `path` may be free, or an empty folder, or one of the same kind.
 * @throws ImdbTorchError ERR_OUTPUT for anything else
 */
export async function assertReplaceableFolder(path: string, { names, mark }: FolderKind): Promise<void> {
  const found = await readdir(path).catch((error: unknown): string[] => {
    if (systemCode(error) === 'ENOENT') return [];
    throw outputError(path, error);
  });
  if (found.length === 0) return;
  const foreign = found.find((name) => !names.includes(name)) ?? (found.includes(mark.name) ? undefined : found[0]);
  if (foreign !== undefined)
    throw new ImdbTorchError(
      'ERR_OUTPUT',
      `Could not write ${path}: ${foreign} is there, which would be lost; choose another name.`,
    );
  await assertReplaceable(join(path, mark.name), mark.start);
}

/**
 * Fills a folder beside `path` and gives it that name when it is whole; the one that had the name is removed then. When
 * `fill` fails, what was there stays.
 * @param fill writes the files into the folder that it is given
 * @throws ImdbTorchError ERR_OUTPUT when the file system refuses, or the folder is of another kind; what `fill` throws
 */
export async function writeFolderAtomic(
  path: string,
  kind: FolderKind,
  fill: (folder: string) => Promise<void>,
): Promise<void> {
  const target = resolve(path);
  const temporary = temporaryBeside(target);
  const made = await refused(path, () => makeFolders(dirname(target)));
  try {
    await refused(path, () => mkdir(temporary));
    await fill(temporary);
    await assertReplaceableFolder(target, kind);
    await refused(path, () => takePlace(temporary, target));
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    for (const folder of made) await rmdir(folder).catch(() => undefined);
    throw error;
  }
  await syncFolder(dirname(target));
}

async function refused<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw outputError(path, error);
  }
}

async function takePlace(folder: string, target: string): Promise<void> {
  const before = temporaryBeside(target);
  await rename(target, before).catch((error: unknown) => {
    if (systemCode(error) !== 'ENOENT') throw error;
  });
  try {
    await rename(folder, target);
  } catch (error) {
    await putBack(before, target);
    throw error;
  }
  await remove(before);
}

/** Gives a folder its name again, unless there is none or another process has taken the name meanwhile. */
async function putBack(before: string, target: string): Promise<void> {
  await rename(before, target).catch(async (error: unknown) => {
    const code = systemCode(error);
    if (code === 'ENOTEMPTY' || code === 'EEXIST') await remove(before);
  });
}

/** What is done is done, even where the folder that it takes the place of cannot be removed. */
async function remove(before: string): Promise<void> {
  await rm(before, { recursive: true, force: true }).catch(() => undefined);
}
