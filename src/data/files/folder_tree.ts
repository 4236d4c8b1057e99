import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { unreadable } from '../imdb/folder.js';
import { isOfSystem } from './file_kinds.js';

/** A folder and all in it but hidden and system files; links are followed. */
export interface FolderTree {
  /** The name within the folder above; of the first the path that was given. */
  readonly name: string;
  /** The path within the first folder; the empty string for that itself. */
  readonly path: string;
  readonly folders: readonly FolderTree[];
  /** The names of the files. */
  readonly files: readonly string[];
  /** What is neither file nor folder, and why. */
  readonly problems: readonly Problem[];
  /** Links to what is read where it lies. */
  readonly links: readonly string[];
}

export interface Problem {
  /** The path within the first folder. */
  readonly path: string;
  /** Completes a sentence that begins with the path. */
  readonly why: string;
}

interface Walk {
  readonly root: string;
  readonly realRoot: string;
  /** The real paths of the folders, each of which is read once. */
  readonly seen: Set<string>;
  readonly signal: AbortSignal | undefined;
}

/** @throws ImdbTorchError ERR_DATASET when a folder cannot be read; the reason of `signal` */
export async function readTree(root: string, signal: AbortSignal | undefined): Promise<FolderTree> {
  const realRoot = await realpath(root).catch((error: unknown) => {
    throw unreadable('', root, error);
  });
  return readFolderTree({ root, realRoot, seen: new Set(), signal }, root, '', realRoot);
}

async function readFolderTree(walk: Walk, name: string, path: string, real: string): Promise<FolderTree> {
  walk.signal?.throwIfAborted();
  walk.seen.add(real);
  const entries = await readdir(join(walk.root, path), { withFileTypes: true }).catch((error: unknown) => {
    throw unreadable(walk.root, path, error);
  });
  const tree = {
    name,
    path,
    folders: [] as FolderTree[],
    files: [] as string[],
    problems: [] as Problem[],
    links: [] as string[],
  };
  for (const entry of entries.filter((each) => !isOfSystem(each.name)).sort(byName)) {
    const place = path === '' ? entry.name : `${path}/${entry.name}`;
    const isLink = entry.isSymbolicLink();
    const target = isLink ? await followLink(walk, place) : { status: entry, real: join(real, entry.name) };
    if (target === null) tree.problems.push({ path: place, why: 'is a link to what does not exist' });
    else if (walk.seen.has(target.real) || (isLink && isReadItself(walk, target.real))) tree.links.push(place);
    else if (target.status.isDirectory()) {
      tree.folders.push(await readFolderTree(walk, entry.name, place, target.real));
    } else if (target.status.isFile()) tree.files.push(entry.name);
    else tree.problems.push({ path: place, why: 'is neither a file nor a folder' });
  }
  return tree;
}

function byName({ name: one }: Dirent, { name: other }: Dirent): number {
  return one < other ? -1 : Number(one > other);
}

async function followLink({ root }: Walk, path: string) {
  try {
    const place = join(root, path);
    return { status: await stat(place), real: await realpath(place) };
  } catch {
    return null;
  }
}

/** Tells links that would lead to the same files again, or round and round. */
function isReadItself({ realRoot }: Walk, real: string): boolean {
  if (realRoot === real || realRoot.startsWith(withSeparator(real))) return true;
  if (!real.startsWith(withSeparator(realRoot))) return false;
  return !real
    .slice(realRoot.length + 1)
    .split(sep)
    .some(isOfSystem);
}

function withSeparator(path: string): string {
  return path.endsWith(sep) ? path : path + sep;
}

/** Yields the paths of all files within `tree`, those of each folder together. */
export function* filesWithin(tree: FolderTree): Generator<string> {
  for (const name of tree.files) yield pathIn(tree, name);
  for (const folder of tree.folders) yield* filesWithin(folder);
}

export function pathIn({ path }: FolderTree, name: string): string {
  return path === '' ? name : `${path}/${name}`;
}

export function* foldersWithin(tree: FolderTree): Generator<FolderTree> {
  yield tree;
  for (const folder of tree.folders) yield* foldersWithin(folder);
}
