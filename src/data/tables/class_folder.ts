import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { foreignKind } from '../../system/file_kind.js';
import { TextFileDecoding } from '../../system/text_encoding.js';
import { mapInGroups, readTextOf, statOf } from '../imdb/folder.js';
import type { SplitCollector } from './collector.js';
import type { ReadOptions } from '../source_file.js';
import { maximumReviewBytes } from '../collected_reviews.js';

interface ClassFile {
  /** The path within the folder, `class/name`. */
  readonly path: string;
  readonly label: string;
  readonly bytes: number;
  readonly modified: number;
}

/** A folder with one sub-folder per class, which hold one file per review. */
interface ClassFolder {
  readonly root: string;
  readonly files: readonly ClassFile[];
  readonly bytes: number;
  /** SHA-256 of every file's path, size and time of change. */
  readonly sha256: string;
}

/** Returns the names of the sub-folders, hidden ones aside, in the order of their characters. */
export async function subFolders(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .sort();
}

/** @throws ImdbTorchError ERR_DATASET when it cannot be read; the reason of `signal` */
export async function listClassFolder(root: string, signal: AbortSignal | undefined): Promise<ClassFolder> {
  const hash = createHash('sha256');
  const files: ClassFile[] = [];
  for (const label of await subFolders(root)) {
    const names = (await readdir(join(root, label))).filter((name) => !name.startsWith('.')).sort();
    const paths = names.map((name) => `${label}/${name}`);
    const statuses = mapInGroups(paths, signal, async (path) => ({ path, status: await statOf(root, path) }));
    for await (const { path, status } of statuses) {
      if (status.isFile()) files.push({ path, label, bytes: status.size, modified: status.mtimeMs });
    }
  }
  for (const { path, bytes, modified } of files) hash.update(`${JSON.stringify([path, bytes, modified])}\n`);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return { root, files, bytes, sha256: hash.digest('hex') };
}

/** @throws ImdbTorchError ERR_DATASET when a file cannot be read; the reason of `signal` */
export async function readClassFolder(
  { root, files }: ClassFolder,
  { signal, onRead, onNote, encoding }: ReadOptions & { encoding: string },
  collector: SplitCollector,
): Promise<void> {
  let bytesRead = 0;
  const decoding = new TextFileDecoding(encoding);
  // A file too large for a review is not read, only reported.
  const texts = mapInGroups(files, signal, async (file) => ({
    ...file,
    text: file.bytes > maximumReviewBytes ? null : await readTextOf(root, file.path),
  }));
  for await (const { path, label, bytes, text } of texts) {
    if (text === null) collector.bad(path, `has ${bytes} bytes, more than the ${maximumReviewBytes} of any review`);
    else {
      const kind = foreignKind(text);
      if (kind === null || kind.isMarkup) collector.row(path, decoding.decode(text, path), label);
      else collector.bad(path, `is ${kind.name}`);
    }
    bytesRead += bytes;
    await onRead?.(bytesRead);
  }
  for (const sentence of decoding.notes(root)) onNote?.(sentence);
}
