import { rm } from 'node:fs/promises';
import { ImdbTorchError } from '../errors.js';
import { addonPath, hashOfSources, selectAddon, selectedAddon, type SelectedAddon } from './addon_cache.js';
import { ensureLibtorch } from './libtorch.js';
import type { LibtorchOptions } from './libtorch_folder.js';
import { linkLibtorch } from './libtorch_link.js';
import { packageRoot } from './package_root.js';
import { expectBuildable } from './platform.js';

interface EnsureAddonOptions extends LibtorchOptions {
  /** Builds although the addon is there. */
  force?: boolean | undefined;
  /** The folder with CMakeLists.txt and native/, by default that of this package. */
  root?: string | undefined;
}

export interface ReadyAddon {
  path: string;
  libtorch: { version: string; path: string };
  /** Says whether it was built now. */
  built: boolean;
}

/** What `ensureAddon` has found in this process: an option may name another libtorch than the environment does. */
let ready: ReadyAddon | null = null;

/**
 * Makes sure that the native addon is built for these sources and a libtorch: at once when it is, else libtorch is
 * found or fetched and the addon compiled, which takes minutes the first time. The next `findAddon` answers with it.
 * @throws ImdbTorchError ERR_PLATFORM, ERR_PACKAGE, ERR_LIBTORCH, ERR_BUILD, ERR_DOWNLOAD, ERR_OUTPUT; the reason of
 * the signal
 */
export async function ensureAddon(options: EnsureAddonOptions = {}): Promise<ReadyAddon> {
  const { root = packageRoot(), force = false, onProgress, signal } = options;
  const sources = hashOfSources(root);
  const selected = force ? null : selectedAddon(sources, options.libtorch);
  if (selected !== null) {
    await selectAddon(sources, selected.libtorch);
    return (ready = makeReady(selected, false));
  }
  expectBuildable();
  const libtorch = await ensureLibtorch(options);
  onProgress?.(`Using libtorch ${libtorch.version} in ${libtorch.path}.`);
  const path = addonPath(sources, libtorch);
  const { buildAddon } = await import('./build.js');
  const built = await buildAddon({ root, libtorch, to: path, force, onProgress, signal });
  if (built && hashOfSources(root) !== sources) {
    await rm(path, { force: true });
    throw new ImdbTorchError('ERR_BUILD', `The sources in ${root} changed while they were compiled; run it again.`);
  }
  await selectAddon(sources, libtorch);
  return (ready = makeReady({ path, libtorch }, built));
}

function makeReady({ path, libtorch }: SelectedAddon, built: boolean): ReadyAddon {
  linkLibtorch(path, libtorch);
  return { path, libtorch: { version: libtorch.version, path: libtorch.path }, built };
}

/**
 * Returns the path of the addon that `ensureAddon` has made ready, in this process or an earlier one.
 * @throws ImdbTorchError ERR_ADDON_LOAD when there is none, ERR_PLATFORM where there cannot be one, ERR_PACKAGE, ERR_OUTPUT
 */
export function findAddon(): string {
  if (ready !== null) return ready.path;
  const selected = selectedAddon(hashOfSources(packageRoot()));
  if (selected !== null) return makeReady(selected, false).path;
  expectBuildable();
  throw new ImdbTorchError(
    'ERR_ADDON_LOAD',
    'Expected a native addon built for this version but found none; run `npx imdb-torch setup`.',
  );
}
