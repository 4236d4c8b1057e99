import { ImdbTorchError, messageOf } from '../errors.js';

const noWriting: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full; free some space or choose another place',
  EDQUOT: 'your disk quota is used up; free some space or choose another place',
  EACCES: 'you have no permission to write there; choose another place or change its permissions',
  EPERM: 'you have no permission to write there; choose another place or change its permissions',
  EROFS: 'the file system is read-only; choose another place',
  ENOTDIR: 'a part of this path is a file and no folder; choose another place',
  EISDIR: 'a folder is in the way; choose another name',
  EEXIST: 'something with this name is in the way; choose another name',
};

const noReading: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist; check the path',
  ENOTDIR: 'a part of this path is a file and no folder; check the path',
  EACCES: 'you have no permission to read it; change its permissions or give a copy',
  EPERM: 'you have no permission to read it; change its permissions or give a copy',
  ELOOP: 'it is a link that leads round; give the file itself',
  EISDIR: 'it is a folder; give a file',
};

/** Returns the code of a system error (`ENOENT`, ...), or undefined for anything else. */
export function systemCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Says in one sentence why `path` could not be written. An error that already has such a sentence stays as it is. */
export function outputError(path: string, error: unknown): ImdbTorchError {
  if (error instanceof ImdbTorchError) return error;
  const reason = noWriting[systemCode(error) ?? ''] ?? messageOf(error);
  return new ImdbTorchError('ERR_OUTPUT', `Could not write ${path}: ${reason}.`, { cause: error });
}

/** Says in one sentence why the data at `path` could not be read. */
export function inputError(path: string, error: unknown): ImdbTorchError {
  const reason = noReading[systemCode(error) ?? ''] ?? messageOf(error);
  return new ImdbTorchError('ERR_DATASET', `Could not read ${path}: ${reason}.`, { cause: error });
}
