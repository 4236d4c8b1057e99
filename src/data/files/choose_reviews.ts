import { extensionOf, kindOf } from './file_kinds.js';
import { pathIn, type FolderTree } from './folder_tree.js';
import { expandBraces, globPattern } from './globs.js';

/** Chooses the files of folders that are reviews: by default all but those that are no texts by their names. */
export class ChooseReviews {
  readonly #patterns: readonly RegExp[] | null;
  readonly #chosen = new Map<FolderTree, string[]>();

  /** @param patterns of the names of reviews */
  constructor(patterns: readonly string[] | undefined) {
    this.#patterns = patterns?.flatMap(expandBraces).map(globPattern) ?? null;
  }

  /** Tells whether the patterns, where there are some, allow a name. */
  allows(name: string): boolean {
    return this.#patterns?.some((pattern) => pattern.test(name)) ?? true;
  }

  /** Returns the paths of the reviews in a folder and all below it. */
  within(folder: FolderTree): string[] {
    const known = this.#chosen.get(folder);
    if (known !== undefined) return known;
    const below = folder.folders.flatMap((each) => this.within(each));
    const chosen = [...this.among(folder), ...below];
    this.#chosen.set(folder, chosen);
    return chosen;
  }

  /** Returns the paths of the reviews right in a folder. */
  among(folder: FolderTree): string[] {
    const { files } = folder;
    return (this.#patterns === null ? textsAmong(files) : files.filter((name) => this.allows(name))).map((name) =>
      pathIn(folder, name),
    );
  }
}

function textsAmong(files: readonly string[]): string[] {
  const texts = files.filter((name) => kindOf(name) === 'text');
  const plain = new Set(texts.filter((name) => extensionOf(name) === 'txt'));
  // What lies beside a text under the same name says something about it.
  return texts.filter((name) => plain.has(name) || !plain.has(name.replace(/\.[^.]*$/, '.txt')));
}
