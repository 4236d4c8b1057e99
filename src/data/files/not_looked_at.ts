import { compareNames } from './globs.js';
import { extensionOf } from './file_kinds.js';

const namedEntries = 20;
/** More files of a kind in one folder are counted rather than named. */
const namedFiles = 2;

/** Names files in a list of bounded length: `README.md`, `pos/*.json (300 files)`, `scripts/`. */
export function summarise(paths: Iterable<string>): string[] {
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
    group.length <= namedFiles ? group : [`${key} (${group.length} files)`],
  );
  const ordered = named.sort(compareNames);
  const more = ordered.length - namedEntries;
  return more > 1 ? [...ordered.slice(0, namedEntries), `and ${more} more`] : ordered;
}
