import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ImdbTorchError } from '../../errors.js';

/**
 * Returns the paths that were given for one purpose: a path that exists is taken as typed; else commas separate paths, and
 * `*`, `?`, `[...]`, `{a,b}` and `**` stand for what there is, in the order of names with numbers by their value.
 * @throws ImdbTorchError ERR_DATASET when a pattern matches nothing
 */
export async function resolvePaths(given: string | readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const typed of typeof given === 'string' ? [given] : given) {
    const parts = (await exists(typed)) ? [typed] : splitList(typed);
    for (const part of parts) found.push(...(await expand(part)));
  }
  return found;
}

async function expand(part: string): Promise<string[]> {
  // A file that does not exist is reported where it is opened.
  if (!isGlob(part) || (await exists(part))) return [part];
  const matches = new Set<string>();
  for (const pattern of expandBraces(part)) {
    const segments = pattern.split('/');
    const start = pattern.startsWith('/') ? '/' : '';
    for (const path of await walk(start, segments.slice(start.length))) matches.add(path);
  }
  if (matches.size > 0) return [...matches].sort(compareNames);
  throw new ImdbTorchError(
    'ERR_DATASET',
    `Expected files that match ${JSON.stringify(part)} but there are none; check the path and the pattern.`,
  );
}

/** @param base what exists, the empty string for the working folder */
async function walk(base: string, [segment, ...rest]: readonly string[]): Promise<string[]> {
  if (segment === undefined) return [base];
  if (segment === '**') {
    const folders = await namesIn(base, (entry) => entry.isDirectory() && !entry.name.startsWith('.'));
    const deeper = await Promise.all(folders.map((name) => walk(join(base, name), ['**', ...rest])));
    return [...(await walk(base, rest.length === 0 ? ['*'] : rest)), ...deeper.flat()];
  }
  if (!isGlob(segment)) {
    const path = join(base, segment);
    return (await exists(path)) ? walk(path, rest) : [];
  }
  const pattern = globPattern(segment);
  const names = await namesIn(
    base,
    ({ name }) => pattern.test(name) && (segment.startsWith('.') || !name.startsWith('.')),
  );
  return (await Promise.all(names.map((name) => walk(join(base, name), rest)))).flat();
}

type Filter = (entry: { name: string; isDirectory(): boolean }) => boolean;

async function namesIn(folder: string, isWanted: Filter): Promise<string[]> {
  const entries = await readdir(folder === '' ? '.' : folder, { withFileTypes: true }).catch(() => []);
  return entries.filter(isWanted).map(({ name }) => name);
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

export function isGlob(text: string): boolean {
  return /[*?[{]/.test(text);
}

/** Splits at commas, but for those within braces. */
export function splitList(text: string): string[] {
  return (text.match(/(?:\{[^{}]*\}|[^,])+/g) ?? [text]).map((part) => part.trim());
}

/** Writes out `{a,b}`: a pattern for each. */
export function expandBraces(pattern: string): string[] {
  const [all, before = '', inner = '', after = ''] = /^(.*?)\{([^{}]*)\}(.*)$/.exec(pattern) ?? [];
  if (all === undefined) return [pattern];
  const expanded = inner.split(',').flatMap((choice) => expandBraces(before + choice + after));
  return [...new Set(expanded)];
}

/**
 * Makes what tells whether a name, without slashes, matches a pattern that has no braces.
 * @throws ImdbTorchError ERR_USAGE when it is none
 */
export function globPattern(glob: string): RegExp {
  const source = glob.replace(
    /\*+|\?|\[([!^]?)(\]?[^\]]+|\])\]|[\\^$.|+()[\]{}]/g,
    (token, not?: string, set?: string) => {
      if (token.startsWith('*')) return '.*';
      if (token === '?') return '.';
      return set === undefined ? `\\${token}` : `[${not ? '^' : ''}${set.replace(/[\\\]^[]/g, '\\$&')}]`;
    },
  );
  try {
    return new RegExp(`^${source}$`, 'su');
  } catch {
    throw new ImdbTorchError(
      'ERR_USAGE',
      `Expected a pattern but got ${JSON.stringify(glob)}; within brackets, a range begins with its lower end: [a-z].`,
    );
  }
}

/** Orders names by their characters, but numbers in them by their value: `part-2` before `part-10`. */
export function compareNames(one: string, other: string): number {
  const [a, b] = [one, other].map((name) => name.replace(/\d+/g, (digits) => digits.padStart(20, '0')));
  if (a === b || a === undefined || b === undefined) return one < other ? -1 : Number(one > other);
  return a < b ? -1 : 1;
}
