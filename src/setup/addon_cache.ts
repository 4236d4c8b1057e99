import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { cacheHome } from '../system/cache_home.js';
import { writeFileAtomic } from '../system/atomic_file.js';
import { cachedFolders, givenLibtorch } from './libtorch.js';
import { readLibtorch, type LibtorchFolder } from './libtorch_folder.js';
import { pathInCache } from './libtorch_link.js';
import { packageFile, packageVersion } from './package_root.js';

const nodeApiVersion = 8;

/** Where the addon of some sources is kept, or belongs, and the libtorch that it is for. */
export interface SelectedAddon {
  path: string;
  libtorch: LibtorchFolder;
}

/**
 * Hashes all that the addon is made of: a change of any of it asks for a new build.
 * @throws ImdbTorchError ERR_PACKAGE when the sources are not there
 */
export function hashOfSources(root: string): string {
  const native = readdirSync(packageFile('native', root), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const hash = createHash('sha256').update(packageVersion(root));
  for (const path of [packageFile('CMakeLists.txt', root), ...native]) {
    hash.update(`\0${relative(root, path)}\0`).update(readFileSync(path));
  }
  return hash.digest('hex');
}

/**
 * Names the file in which the addon of these sources for this libtorch and this machine is kept. Nothing in the name
 * depends on where the package, the cache or libtorch are, so that all of them can be moved or copied to an image.
 */
export function addonPath(sources: string, { version, hasCuda }: LibtorchFolder): string {
  const machine = `${process.platform}-${process.arch}-napi${nodeApiVersion}`;
  const parts = [sources, version, hasCuda ? 'cuda' : 'cpu', machine];
  const key = createHash('sha256').update(parts.join('\0')).digest('hex');
  return join(addonCache(), key.slice(0, 32), 'imdb_torch.node');
}

function addonCache(): string {
  return join(cacheHome(), 'addon');
}

/** Remembers the addon that is to be loaded for these sources, so that the next start need not look for libtorch. */
export async function selectAddon(sources: string, { path, version }: LibtorchFolder): Promise<void> {
  const before = readSelection(sources);
  if (before !== null && readLibtorchPath(before) === path) return;
  await writeFileAtomic(selectionPath(sources), [JSON.stringify({ path: pathInCache(path) ?? path, version })]);
}

/**
 * Finds the addon built for these sources and the libtorch that the user asks for, else the one selected for them, else
 * one that was fetched. Null when there is none, also because that libtorch has gone or is another version now.
 */
export function selectedAddon(sources: string, libtorch?: string): SelectedAddon | null {
  for (const place of addonPlaces(sources, libtorch)) {
    if (existsSync(place.path)) return place;
  }
  return null;
}

/**
 * Goes through the libtorch that the user asks for, else the one selected for these sources and those fetched, each with
 * where in the cache its addon belongs.
 */
export function* addonPlaces(sources: string, libtorch?: string): Generator<SelectedAddon> {
  const given = givenLibtorch(libtorch);
  const folders = given === undefined ? [readSelection(sources), ...cachedFolders()] : [given];
  for (const folder of folders) {
    const read = folder === null ? null : readLibtorch(folder);
    if (read !== null && 'path' in read) yield { path: addonPath(sources, read), libtorch: read };
  }
}

function readLibtorchPath(folder: string): string | null {
  const read = readLibtorch(folder);
  return 'path' in read ? read.path : null;
}

function selectionPath(sources: string): string {
  return join(addonCache(), `selected-${sources.slice(0, 32)}.json`);
}

/** Returns the folder of libtorch that was selected; where it is in the cache, it is recorded from there. */
function readSelection(sources: string): string | null {
  try {
    const { path } = JSON.parse(readFileSync(selectionPath(sources), 'utf8')) as { path?: unknown };
    return typeof path === 'string' ? resolve(cacheHome(), path) : null;
  } catch {
    return null;
  }
}
