import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, open, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { ImdbTorchError } from '../errors.js';
import { syncFolder, temporaryBeside, writeFileAtomic } from '../system/atomic_file.js';
import { cacheHome } from '../system/cache_home.js';
import { outputError } from '../system/file_errors.js';
import { makeFolders } from '../system/make_folders.js';
import { withLock } from '../system/lock.js';
import { runProcess } from '../system/run_process.js';
import type { LibtorchFolder } from './libtorch_folder.js';
import { isCheckout } from './package_root.js';
import { installCommand, missingBuildTools } from './tools.js';

const shownLogLines = 15;
const addonName = 'imdb_torch.node';

export interface BuildOptions {
  /** The package folder with CMakeLists.txt and native/. */
  root: string;
  libtorch: LibtorchFolder;
  /** The path of the addon. */
  to: string;
  /** Says in half a sentence why it is built here; for the error where that cannot be done. */
  because: string;
  /** Builds although there is a file at `to`. */
  force?: boolean | undefined;
  onProgress?: ((line: string) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Compiles the addon and puts it to its place, whole or not at all. Two processes at once build once.
 * @returns whether it was built here; false when it was there or another process has built it meanwhile
 * @throws ImdbTorchError ERR_BUILD missing tools or a failed build, ERR_OUTPUT; the reason of the signal
 */
export async function buildAddon(options: BuildOptions): Promise<boolean> {
  const { root, libtorch, to, because, force, onProgress, signal } = options;
  const folder = buildFolder(root, libtorch);
  const onWait = (): void => onProgress?.('Waiting for another process that builds the native addon…');
  return withLock(
    `${folder.path}.lock`,
    async () => {
      if (existsSync(to) && !force) return false;
      const missing = await missingBuildTools();
      if (missing !== null) {
        throw new ImdbTorchError(
          'ERR_BUILD',
          `Expected ${missing} to build the native addon (because ${because}) but found none; ` +
            `install with ${installCommand()}.`,
        );
      }
      try {
        await compile(folder.path, options);
        await place(join(folder.path, 'Release', addonName), join(folder.path, addonName), to);
      } finally {
        if (!folder.isKept) await rm(folder.path, { recursive: true, force: true });
      }
      return true;
    },
    { onWait, signal },
  );
}

/** Chooses the folder of a build. In a checkout it is kept, so that a change of one source compiles that one only. */
function buildFolder(root: string, libtorch: LibtorchFolder): { path: string; isKept: boolean } {
  const name = createHash('sha256')
    .update([root, libtorch.path, libtorch.version].join('\0'))
    .digest('hex')
    .slice(0, 16);
  return { path: join(cacheHome(), 'build', name), isKept: isCheckout(root) };
}

async function compile(folder: string, { root, libtorch, onProgress, signal }: BuildOptions): Promise<void> {
  onProgress?.('Configuring the build of the native addon…');
  const cmakeJs = findCMakeJs();
  const places = ['--directory', root, '--out', folder];
  const settings = [`--CDLIBTORCH=${libtorch.path}`, '--config', 'Release', '--parallel', '2'];
  const { code, output } = await runProcess(process.execPath, [cmakeJs, 'compile', ...places, ...settings], {
    cwd: root,
    signal,
    onLine: (line) => {
      // "[3/14] Building CXX object …" of Ninja, "[ 21%] Building …" of make.
      const step = /^\[\s*(\d+\/\d+|\d+%)\] (?:Building|Linking)/.exec(line)?.[1];
      if (step !== undefined) onProgress?.(`Compiling the native addon (${step})…`);
    },
  });
  const log = join(cacheHome(), 'logs', 'build.log');
  await writeFileAtomic(log, [output, '\n']);
  if (code === 0) return;
  const tail = output.trimEnd().split('\n').slice(-shownLogLines).join('\n');
  throw new ImdbTorchError(
    'ERR_BUILD',
    `Could not build the native addon against libtorch ${libtorch.version} in ${libtorch.path}; ` +
      `the whole output is in ${log}, its last lines are:\n${tail}`,
  );
}

function findCMakeJs(): string {
  try {
    return createRequire(import.meta.url).resolve('cmake-js/bin/cmake-js');
  } catch (error) {
    throw new ImdbTorchError(
      'ERR_PACKAGE',
      'Expected the package cmake-js, a dependency of imdb-torch that builds the native addon, but there is none; ' +
        'install imdb-torch with its dependencies, or bring the cache folder in which `npx imdb-torch setup` has built it.',
      { cause: error },
    );
  }
}

async function place(built: string, alsoBuilt: string, to: string): Promise<void> {
  const temporary = temporaryBeside(to);
  try {
    await makeFolders(dirname(to));
    await copyFile(existsSync(built) ? built : alsoBuilt, temporary);
    const file = await open(temporary);
    await file.sync().finally(() => file.close());
    await rename(temporary, to);
    await syncFolder(dirname(to));
  } catch (error) {
    await rm(temporary, { force: true });
    throw outputError(to, error);
  }
}
