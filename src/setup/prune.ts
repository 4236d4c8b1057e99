import { existsSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheHome } from '../system/cache_home.js';
import { outputError } from '../system/file_errors.js';
import { sizeOf } from '../system/sizes.js';
import { cachedFolders } from './libtorch.js';

/** Libraries that come along in PyTorch's builds for its tests, its Python and its other processes. */
const unneededLibrary =
  /^lib(?:shm|torchbind_test|jitbackend_test|backend_with_compiler|aoti_custom_ops|torch_python)\b/;

/**
 * Removes from the cache what building the addon needs and running it does not: headers, folders of builds, logs. Folders
 * of libtorch elsewhere stay as they are. The next build fetches libtorch again.
 * @returns the bytes that were freed
 * @throws ImdbTorchError ERR_OUTPUT
 */
export async function pruneCache(): Promise<number> {
  const paths = [join(cacheHome(), 'build'), join(cacheHome(), 'logs'), ...cachedFolders().flatMap(unneededIn)];
  let bytes = 0;
  for (const path of paths) {
    bytes += sizeOf(path);
    await rm(path, { recursive: true, force: true }).catch((error: unknown) => {
      throw outputError(path, error);
    });
  }
  return bytes;
}

function unneededIn(libtorch: string): string[] {
  const libraries = join(libtorch, 'lib');
  const names = existsSync(libraries) ? readdirSync(libraries).filter((name) => unneededLibrary.test(name)) : [];
  return [join(libtorch, 'include'), join(libtorch, 'share'), ...names.map((name) => join(libraries, name))];
}
