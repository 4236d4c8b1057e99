import { lstatSync, realpathSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { temporaryBeside } from '../system/atomic_file.js';
import { cacheHome } from '../system/cache_home.js';
import { outputError } from '../system/file_errors.js';
import type { LibtorchFolder } from './libtorch_folder.js';

/** CMakeLists.txt has the loader look for libtorch's libraries in `lib` of this link, beside the addon. */
const linkName = 'libtorch';

/**
 * Has the addon find libtorch's libraries when it is loaded. Within the cache the link is a relative one, so that the
 * cache can be moved.
 * @throws ImdbTorchError ERR_OUTPUT when the link must be changed and cannot be
 */
export function linkLibtorch(addon: string, libtorch: LibtorchFolder): void {
  const link = join(dirname(addon), linkName);
  // A folder in its place is what a copy that follows links has made of it, and serves as well.
  if (realPath(link) === libtorch.path || lstatSync(link, { throwIfNoEntry: false })?.isDirectory()) return;
  const temporary = temporaryBeside(link);
  try {
    symlinkSync(targetFor(dirname(link), libtorch.path), temporary);
    renameSync(temporary, link);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw outputError(link, error);
  }
}

function targetFor(folder: string, libtorch: string): string {
  return pathInCache(libtorch) === null ? libtorch : relative(realpathSync(folder), libtorch);
}

/** Returns a path as seen from the cache folder; null for one that is not in it. */
export function pathInCache(path: string): string | null {
  const inside = relative(realPath(cacheHome()) ?? cacheHome(), path);
  return inside.startsWith('..') || isAbsolute(inside) ? null : inside;
}

function realPath(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}
