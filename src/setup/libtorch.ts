import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ImdbTorchError } from '../errors.js';
import { cacheHome } from '../system/cache_home.js';
import { runProcess } from '../system/run_process.js';
import {
  readLibtorch,
  requiredVersion,
  usableFor,
  type Attempt,
  type LibtorchFolder,
  type LibtorchOptions,
  type Unusable,
} from './libtorch_folder.js';
import { expectFetchable } from './platform.js';
import { missingBuildTools } from './tools.js';
import { compareVersions } from './versions.js';

export interface Libtorch extends LibtorchFolder {
  /** `given`: by the option or IMDB_TORCH_LIBTORCH; `cache`: fetched by an earlier setup. */
  foundBy: 'given' | 'cache' | 'python' | 'fetched';
}

/** Returns the folder that the user has asked for, if any. */
export function givenLibtorch(libtorch: string | undefined): string | undefined {
  const given = libtorch ?? process.env.IMDB_TORCH_LIBTORCH;
  return given === undefined || given === '' ? undefined : resolve(given);
}

/** The folder in which each version of libtorch that was fetched has a folder. */
export function libtorchCache(): string {
  return join(cacheHome(), 'libtorch');
}

/**
 * Looks for libtorch without fetching it: the folder given, else the cache, else the torch of this machine's Python.
 * @throws ImdbTorchError ERR_LIBTORCH when the folder given has none or one that is too old
 */
export async function findLibtorch(options: LibtorchOptions): Promise<{ found: Libtorch | null; tried: Attempt[] }> {
  const { libtorch, signal } = options;
  const given = givenLibtorch(libtorch);
  if (given !== undefined) {
    const folder = usableFor(readLibtorch(given), options);
    if ('path' in folder) return { found: { ...folder, foundBy: 'given' }, tried: [] };
    throw new ImdbTorchError('ERR_LIBTORCH', givenError(folder.reason));
  }
  const cached = fromCache(options);
  if ('path' in cached) return { found: { ...cached, foundBy: 'cache' }, tried: [] };
  const python = usableFor(await fromPython(signal), options);
  if ('path' in python) return { found: { ...python, foundBy: 'python' }, tried: [] };
  return {
    found: null,
    tried: [
      { place: 'the cache', reason: cached.reason },
      { place: "this machine's Python", reason: python.reason },
    ],
  };
}

/**
 * Finds a libtorch to build against, or one with a prebuilt addon, as `findLibtorch` does. Where nothing can be built, one
 * that was found but has no prebuilt addon gives way to the one to fetch, which has it: then none is found.
 * @throws ImdbTorchError ERR_LIBTORCH as `findLibtorch` does
 */
export async function findForAddon(options: LibtorchOptions): Promise<{ found: Libtorch | null; tried: Attempt[] }> {
  const { found, tried } = await findLibtorch({ ...options, forBuilding: true });
  if (found === null || found.foundBy === 'given' || options.hasPrebuilt?.(found) !== false) return { found, tried };
  const missing = await missingBuildTools();
  if (missing === null) return { found, tried };
  const reason = `building the addon for it needs ${missing}`;
  return { found: null, tried: [...tried, { place: found.path, reason }] };
}

/**
 * Finds a libtorch as `findForAddon` does, else fetches it into the cache.
 * @throws ImdbTorchError ERR_LIBTORCH with all that was tried; ERR_PLATFORM where there is none to fetch; ERR_OUTPUT when
 * the cache cannot be written
 */
export async function ensureLibtorch(options: LibtorchOptions): Promise<Libtorch> {
  const { found, tried } = await findForAddon(options);
  if (found !== null) return found;
  expectFetchable();
  // Seldom needed, and long to load.
  const { fetchLibtorch } = await import('./libtorch_fetch.js');
  const fetched = await fetchLibtorch(libtorchCache(), { ...options, forBuilding: true });
  if ('path' in fetched) return { ...fetched, foundBy: 'fetched' };
  const reasons = [...tried, ...fetched.tried].map(({ place, reason }) => `  ${place}: ${reason}`);
  throw new ImdbTorchError(
    'ERR_LIBTORCH',
    [
      `Expected libtorch ${requiredVersion} or newer but found none; tried:`,
      ...reasons,
      'Connect to a network and try again, or install PyTorch (python3 -m pip install torch), or unpack libtorch from ' +
        'https://pytorch.org and name its folder with the option libtorch or IMDB_TORCH_LIBTORCH.',
    ].join('\n'),
  );
}

function givenError(reason: string): string {
  return (
    `Expected the option libtorch or IMDB_TORCH_LIBTORCH to name a libtorch ${requiredVersion} or newer but ${reason}; ` +
    'name another folder, or none to have one found or fetched.'
  );
}

function fromCache(options: LibtorchOptions): LibtorchFolder | Unusable {
  const folders = cachedFolders().map((folder) => usableFor(readLibtorch(folder), options));
  return folders.find((folder) => 'path' in folder) ?? folders[0] ?? { reason: `nothing in ${libtorchCache()}` };
}

/** Returns the folders of all versions of libtorch that were fetched, the newest first. */
export function cachedFolders(): string[] {
  const cache = libtorchCache();
  const versions = existsSync(cache) ? readdirSync(cache).filter((name) => !name.startsWith('.')) : [];
  return versions.sort((a, b) => compareVersions(b, a)).map((version) => join(cache, version));
}

/** Asks Python where torch is without importing it, which would take seconds. */
const whereIsTorch =
  "import importlib.util as u; s = u.find_spec('torch'); print('torch:', *(s.submodule_search_locations or []) if s else [])";
const pythonMilliseconds = 10_000;

async function fromPython(signal: AbortSignal | undefined): Promise<LibtorchFolder | Unusable> {
  const virtual = process.env.VIRTUAL_ENV;
  const interpreters = virtual ? [join(virtual, 'bin', 'python'), 'python3'] : ['python3'];
  let reason = '';
  for (const python of interpreters) {
    try {
      const { output } = await runProcess(python, ['-c', whereIsTorch], {
        signal,
        timeoutMs: pythonMilliseconds,
      });
      const folder = /^torch: (.+)$/m.exec(output)?.[1];
      const read = folder === undefined ? { reason: `${python} has no torch` } : readLibtorch(folder);
      if ('path' in read) return read;
      reason = read.reason;
    } catch {
      signal?.throwIfAborted();
      reason = `there is no ${python}`;
    }
  }
  return { reason };
}
