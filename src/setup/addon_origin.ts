import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeFileAtomicSync } from '../system/atomic_file.js';

/** Where an addon in the cache is from. */
export type AddonOrigin =
  | { from: 'package' }
  /** `because` says in half a sentence why it is not the prebuilt one of the package. */
  | { from: 'compiler'; because: string };

/** Notes beside an addon where it is from. */
export function writeOrigin(addon: string, origin: AddonOrigin): void {
  writeFileAtomicSync(originPath(addon), JSON.stringify(origin));
}

/** Returns where an addon in the cache is from; null where that was not noted, as by earlier versions. */
export function readOrigin(addon: string): AddonOrigin | null {
  try {
    const { from, because } = JSON.parse(readFileSync(originPath(addon), 'utf8')) as Record<string, unknown>;
    if (from === 'package') return { from };
    return from === 'compiler' && typeof because === 'string' ? { from, because } : null;
  } catch {
    return null;
  }
}

function originPath(addon: string): string {
  return join(dirname(addon), 'origin.json');
}

/** Describes in half a sentence where an addon for a version of libtorch is from. */
export function describeOrigin(origin: AddonOrigin | null, libtorch: string): string {
  if (origin === null) return 'compiled here';
  return origin.from === 'package'
    ? `prebuilt for libtorch ${libtorch}, from this package`
    : `compiled here, because ${origin.because}`;
}
