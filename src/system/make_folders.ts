import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { systemCode } from './file_errors.js';

/**
 * Makes `path` with its parents. Node's recursive `mkdir` is not used: it never returns where a file system has a
 * folder in which nothing can be made and says ENOENT, such as `/proc` (seen with Node 20).
 * @returns the folders that were not there before, the innermost first
 * @throws the system's error
 */
export function makeFoldersSync(path: string): string[] {
  try {
    return makeFolder(path) ? [path] : [];
  } catch (error) {
    if (systemCode(error) !== 'ENOENT' || dirname(path) === path) throw error;
  }
  const parents = makeFoldersSync(dirname(path));
  return makeFolder(path) ? [path, ...parents] : parents;
}

/** Does what `makeFoldersSync` does, with its errors as rejections; folders are few, and made without waiting. */
export async function makeFolders(path: string): Promise<string[]> {
  return Promise.resolve(makeFoldersSync(path));
}

function makeFolder(path: string): boolean {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
    return false;
  }
}
