import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { compareVersions } from './versions.js';

/** The first release whose Linux builds all have the C++ ABI of today's compilers. */
export const requiredVersion = '2.7';
/** The release that is fetched, and that the addon in the package is built against. */
export const fetchedVersion = '2.13.0';

/** A usable libtorch. */
export interface LibtorchFolder {
  /** Holds `lib/`; without symbolic links. */
  path: string;
  version: string;
  /** Says whether it holds `include/` too, which only a build needs. */
  hasHeaders: boolean;
  /** Says whether it is a build for CUDA, whose libraries an addon must be linked to. */
  hasCuda: boolean;
}

/** A place that was looked at, and why it did not serve. */
export interface Attempt {
  place: string;
  reason: string;
}

export interface LibtorchOptions {
  /** Passes over a libtorch without headers, unless there is a prebuilt addon for it. */
  forBuilding?: boolean | undefined;
  /** Says whether there is a prebuilt addon for a libtorch; undefined where there is one for none. */
  hasPrebuilt?: ((libtorch: LibtorchFolder) => boolean) | undefined;
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
  const path = [folder, join(folder, 'libtorch'), join(folder, 'torch')].find((each) => hasLibrary(each, 'torch_cpu'));
  if (path === undefined) return { reason: `${folder} has no lib/libtorch_cpu` };
  const version = readVersion(path);
  if (version === null) return { reason: `${path} does not say which version it is` };
  if (compareVersions(version, requiredVersion) < 0) {
    return { reason: `${path} is libtorch ${version}, older than ${requiredVersion}`, version };
  }
  const hasHeaders = existsSync(join(path, 'include', 'ATen', 'ATen.h'));
  return { path: realpathSync(path), version, hasHeaders, hasCuda: hasLibrary(path, 'torch_cuda') };
}

/** Passes on what was read, but a libtorch without headers only where nothing is to be built for it. */
export function usableFor(
  read: LibtorchFolder | Unusable,
  { forBuilding = false, hasPrebuilt }: LibtorchOptions,
): LibtorchFolder | Unusable {
  if (!('path' in read) || read.hasHeaders || !forBuilding || hasPrebuilt?.(read)) return read;
  return { reason: `${read.path} has no include/ATen, which building the addon needs` };
}

function hasLibrary(folder: string, name: string): boolean {
  return ['so', 'dylib'].some((suffix) => existsSync(join(folder, 'lib', `lib${name}.${suffix}`)));
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
