import { compareNames } from './globs.js';
import { extensionOf } from './file_kinds.js';

const namedEntries = 20;
/** More files of a kind in one folder are counted rather than named. */
const namedFiles = 2;

/** A file or folder, or the files of one kind in a folder, by the name that stands for them. */
export interface PathGroup {
  /** Such as `README.md`, `pos/*.json (300 files)`, `scripts/`. */
  readonly name: string;
  readonly count: number;
}

/** Takes many files of one kind in one folder together. */
export function groupPaths(paths: Iterable<string>): PathGroup[] {
  const groups = new Map<string, string[]>();
  for (const path of paths) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const extension = extensionOf(name);
    const key = `${path.slice(0, path.length - name.length)}*${extension && `.${extension}`}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [path]);
    else group.push(path);
  }
  const named = [...groups].flatMap(([key, group]) =>
    group.length <= namedFiles
      ? group.map((name) => ({ name, count: 1 }))
      : [{ name: `${key} (${group.length} files)`, count: group.length }],
  );
  return named.sort((one, other) => compareNames(one.name, other.name));
}

/** Names groups in a list of bounded length, which says how many files and folders have no name in it. */
export function namesOf(groups: readonly PathGroup[]): string[] {
  const named = groups.slice(0, groups.length > namedEntries + 1 ? namedEntries : undefined);
  const more = groups.slice(named.length).reduce((sum, { count }) => sum + count, 0);
  return [...named.map(({ name }) => name), ...(more === 0 ? [] : [`and ${more.toLocaleString('en')} more`])];
}

/** Names files in a list of bounded length. */
export function summarise(paths: Iterable<string>): string[] {
  return namesOf(groupPaths(paths));
}
