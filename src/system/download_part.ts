import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { outputError, systemCode } from './file_errors.js';

/** The part of a file that has come so far. */
export interface PartialFile {
  readonly path: string;
  /** Bytes that are in the file at `path`; all of them are in `hash`. */
  size: number;
  hash: Hash;
  /** The server's mark (strong ETag or date) of the version that the bytes belong to; null where it gave none. */
  validator: string | null;
}

/** Reads what an earlier download to `to` has left; that may be nothing. */
export async function readPart(to: string): Promise<PartialFile> {
  const path = `${to}.part`;
  const validator = await readFile(validatorPath(path), 'utf8').catch(() => null);
  const part: PartialFile = { path, size: 0, hash: createHash('sha256'), validator };
  if (validator === null) return part;
  try {
    for await (const chunk of createReadStream(path)) addToPart(part, chunk as Buffer);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw outputError(path, error);
  }
  return part;
}

/** Counts and hashes bytes that have been appended to the file. */
export function addToPart(part: PartialFile, bytes: Uint8Array): void {
  part.size += bytes.byteLength;
  part.hash.update(bytes);
}

/** Forgets the bytes so far; those that come next belong to the version that `validator` marks. */
export async function restartPart(part: PartialFile, validator: string | null): Promise<void> {
  part.size = 0;
  part.hash = createHash('sha256');
  part.validator = validator;
  try {
    await rm(part.path, { force: true });
    if (validator === null) await rm(validatorPath(part.path), { force: true });
    else await writeFile(validatorPath(part.path), validator);
  } catch (error) {
    throw outputError(part.path, error);
  }
}

export function digestOf(part: PartialFile): string {
  return part.hash.copy().digest('hex');
}

/** Removes the mark of the version, and the part itself where it was not renamed. */
export async function removePart(part: PartialFile): Promise<void> {
  await rm(validatorPath(part.path), { force: true });
  await rm(part.path, { force: true });
}

function validatorPath(partPath: string): string {
  return `${partPath}.version`;
}
