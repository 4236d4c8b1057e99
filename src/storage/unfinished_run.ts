import { appendFile, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { isTemporaryOf, temporaryBeside } from '../system/atomic_file.js';
import { systemCode } from '../system/file_errors.js';
import { holderOf, isAlive } from '../system/lock.js';

/**
 * A folder has this file while a run is written into it. Its first lines name the machine and the process, the others
 * what is written, so that what a run leaves that is killed can be told from everything else.
 */
const markName = '.unfinished';

/** @throws EEXIST when another run has marked the folder; other errors of the file system */
export async function markUnfinished(folder: string): Promise<void> {
  try {
    await writeFile(join(folder, markName), `${hostname()}\n${holderOf(process.pid)}\n`, { flag: 'wx' });
  } catch (error) {
    // On a full disk it is there all the same, and empty.
    if (systemCode(error) !== 'EEXIST') await removeMark(folder);
    throw error;
  }
}

/** Has the mark name files that are about to be written. @param names paths within the folder */
export async function noteWritten(folder: string, names: readonly string[]): Promise<void> {
  await appendFile(join(folder, markName), names.map((name) => `${name}\n`).join(''));
}

/** Takes the mark away: the run is finished, or is given up. */
export async function removeMark(folder: string): Promise<void> {
  await rm(join(folder, markName), { force: true });
}

/**
 * Empties a folder that has nothing but what a run left there whose process is dead. Anything else stays as it is.
 * @returns whether the folder is empty now
 */
export async function clearKilledRun(folder: string): Promise<boolean> {
  const mark = join(folder, markName);
  const text = await readFile(mark, 'utf8').catch(() => '');
  const [machine, holder = '', ...names] = text.split('\n').filter((line) => line !== '');
  // Only this machine knows whether a process of it is alive.
  if (machine !== hostname() || holder === '' || isAlive(holder)) return false;
  const left = await listLeft(folder, new Set(names));
  if (left === null) return false;
  // Of several processes that find the mark only one can take it away.
  const taken = temporaryBeside(mark);
  await rename(mark, taken);
  for (const name of left) await rm(join(folder, name), { force: true });
  for (const name of new Set(left.map(dirname))) if (name !== '.') await rmdir(join(folder, name));
  await rm(taken);
  return true;
}

/** Returns the files of the folder, the mark aside, when all of them are `names` or were to become that; else null. */
async function listLeft(folder: string, names: ReadonlySet<string>): Promise<string[] | null> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const isOwn = (path: string): boolean =>
    [...names].some((name) => {
      const isBeside = dirname(name) === dirname(path);
      return name === path || (isBeside && isTemporaryOf(basename(path), basename(name)));
    });
  const folders = new Set([...names].map(dirname));
  const left: string[] = [];
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name).slice(join(folder, '/').length);
    if (path === markName) continue;
    if (entry.isDirectory() ? !folders.has(path) : !entry.isFile() || !isOwn(path)) return null;
    if (entry.isFile()) left.push(path);
  }
  // A run that has this file is complete.
  return left.includes('run.json') ? null : left;
}
