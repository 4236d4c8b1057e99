import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { readElf, type ElfFile } from './elf.js';
import { compareVersions } from './versions.js';

/** The paths of the shared libraries in this process, which Node has brought, by their names. */
export function loadedLibraries(): ReadonlyMap<string, string> {
  const report: typeof process.report & { excludeNetwork?: boolean } = process.report;
  const { excludeNetwork } = report;
  // The names of all who are connected would be looked up.
  report.excludeNetwork = true;
  const { sharedObjects } = report.getReport() as { sharedObjects?: string[] };
  if (excludeNetwork !== undefined) report.excludeNetwork = excludeNetwork;
  return new Map(sharedObjects?.map((path) => [basename(path), path]));
}

/**
 * Says in half a sentence what the libraries of this process (of C, C++, mathematics) do not define of what a file
 * needs, or that the file names none; null when they define all of it.
 */
export function lacksOf({ requires }: ElfFile, loaded: ReadonlyMap<string, string>): string | null {
  if (requires.size === 0) return 'does not say which versions of the C library it needs';
  for (const [library, versions] of requires) {
    const path = loaded.get(library);
    if (path === undefined) return `needs ${library}, which this Node does not load`;
    const defined = definedBy(path);
    if (defined === null) return `needs ${library}, and ${path} cannot be read`;
    const lacking = greatest(versions.filter((version) => !defined.includes(version)));
    if (lacking !== undefined) return `needs ${lacking}, and ${path} has ${greatestLike(lacking, defined)}`;
  }
  return null;
}

function definedBy(path: string): string[] | null {
  try {
    return readElf(readFileSync(path)).defines;
  } catch {
    return null;
  }
}

/** Takes what a version of symbols is called apart, as `GLIBCXX_3.4.30`. */
function parts(name: string): { family: string; version: string } {
  const [, family = name, version = ''] = /^(\w+?)_(\d[\d.]*)$/.exec(name) ?? [];
  return { family, version };
}

function greatest(names: readonly string[]): string | undefined {
  return [...names].sort((a, b) => compareVersions(parts(b).version, parts(a).version))[0];
}

function greatestLike(name: string, defined: readonly string[]): string {
  const like = greatest(defined.filter((each) => parts(each).family === parts(name).family));
  return like === undefined ? 'none of these' : `${like} at most`;
}
