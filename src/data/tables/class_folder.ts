import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../../system/file_errors.js';
import { foreignKind } from '../../system/file_kind.js';
import { TextFileDecoding } from '../../system/text_encoding.js';
import type { ChooseReviews } from '../files/choose_reviews.js';
import { extensionOf } from '../files/file_kinds.js';
import { filesWithin, foldersWithin, type FolderTree, type Problem } from '../files/folder_tree.js';
import { mapInGroups, unreadable } from '../imdb/folder.js';
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

/** A folder with one sub-folder per class, which hold one file per review, at any depth. */
export interface ClassFolder {
  readonly root: string;
  readonly files: readonly ClassFile[];
  readonly problems: readonly Problem[];
  /** The paths of what is no review, by its name or since it is read elsewhere. */
  readonly others: readonly string[];
  readonly notes: readonly string[];
  readonly bytes: number;
  /** SHA-256 of every file's path, size and time of change. */
  readonly sha256: string;
}

/**
 * Lists the reviews of a folder that has been looked at, class by class.
 * @param root the path that the paths of `tree` start from
 * @throws ImdbTorchError ERR_DATASET when a file cannot be looked at; the reason of `signal`
 */
export async function listClassFolder(
  root: string,
  tree: FolderTree,
  choose: ChooseReviews,
  signal: AbortSignal | undefined,
): Promise<ClassFolder> {
  const hash = createHash('sha256');
  const files: ClassFile[] = [];
  const problems = [...foldersWithin(tree)].flatMap((folder) => folder.problems);
  const chosen = classesIn(tree).map((folder) => ({ folder, paths: [...choose.within(folder)].sort() }));
  const within = tree.path === '' ? 0 : tree.path.length + 1;
  for (const { folder, paths } of chosen) {
    const statuses = mapInGroups(paths, signal, async (path) => ({ path, status: await statusOf(root, path) }));
    for await (const { path, status } of statuses) {
      if (typeof status === 'string') problems.push({ path, why: status });
      else files.push({ path: path.slice(within), label: folder.name, bytes: status.size, modified: status.mtimeMs });
    }
  }
  for (const problem of problems) hash.update(`${JSON.stringify(problem)}\n`);
  for (const { path, bytes, modified } of files) hash.update(`${JSON.stringify([path, bytes, modified])}\n`);
  const used = new Set(chosen.flatMap(({ paths }) => paths));
  return {
    root: join(root, tree.path),
    files,
    problems: problems.map(({ path, why }) => ({ path: path.slice(within), why })),
    others: [
      ...[...filesWithin(tree)].filter((path) => !used.has(path)),
      ...[...foldersWithin(tree)].flatMap(({ links }) => links),
    ].map((path) => path.slice(within)),
    notes: notesOn(chosen),
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
    sha256: hash.digest('hex'),
  };
}

/** Leaves out reviews without a label beside two classes or more, which keep them in a folder as IMDb's do. */
function classesIn({ folders }: FolderTree): readonly FolderTree[] {
  const labelled = folders.filter(({ name }) => !/^(?:unsup|unsupervised|unlabell?ed)$/i.test(name));
  return labelled.length >= 2 ? labelled : folders;
}

type Chosen = readonly { readonly folder: FolderTree; readonly paths: readonly string[] }[];

function notesOn(chosen: Chosen): string[] {
  const empty = chosen.filter(({ paths }) => paths.length === 0).map(({ folder }) => folder.name);
  const kinds = new Map<string, number>();
  for (const path of chosen.flatMap(({ paths }) => paths)) {
    const extension = extensionOf(path);
    const kind = extension === '' ? 'without extension' : `*.${extension}`;
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  const counts = [...kinds].sort(([, one], [, other]) => other - one).map(([kind, count]) => `${count} ${kind}`);
  return [
    ...(empty.length === 0 ? [] : [`Folders without a review, which are no classes: ${shortList(empty)}.`]),
    ...(counts.length < 2 ? [] : [`Reviews are of several kinds: ${shortList(counts)}; the option files chooses.`]),
  ];
}

function shortList(names: readonly string[]): string {
  return names.slice(0, 10).join(', ') + (names.length > 10 ? ` and ${names.length - 10} more` : '');
}

/** Returns why a file cannot be read instead where that is a matter of this file. */
async function statusOf(root: string, path: string): Promise<Stats | string> {
  try {
    const status = await stat(join(root, path));
    return status.isFile() ? status : 'is neither a file nor a folder';
  } catch (error) {
    return problemOf(error) ?? Promise.reject(unreadable(root, path, error));
  }
}

function problemOf(error: unknown): string | null {
  const code = systemCode(error);
  if (code === 'ENOENT') return 'is gone, or its name is not UTF-8';
  return code === 'EACCES' || code === 'EPERM' ? 'may not be read (permission denied)' : null;
}

/** @throws ImdbTorchError ERR_DATASET when a file cannot be read; the reason of `signal` */
export async function readClassFolder(
  { root, files, problems }: ClassFolder,
  { signal, onRead, onNote, encoding }: ReadOptions & { encoding: string },
  collector: SplitCollector,
  prefix: string,
): Promise<void> {
  for (const { path, why } of problems) collector.bad(prefix + path, why);
  let bytesRead = 0;
  const decoding = new TextFileDecoding(encoding);
  const texts = mapInGroups(files, signal, async (file) => ({ ...file, text: await textOf(root, file) }));
  for await (const { path, label, bytes, text } of texts) {
    if (typeof text === 'string') collector.bad(prefix + path, text);
    else {
      const decoded = decoding.decode(text, path);
      if (decoded.includes(0)) collector.bad(prefix + path, 'is no text (it has bytes of zero)');
      else collector.row(prefix + path, decoded, label);
    }
    bytesRead += bytes;
    await onRead?.(bytesRead);
  }
  for (const sentence of decoding.notes(root)) onNote?.(sentence);
}

/** Returns why there is none instead. A file too large for a review is not read, only reported. */
async function textOf(root: string, { path, bytes }: ClassFile): Promise<Buffer | string> {
  if (bytes > maximumReviewBytes) return `has ${bytes} bytes, more than the ${maximumReviewBytes} of any review`;
  try {
    const text = await readFile(join(root, path));
    const kind = foreignKind(text);
    return kind === null || kind.isMarkup ? text : `is ${kind.name}`;
  } catch (error) {
    return problemOf(error) ?? Promise.reject(unreadable(root, path, error));
  }
}
