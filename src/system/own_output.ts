import { open, stat } from 'node:fs/promises';
import { ImdbTorchError } from '../errors.js';
import { outputError, systemCode } from './file_errors.js';

/**
 * Has files stay that somebody else has made: `path` may be free, or an empty file, or one of the same kind.
 * @param start how each file of the kind begins, in ASCII
 * @throws ImdbTorchError ERR_OUTPUT for anything else
 */
export async function assertReplaceable(path: string, start: string): Promise<void> {
  const stats = await stat(path).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return null;
    throw outputError(path, error);
  });
  if (stats === null) return;
  if (!stats.isFile())
    throw refusal(path, stats.isDirectory() ? 'a folder is there' : 'what is there is no plain file');
  const begin = await readStart(path, start.length).catch((error: unknown) => {
    throw outputError(path, error);
  });
  if (begin !== '' && begin !== start) throw refusal(path, 'a file of another kind is there, which would be lost');
}

function refusal(path: string, what: string): ImdbTorchError {
  return new ImdbTorchError('ERR_OUTPUT', `Could not write ${path}: ${what}; choose another name.`);
}

async function readStart(path: string, length: number): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await file.close();
  }
}
