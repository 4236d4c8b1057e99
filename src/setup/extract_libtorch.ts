import { createWriteStream } from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { openPromise, type Entry } from 'yauzl';
import { outputError } from '../system/file_errors.js';
import { makeFolders } from '../system/make_folders.js';

/** The files of a torch wheel that a build and a run need; the rest is Python. */
const wanted = /^torch\/(?:(?:lib|include|share)\/.*|version\.py)$/;
const unwanted = /\/libtorch_python\.|\.(?:py|pyi|a)$/;

/**
 * Unpacks libtorch out of a torch wheel, which is a zip file, into the new folder `to`.
 * @throws ImdbTorchError ERR_OUTPUT; yauzl's error for a broken file or one with paths that lead outside
 */
export async function extractLibtorch(wheel: string, to: string, signal?: AbortSignal): Promise<void> {
  const zip = await openPromise(wheel);
  try {
    for await (const entry of zip.eachEntry()) {
      signal?.throwIfAborted();
      const isWanted = entry.fileName === 'torch/version.py' || !unwanted.test(entry.fileName);
      if (isWanted && wanted.test(entry.fileName) && !entry.fileName.endsWith('/')) await extract(entry);
    }
  } finally {
    zip.close();
  }

  async function extract(entry: Entry): Promise<void> {
    const path = join(to, entry.fileName.slice('torch/'.length));
    const source = await zip.openReadStreamPromise(entry);
    try {
      await makeFolders(dirname(path));
      await pipeline(source, createWriteStream(path, { flags: 'wx' }));
    } catch (error) {
      throw outputError(path, error);
    }
  }
}
