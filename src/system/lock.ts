import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { temporaryBeside } from './atomic_file.js';
import { outputError, systemCode } from './file_errors.js';
import { makeFolders } from './make_folders.js';

const pollMilliseconds = 100;
/** A lock file is created and then filled; one that stays empty for this time was left by a crash in between. */
const emptyIsStaleAfterMilliseconds = 5_000;

interface LockOptions {
  /** Called once when another process holds the lock. */
  onWait?: (() => void) | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Runs `fn` while no other process (nor another call in this one) is inside `withLock` of the same `path`. The lock
 * is a file that names its holder; one whose holder is dead is broken.
 * @throws ImdbTorchError ERR_OUTPUT when the lock file cannot be written; the reason of `signal`; what `fn` throws
 */
export async function withLock<T>(path: string, fn: () => Promise<T>, options: LockOptions = {}): Promise<T> {
  await acquire(path, options);
  try {
    return await fn();
  } finally {
    await rm(path, { force: true });
  }
}

async function acquire(path: string, { onWait, signal }: LockOptions): Promise<void> {
  let waiting = false;
  while (!(await tryCreate(path))) {
    if (await breakStale(path)) continue;
    if (!waiting) onWait?.();
    waiting = true;
    await sleep(pollMilliseconds, undefined, { signal }).catch(() => undefined);
    signal?.throwIfAborted();
  }
}

async function tryCreate(path: string): Promise<boolean> {
  try {
    await makeFolders(dirname(path));
    await writeFile(path, holderOf(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw outputError(path, error);
  }
}

/** Returns whether the lock is gone: its holder was dead, or let go meanwhile. */
async function breakStale(path: string): Promise<boolean> {
  try {
    const holder = await readFile(path, 'utf8');
    const stale = holder === '' ? await isOldFile(path) : !isAlive(holder);
    if (!stale || (await readFile(path, 'utf8')) !== holder) return false;
    // Renaming, not removing: of several processes that find the lock stale only one can take it away.
    const taken = temporaryBeside(path);
    await rename(path, taken);
    await rm(taken, { force: true });
    return true;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return true;
    throw outputError(path, error);
  }
}

async function isOldFile(path: string): Promise<boolean> {
  return Date.now() - (await stat(path)).mtimeMs > emptyIsStaleAfterMilliseconds;
}

/** Names the process and, where the system tells, when it started: process ids are used again. */
export function holderOf(pid: number): string {
  return `${pid} ${readProcess(pid)?.start ?? ''}`;
}

/** Says whether the process that `holderOf` named is alive. */
export function isAlive(holder: string): boolean {
  const pid = Number.parseInt(holder, 10);
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (systemCode(error) !== 'EPERM') return false;
  }
  return holder === holderOf(pid) && readProcess(pid)?.state !== 'Z';
}

/** Asks Linux about a process: its state (Z: dead, not yet reaped) and its start in clock ticks since the boot. */
function readProcess(pid: number): { state: string | undefined; start: string | undefined } | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The fields after the command's name, which may itself hold spaces and parentheses.
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0], start: fields[19] };
  } catch {
    return undefined;
  }
}
