import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cacheHome } from '../system/cache_home.js';
import { writeFileAtomic } from '../system/atomic_file.js';
import { givenLibtorch } from './libtorch.js';
import { readLibtorch, type LibtorchFolder } from './libtorch_folder.js';
import { packageVersion } from './package_root.js';

const nodeApiVersion = 8;

/** The addon that was last built from some sources, and what it was built against. */
interface SelectedAddon {
  path: string;
  libtorch: LibtorchFolder;
}

/** Hashes all that the addon is made of: a change of any of it asks for a new build. */
export function hashOfSources(root: string): string {
  const native = readdirSync(join(root, 'native'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const hash = createHash('sha256').update(packageVersion(root));
  for (const path of [join(root, 'CMakeLists.txt'), ...native]) {
    hash.update(`\0${path.slice(root.length)}\0`).update(readFileSync(path));
  }
  return hash.digest('hex');
}

/** Names the file in which the addon of these sources for this libtorch and this machine is kept. */
export function addonPath(sources: string, libtorch: LibtorchFolder): string {
  const machine = `${process.platform}-${process.arch}-napi${nodeApiVersion}`;
  const key = createHash('sha256').update([sources, libtorch.path, libtorch.version, machine].join('\0')).digest('hex');
  return join(addonCache(), key.slice(0, 32), 'imdb_torch.node');
}

function addonCache(): string {
  return join(cacheHome(), 'addon');
}

/** Remembers the addon that is to be loaded for these sources, so that the next start need not look for libtorch. */
export async function selectAddon(sources: string, libtorch: LibtorchFolder): Promise<void> {
  const before = readSelection(sources);
  if (before?.path === libtorch.path && before.version === libtorch.version) return;
  await writeFileAtomic(selectionPath(sources), [JSON.stringify({ path: libtorch.path, version: libtorch.version })]);
}

/**
 * Finds the addon built for these sources and the libtorch selected for them, or the one that the user asks for. Null
 * when there is none, also because that libtorch has gone or is another version now.
 */
export function selectedAddon(sources: string, libtorch?: string): SelectedAddon | null {
  const selected = readSelection(sources);
  if (selected === null) return null;
  const now = readLibtorch(givenLibtorch(libtorch) ?? selected.path);
  if (!('path' in now)) return null;
  const path = addonPath(sources, now);
  return existsSync(path) ? { path, libtorch: now } : null;
}

function selectionPath(sources: string): string {
  return join(addonCache(), `selected-${sources.slice(0, 32)}.json`);
}

function readSelection(sources: string): LibtorchFolder | null {
  try {
    const value = JSON.parse(readFileSync(selectionPath(sources), 'utf8')) as Partial<LibtorchFolder>;
    if (typeof value.path !== 'string' || typeof value.version !== 'string') return null;
    return { path: value.path, version: value.version };
  } catch {
    return null;
  }
}
