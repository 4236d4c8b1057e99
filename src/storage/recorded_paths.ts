import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { splitList } from '../data/files/globs.js';
import type { RunDocument } from './run_document.js';

type Paths = NonNullable<RunDocument['paths']>;
type Options = NonNullable<RunDocument['options']>;

/** The options of `run.json`, and of configuration files, that name files or folders. */
const pathOptions = ['data', 'train', 'validFile', 'valid', 'test'] as const;

/** These stand for data sets that need no path. */
const words: readonly unknown[] = ['imdb', 'sample'];

/** Returns the absolute paths of the files and folders that options name, by the names of the options. */
export function absolutePaths(options: object): Paths {
  const paths: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(options)) {
    if (!pathOptions.some((option) => option === name) || (name === 'data' && words.includes(value))) continue;
    const resolved = [value].flat().flatMap((path) => (typeof path === 'string' ? resolveList(path) : []));
    const [first, ...others] = resolved;
    if (first === undefined) continue;
    if (name === 'data') paths[name] = resolved.join(',');
    else paths[name] = others.length > 0 || Array.isArray(value) ? resolved : first;
  }
  return paths;
}

/** Resolves a path that exists as typed, else each of a list with commas. */
export function resolveList(typed: string): string[] {
  const path = resolve(typed);
  return existsSync(path) ? [path] : splitList(typed).map((part) => resolve(part));
}

/**
 * Returns the options of a run as they are to be used here: its files and folders are where they were when the run was
 * made, whatever the working directory. A path that leads there stays as it was typed.
 */
export function optionsFromHere({ options = {}, paths = {} }: Pick<RunDocument, 'options' | 'paths'>): Options {
  const known = pathOptions.filter((name) => name in paths);
  const entries = known.map((name) => [name, pathFromHere(options[name] as Paths[string], paths[name])]);
  return { ...options, ...(Object.fromEntries(entries) as Paths) };
}

/** Returns what was typed where that leads to the absolute path, or paths, from here; else these. */
export function pathFromHere<T extends Paths[string]>(typed: T, absolute: T = typed): T {
  const here = [typed].flat().map((path) => resolve(path));
  return here.join('\n') === [absolute].flat().join('\n') ? typed : absolute;
}
