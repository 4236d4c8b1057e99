import { rm } from 'node:fs/promises';
import { ImdbTorchError } from '../errors.js';
import { writeOrigin } from './addon_origin.js';
import { addonPath, hashOfSources, selectAddon, selectedAddon, type SelectedAddon } from './addon_cache.js';
import type { BuildOptions } from './build.js';
import { ensureLibtorch } from './libtorch.js';
import type { LibtorchOptions } from './libtorch_folder.js';
import { linkLibtorch } from './libtorch_link.js';
import { packageRoot } from './package_root.js';
import { expectBuildable } from './platform.js';
import { missingBuildTools } from './tools.js';
import { findPrebuilt, fitTo, fittingOf, placePrebuilt, placeOf, type Prebuilt, type Unfit } from './prebuilt.js';

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

/** What `lookForAddon` has found in this process: it counts until `ensureAddon` has found an addon. */
let looked: AddonLook | null = null;

/**
 * Makes sure that there is a native addon of these sources for a libtorch: at once when there is, else libtorch is found
 * or fetched, and the addon is the one that the package brings or, where that does not fit, is compiled, which takes
 * minutes the first time. The next `findAddon` answers with it.
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
  // Where nothing can be compiled, the one of the package is put there anew.
  const mustCompile = force && (await missingBuildTools()) === null;
  const prebuilt = mustCompile ? { reason: '`setup --force` asked for that' } : findPrebuilt(root, sources);
  const libtorch = await ensureLibtorch({ ...options, hasPrebuilt: fittingOf(prebuilt) });
  onProgress?.(`Using libtorch ${libtorch.version} in ${libtorch.path}.`);
  const path = addonPath(sources, libtorch);
  const built = await placeAddon(fitTo(prebuilt, libtorch), { root, libtorch, to: path, force, onProgress, signal });
  if (built && hashOfSources(root) !== sources) {
    await rm(path, { force: true });
    throw new ImdbTorchError('ERR_BUILD', `The sources in ${root} changed while they were compiled; run it again.`);
  }
  await selectAddon(sources, libtorch);
  return (ready = makeReady({ path, libtorch }, built));
}

/** @returns whether it was compiled here */
async function placeAddon(prebuilt: Prebuilt | Unfit, options: Omit<BuildOptions, 'because'>): Promise<boolean> {
  if (!('reason' in prebuilt)) {
    placePrebuilt(prebuilt, options.to);
    return false;
  }
  // Seldom needed, and long to load.
  const { buildAddon } = await import('./build.js');
  const because = prebuilt.reason;
  const built = await buildAddon({ ...options, because });
  if (built) writeOrigin(options.to, { from: 'compiler', because });
  return built;
}

function makeReady({ path, libtorch }: SelectedAddon, built: boolean): ReadyAddon {
  linkLibtorch(path, libtorch);
  return { path, libtorch: { version: libtorch.version, path: libtorch.path }, built };
}

/**
 * Returns the path of the addon that `ensureAddon` has made ready, in this process or an earlier one, else of the one that
 * the package brings where it is for a libtorch at hand.
 * @throws ImdbTorchError ERR_ADDON_LOAD when there is none, ERR_PLATFORM where there cannot be one, ERR_PACKAGE, ERR_OUTPUT
 */
export function findAddon(): string {
  if (ready !== null) return ready.path;
  if (looked !== null && looked.path !== null) return looked.path;
  const root = packageRoot();
  const sources = hashOfSources(root);
  const found = selectedAddon(sources) ?? addonOfPackage(root, sources);
  if (found !== null) return makeReady(found, false).path;
  expectBuildable();
  throw new ImdbTorchError(
    'ERR_ADDON_LOAD',
    'Expected a native addon built for this version but found none; run `npx imdb-torch setup`.',
  );
}

function addonOfPackage(root: string, sources: string): SelectedAddon | null {
  const prebuilt = findPrebuilt(root, sources);
  if ('reason' in prebuilt) return null;
  const place = placeOf(prebuilt, sources);
  if (place !== null) placePrebuilt(prebuilt, place.path);
  return place;
}

/** Where the addon is. */
export interface AddonLook {
  /** Null: there is none. */
  readonly path: string | null;
  /** Why one that the package brings could not be put into the cache, as a sentence; null: that was not it. */
  readonly problem: string | null;
}

/**
 * Says whether `findAddon` finds an addon, which is not loaded. Nothing is fetched or compiled to find out, but an addon
 * that the package brings is put into the cache. Whatever `findAddon` reports means that there is none. The answer is
 * remembered: to hash the sources takes a while.
 */
export function lookForAddon(): AddonLook {
  if (ready !== null) return { path: ready.path, problem: null };
  return (looked ??= look());
}

function look(): AddonLook {
  try {
    return { path: findAddon(), problem: null };
  } catch (error) {
    if (!(error instanceof ImdbTorchError)) throw error;
    return { path: null, problem: error.code === 'ERR_OUTPUT' ? error.message : null };
  }
}
