import { existsSync, readFileSync, readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { compareVersions } from './versions.js';

/** The first release whose Linux builds all have the C++ ABI of today's compilers. */
export const requiredVersion = '2.7';

/** A usable libtorch. */
export interface LibtorchFolder {
  /** Holds `include/` and `lib/`; without symbolic links. */
  path: string;
  version: string;
}

/** A place that was looked at, and why it did not serve. */
export interface Attempt {
  place: string;
  reason: string;
}

export interface LibtorchOptions {
  /** A folder with libtorch, by default `IMDB_TORCH_LIBTORCH`. No other place is looked at then. */
  libtorch?: string | undefined;
  onProgress?: ((line: string) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** Says in half a sentence why a folder cannot be used. */
export interface Unusable {
  reason: string;
  /** Set when there is a libtorch, but one that is too old. */
  version?: string;
}

/**
 * Reads a folder that should hold libtorch: the unpacked official archive, its parent, or the `torch` of a Python
 * (as installed by pip), or the site-packages above it.
 */
export function readLibtorch(folder: string): LibtorchFolder | Unusable {
  if (!existsSync(folder)) return { reason: `${folder} does not exist` };
  const path = [folder, join(folder, 'libtorch'), join(folder, 'torch')].find(holdsLibtorch);
  if (path === undefined) return { reason: `${folder} has no lib/libtorch_cpu and include/ATen` };
  const version = readVersion(path);
  if (version === null) return { reason: `${path} does not say which version it is` };
  if (compareVersions(version, requiredVersion) < 0) {
    return { reason: `${path} is libtorch ${version}, older than ${requiredVersion}`, version };
  }
  return { path: realpathSync(path), version };
}

function holdsLibtorch(folder: string): boolean {
  if (!existsSync(join(folder, 'include', 'ATen', 'ATen.h')) || !existsSync(join(folder, 'lib'))) return false;
  return readdirSync(join(folder, 'lib')).some((name) => /^libtorch_cpu\.(so|dylib)/.test(name));
}

function readVersion(folder: string): string | null {
  const python = /__version__ = ['"](.+)['"]/.exec(read(folder, 'version.py'))?.[1];
  if (python !== undefined) return python;
  const archive = read(folder, 'build-version').trim();
  if (archive !== '') return archive;
  const headers = read(folder, 'include/torch/headeronly/version.h') + read(folder, 'include/torch/version.h');
  const parts = ['MAJOR', 'MINOR', 'PATCH'].map(
    (part) => new RegExp(`#define TORCH_VERSION_${part} (\\d+)`).exec(headers)?.[1],
  );
  return parts.includes(undefined) ? null : parts.join('.');
}

function read(folder: string, name: string): string {
  const path = join(folder, name);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
