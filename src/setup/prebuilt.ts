import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { release } from 'node:os';
import { dirname, join } from 'node:path';
import { messageOf } from '../errors.js';
import { writeFileAtomicSync } from '../system/atomic_file.js';
import { addonPlaces, type SelectedAddon } from './addon_cache.js';
import { writeOrigin } from './addon_origin.js';
import { lacksOf, loadedLibraries } from './c_libraries.js';
import { readElf } from './elf.js';
import { fetchedVersion, type LibtorchFolder } from './libtorch_folder.js';
import { isCheckout } from './package_root.js';
import { compareVersions } from './versions.js';

/** What `scripts/prebuild.mjs` writes beside the addon that it puts into the package. */
interface PrebuiltDescription {
  /** The hash of the sources that it was built from: `hashOfSources`. */
  sources: string;
  /** The version of the CPU build of libtorch that it was built against, as that itself says it. */
  libtorch: string;
  sha256: string;
  /** On macOS, the release of the kernel it was built under, by which that numbers its libraries. */
  kernel?: string;
}

/** An addon in the package that this machine can load, given the libtorch that it was built for. */
export interface Prebuilt {
  path: string;
  /** Its content, whose hash was compared. */
  bytes: Uint8Array;
  libtorch: string;
  /** The libraries that it needs from libtorch's folder. */
  needed: string[];
}

/** Says in half a sentence, one that may follow "because", why the addon of the package is not used. */
export interface Unfit {
  reason: string;
}

/** Returns the file in which a package keeps the addon for this platform; its description lies beside it. */
export function prebuiltPath(root: string): string {
  const platform = `${process.platform}-${process.arch}`;
  return join(root, 'prebuilds', platform, `libtorch-${fetchedVersion}`, 'imdb_torch.node');
}

export function prebuiltDescriptionPath(addon: string): string {
  return join(dirname(addon), 'imdb_torch.json');
}

/**
 * Finds the addon that the package brings for this platform. It is taken only where it is whole, from the sources that
 * lie beside it and needs nothing of the C and C++ libraries that they do not have here.
 * @param loaded the libraries, by default those of this process, which take a while to tell
 */
export function findPrebuilt(root: string, sources: string, loaded?: ReadonlyMap<string, string>): Prebuilt | Unfit {
  if (isCheckout(root)) return { reason: 'a clone of the repository compiles its own sources' };
  const path = prebuiltPath(root);
  const platform = `${process.platform}-${process.arch}`;
  if (!existsSync(dirname(path))) return { reason: `this package has no prebuilt one for ${platform}` };
  try {
    const { libtorch, sha256, kernel, ...description } = readDescription(prebuiltDescriptionPath(path));
    const bytes = readFileSync(path);
    if (createHash('sha256').update(bytes).digest('hex') !== sha256)
      return { reason: `the prebuilt one, ${path}, does not have the hash that is noted beside it` };
    if (description.sources !== sources) return { reason: 'the prebuilt one is from other sources' };
    if (process.platform !== 'linux') return fitsSystem(kernel) ?? { path, bytes, libtorch, needed: [] };
    const elf = readElf(bytes);
    if (elf.cpu !== process.arch)
      return { reason: `the prebuilt one is for ${elf.cpu}, and this Node is for ${process.arch}` };
    const libraries = loaded ?? loadedLibraries();
    const lacks = lacksOf(elf, libraries);
    if (lacks !== null) return { reason: `the prebuilt one ${lacks}` };
    return { path, bytes, libtorch, needed: elf.needed.filter((library) => !libraries.has(library)) };
  } catch (error) {
    return { reason: `the prebuilt one in ${dirname(path)} cannot be used: ${messageOf(error)}` };
  }
}

function readDescription(path: string): PrebuiltDescription {
  const description = JSON.parse(readFileSync(path, 'utf8')) as Partial<PrebuiltDescription> | null;
  const { sources, libtorch, sha256, kernel } = description ?? {};
  const all = [sources, libtorch, sha256, ...(process.platform === 'darwin' ? [kernel] : [])];
  if (!all.every((each) => typeof each === 'string')) throw new Error('imdb_torch.json lacks a part');
  return description as PrebuiltDescription;
}

/** A Mach-O file loads on the release of macOS that it was built on, and on newer ones. */
function fitsSystem(kernel = release()): Unfit | null {
  if (compareVersions(release(), kernel) >= 0) return null;
  return { reason: `the prebuilt one was built on ${process.platform} ${kernel}, and this is ${release()}` };
}

/** Passes on a prebuilt addon where it is for this libtorch, else why it is not. */
export function fitTo(prebuilt: Prebuilt | Unfit, { path, version, hasCuda }: LibtorchFolder): Prebuilt | Unfit {
  if ('reason' in prebuilt) return prebuilt;
  const { libtorch, needed } = prebuilt;
  if (version !== libtorch || hasCuda) {
    const given = hasCuda ? `${version} with CUDA` : version;
    return { reason: `the prebuilt one is for libtorch ${libtorch}, and the one that is here is ${given}` };
  }
  const missing = needed.filter((library) => !existsSync(join(path, 'lib', library)));
  if (missing.length === 0) return prebuilt;
  return { reason: `the prebuilt one needs ${missing.join(' and ')}, which is not in ${path}` };
}

/** Returns what says whether a prebuilt addon is for a libtorch; undefined where it is for none. */
export function fittingOf(prebuilt: Prebuilt | Unfit): ((libtorch: LibtorchFolder) => boolean) | undefined {
  return 'reason' in prebuilt ? undefined : (libtorch) => !('reason' in fitTo(prebuilt, libtorch));
}

/** Returns the first libtorch at hand that a prebuilt addon is for, and where in the cache the addon belongs then. */
export function placeOf(prebuilt: Prebuilt | Unfit, sources: string, libtorch?: string): SelectedAddon | null {
  for (const place of addonPlaces(sources, libtorch)) {
    if (fittingOf(prebuilt)?.(place.libtorch)) return place;
  }
  return null;
}

/**
 * Puts a prebuilt addon into the cache, whole or not at all.
 * @throws ImdbTorchError ERR_OUTPUT
 */
export function placePrebuilt({ bytes }: Prebuilt, to: string): void {
  writeOrigin(to, { from: 'package' });
  writeFileAtomicSync(to, bytes);
}
