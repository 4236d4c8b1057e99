import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { outputError } from './file_errors.js';
import { makeFolders, makeFoldersSync } from './make_folders.js';

type Chunks = Iterable<Uint8Array | string> | AsyncIterable<Uint8Array | string>;

/** Makes up a name beside `path`, hidden and unlike any other, for a file or folder that will be renamed to `path`. */
export function temporaryBeside(path: string): string {
  const unique = `${process.pid}-${randomBytes(4).toString('hex')}`;
  return join(dirname(path), `.${basename(path)}.${unique}.tmp`);
}

/** Says whether `name` is one that `temporaryBeside` makes up for a file of the name `target`. */
export function isTemporaryOf(name: string, target: string): boolean {
  return name.startsWith(`.${target}.`) && /^\d+-[0-9a-f]{8}\.tmp$/.test(name.slice(target.length + 2));
}

/**
 * Writes `chunks` to a temporary file in the folder of `path` (made when missing), syncs it, renames it and syncs the
 * folder: a file named `path` is whole. When a chunk cannot be produced or written, or `signal` aborts, the temporary
 * file is removed and what `path` was before stays.
 * @throws ImdbTorchError ERR_OUTPUT when the file system refuses; whatever `chunks` throws; the reason of `signal`
 */
export async function writeFileAtomic(
  path: string,
  chunks: Chunks,
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<void> {
  const temporary = temporaryBeside(path);
  const file = await refused(path, async () => {
    await makeFolders(dirname(path));
    return open(temporary, 'wx');
  });
  try {
    try {
      for await (const chunk of chunks) {
        signal?.throwIfAborted();
        await refused(path, () => writeAll(file, chunk));
      }
      await refused(path, () => file.sync());
    } finally {
      await file.close();
    }
    signal?.throwIfAborted();
    await refused(path, () => rename(temporary, path));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/**
 * Writes a small file as `writeFileAtomic` does, where there is no waiting.
 * @throws ImdbTorchError ERR_OUTPUT when the file system refuses
 */
export function writeFileAtomicSync(path: string, content: Uint8Array | string): void {
  const temporary = temporaryBeside(path);
  try {
    makeFoldersSync(dirname(path));
    const file = openSync(temporary, 'wx');
    try {
      writeFileSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    // Not where the folder is a file.
    if (existsSync(temporary)) rmSync(temporary);
    throw outputError(path, error);
  }
}

async function refused<T>(path: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    throw outputError(path, error);
  }
}

/** `FileHandle.write` may write less than it was given. */
async function writeAll(file: FileHandle, chunk: Uint8Array | string): Promise<void> {
  const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
  for (let done = 0; done < bytes.byteLength;) {
    done += (await file.write(bytes, done)).bytesWritten;
  }
}

/** Makes a rename in this folder survive a power cut; file systems that cannot sync a folder are left alone. */
export async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path);
    await folder.sync().finally(() => folder.close());
  } catch {
    // Some file systems refuse to sync folders; the file itself is whole either way.
  }
}
