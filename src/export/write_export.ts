import { readFile, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { writeFileAtomic } from '../system/atomic_file.js';
import { assertReplaceableFolder, writeFolderAtomic } from '../system/atomic_folder.js';
import { assertReplaceable } from '../system/own_output.js';
import { gzipped } from './gzipped.js';
import { pageStart } from './page/draw_page.js';
import { folderKinds, type ExportTarget } from './targets.js';

/** A file that was written. */
export interface WrittenFile {
  readonly name: string;
  readonly bytes: number;
  /** Its bytes when it is compressed with gzip, as servers send it. */
  readonly gzipped: number;
}

/**
 * Checks that an export can be written: that nothing would be lost that it has not made.
 * @throws ImdbTorchError ERR_OUTPUT
 */
export async function assertFreeForExport(out: string, to: ExportTarget): Promise<void> {
  return to === 'html' ? assertReplaceable(out, pageStart) : assertReplaceableFolder(out, folderKinds[to]);
}

/** Writes an export of one file. @throws ImdbTorchError ERR_OUTPUT; the reason of `signal` */
export async function writeExportedFile(
  out: string,
  content: string,
  signal: AbortSignal | undefined,
): Promise<WrittenFile[]> {
  await writeFileAtomic(out, [content], { signal });
  return [await measure(basename(out), Buffer.from(content))];
}

/**
 * Writes an export of a folder, whole or not at all.
 * @param known the size that gzip makes of files, where that is known: it takes long
 * @throws ImdbTorchError ERR_OUTPUT; what `fill` throws
 */
export async function writeExportedFolder(
  out: string,
  to: Exclude<ExportTarget, 'html'>,
  fill: (folder: string) => Promise<void>,
  known: ReadonlyMap<string, number> = new Map(),
): Promise<WrittenFile[]> {
  let files: WrittenFile[] = [];
  await writeFolderAtomic(out, folderKinds[to], async (folder) => {
    await fill(folder);
    const names = (await readdir(folder)).sort();
    files = await Promise.all(
      names.map(async (name) => measure(name, await readFile(join(folder, name)), known.get(name))),
    );
  });
  return files;
}

async function measure(name: string, content: Uint8Array, known?: number): Promise<WrittenFile> {
  return { name, bytes: content.length, gzipped: known ?? (await gzipped(content)).length };
}
