import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import { writeFileAtomic } from '../system/atomic_file.js';
import { formatJson } from '../system/format_json.js';
import { hashFile } from '../system/file_hash.js';
import { readRunDocument } from './read_run.js';

/** A file of a run directory. */
export interface StoredFile {
  /** Its path from the directory, with slashes. */
  name: string;
  bytes: number;
  sha256: string;
}

export async function describeFile(folder: string, name: string): Promise<StoredFile> {
  return { name: name.replaceAll(sep, '/'), ...(await hashFile(join(folder, name))) };
}

/** The text of a `run.json`. */
export function formatRunDocument(document: object): string {
  return `${formatJson(document)}\n`;
}

/**
 * Has the `files` of `run.json` say of one file what is there now: how large it is, or nothing where it is gone. A
 * `run.json` without such a list stays as it is.
 * @throws ERR_RUN when there is no `run.json`; what the system says when it cannot be written
 */
export async function recordFile(run: string, name: string): Promise<void> {
  const document = await readRunDocument(run);
  if (document.files === undefined) return;
  const files = document.files.filter((file) => file.name !== name);
  if (existsSync(join(run, name))) files.push(await describeFile(run, name));
  files.sort((one, other) => (one.name < other.name ? -1 : 1));
  await writeFileAtomic(join(run, 'run.json'), [formatRunDocument({ ...document, files })]);
}
