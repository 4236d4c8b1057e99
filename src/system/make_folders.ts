import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCode } from './file_errors.js';

/**
 * Makes `path` with its parents. Node's recursive `mkdir` is not used: it never returns where a file system has a
 * folder in which nothing can be made and says ENOENT, such as `/proc` (seen with Node 20).
 * @returns the folders that were not there before, the innermost first
 * @throws the system's error
 */
export async function makeFolders(path: string): Promise<string[]> {
  try {
    return (await makeFolder(path)) ? [path] : [];
  } catch (error) {
    if (systemCode(error) !== 'ENOENT' || dirname(path) === path) throw error;
  }
  const parents = await makeFolders(dirname(path));
  return (await makeFolder(path)) ? [path, ...parents] : parents;
}

async function makeFolder(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
    return false;
  }
}
