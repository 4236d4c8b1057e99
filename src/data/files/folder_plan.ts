import { ImdbTorchError } from '../../errors.js';
import { splitNames, type SplitName } from '../collected_reviews.js';
import { formatExtension } from './file_kinds.js';
import { filesWithin, foldersWithin, pathIn, type FolderTree } from './folder_tree.js';
import type { ChooseReviews } from './choose_reviews.js';
import { compareNames } from './globs.js';
import { summarise } from './not_looked_at.js';
import { splitOfFile, splitOfFolder } from './split_words.js';

/** What a folder has for one split: tables, whose paths start where the tree does, or a folder with one folder per class. */
export type PlannedPart = { readonly tables: readonly string[] } | { readonly classes: FolderTree };

export type Plan = Readonly<Partial<Record<SplitName, PlannedPart>>>;

/** Finds the splits in folders by the names of what is in them. */
export class FolderPlanner {
  /** @param root names the folder in messages @param isTable tells tables by their names, which may have a path */
  constructor(
    readonly root: string,
    readonly choose: ChooseReviews,
    readonly isTable: (path: string) => boolean,
  ) {}

  /**
   * Finds folders or tables that are named after splits, else one part that is the training reviews.
   * @throws ImdbTorchError ERR_DATASET that names what is there
   */
  plan(whole: FolderTree): Plan {
    const tree = this.#unwrap(whole, ({ name }) => splitOfFolder(name) === null);
    const splitOf = this.#namesSplits(tree) ? splitWithin : splitOfFolder;
    const parts = tree.folders.filter((folder) => splitOf(folder.name) !== null && this.#isPart(folder));
    if (parts.length === 0) return this.#planTablesOrClasses(tree);
    const named = tree.folders.filter(({ name }) => splitOf(name) !== null);
    const others = tree.folders.filter((folder) => !named.includes(folder) && this.#hasReviews(folder));
    const hasTrain = parts.some(({ name }) => splitOf(name) === 'train');
    if (!hasTrain || (parts.length === 1 && others.length > 0)) {
      throw unclear(this.root, tree, 'a folder train, or folders of texts that are classes,');
    }
    return bySplit(
      this.root,
      named.map((folder) => ({
        name: folder.path,
        split: splitOf(folder.name) ?? 'train',
        part: () => this.planPart(folder),
      })),
    );
  }

  /** Says whether every folder has the name of a split within its own, as `20news-bydate-train` and `-test` have. */
  #namesSplits({ folders }: FolderTree): boolean {
    const filled = folders.filter((folder) => this.#isFilled(folder));
    const splits = new Set(filled.map((folder) => (this.#isPart(folder) ? splitWithin(folder.name) : null)));
    return splits.size > 1 && splits.has('train') && !splits.has(null);
  }

  /** Finds what a folder has for one split. @throws ImdbTorchError ERR_DATASET that names what is there */
  planPart(whole: FolderTree): PlannedPart {
    const plan = this.#planTablesOrClasses(this.#unwrap(whole, () => true));
    if (plan.valid === undefined && plan.test === undefined && plan.train !== undefined) return plan.train;
    throw new ImdbTorchError(
      'ERR_DATASET',
      `Expected the reviews of one split in ${placeOf(this.root, whole)} but it has several; give the folder as the option data, or one of its files.`,
    );
  }

  /** Tells splits from classes that are called so: their texts lie in folders or tables. */
  #isPart(folder: FolderTree): boolean {
    const hasTexts = this.choose.among(folder).length > 0;
    const classes = folder.folders.filter((each) => this.#hasReviews(each)).length;
    return classes > Number(hasTexts) || (!hasTexts && this.#tablesIn(folder).length > 0);
  }

  /** Leaves folders that hold but one folder, in which the data set is. */
  #unwrap(tree: FolderTree, mayLeave: (folder: FolderTree) => boolean): FolderTree {
    const [only, other] = tree.folders.filter((folder) => this.#isFilled(folder));
    const isAlone = other === undefined && this.choose.among(tree).length === 0 && this.#ownTables(tree).length === 0;
    if (only === undefined || !isAlone || !mayLeave(only)) return tree;
    return only.folders.some((folder) => this.#isFilled(folder)) ? this.#unwrap(only, mayLeave) : tree;
  }

  #planTablesOrClasses(tree: FolderTree): Plan {
    const classes = tree.folders.filter((folder) => this.#hasReviews(folder));
    const holders = [...foldersWithin(tree)].filter((folder) => this.#ownTables(folder).length > 0);
    const withTrain = holders.filter((folder) => this.#ownTables(folder).some(isTraining));
    const [holder, another] = withTrain.length > 0 ? withTrain : holders;
    if (classes.length >= 2 && withTrain.length === 0) {
      // Tables beside classes say something about them.
      const isAbout = (each: FolderTree): boolean => each === tree || classes.some((own) => contains(own, each));
      if (holders.every(isAbout)) return { train: { classes: tree } };
    } else if (holder !== undefined && (another === undefined || holder === tree)) {
      return planTables(placeOf(this.root, holder), this.#ownTables(holder));
    }
    const tables = holders.length > 1 ? 'tables in one folder only' : 'tables';
    throw unclear(this.root, tree, `${tables}, or one folder of texts per class,`);
  }

  #isFilled(folder: FolderTree): boolean {
    return this.#hasReviews(folder) || this.#tablesIn(folder).length > 0;
  }

  #hasReviews(folder: FolderTree): boolean {
    return this.choose.within(folder).length > 0;
  }

  #ownTables(tree: FolderTree): string[] {
    return tree.files.filter(this.isTable).map((name) => pathIn(tree, name));
  }

  #tablesIn(tree: FolderTree): string[] {
    return [...filesWithin(tree)].filter((path) => this.isTable(nameOf(path)));
  }
}

/** Groups tables by the splits that their names say; without any they all are training reviews. */
export function planTables(root: string, paths: readonly string[]): Plan {
  const named = paths.flatMap((path) => {
    const found = splitOfFile(nameOf(path));
    return found === null ? [] : [{ path, ...found }];
  });
  if (named.length === 0 || paths.length === 1) return { train: { tables: sameKind(root, paths) } };
  if (!named.some(({ split }) => split === 'train')) {
    throw new ImdbTorchError(
      'ERR_DATASET',
      `Expected a table with train in its name but ${root} has ${summarise(paths).join(', ')}; name them with the options train, valid and test.`,
    );
  }
  const words = new Map<string, { split: SplitName; tables: string[] }>();
  for (const { path, split, word } of named) {
    const known = words.get(word);
    if (known === undefined) words.set(word, { split, tables: [path] });
    else known.tables.push(path);
  }
  const parts = [...words.values()].map(({ split, tables }) => {
    return { name: tables[0] ?? '', split, part: () => ({ tables: numbered(root, tables) }) };
  });
  return bySplit(root, parts);
}

interface NamedPart {
  readonly name: string;
  readonly split: SplitName;
  readonly part: () => PlannedPart;
}

function bySplit(root: string, parts: readonly NamedPart[]): Plan {
  const found = splitNames.flatMap((split) => {
    const [first, second] = parts.filter((part) => part.split === split);
    if (first === undefined) return [];
    if (second === undefined) return [[split, first.part()] as const];
    throw new ImdbTorchError(
      'ERR_DATASET',
      `Expected one ${split} split in ${root} but it has ${first.name} and ${second.name}; name what is to be read with the options train, valid and test.`,
    );
  });
  return Object.fromEntries(found);
}

function contains(tree: FolderTree, folder: FolderTree): boolean {
  return folder === tree || folder.path.startsWith(`${tree.path}/`);
}

function splitWithin(name: string): SplitName | null {
  return splitOfFile(name)?.split ?? null;
}

function isTraining(path: string): boolean {
  return splitOfFile(nameOf(path))?.split === 'train';
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function placeOf(root: string, { path }: FolderTree): string {
  return path === '' ? root : `${root}/${path}`;
}

/** Takes several tables of a split where only numbers tell them apart. @throws ImdbTorchError ERR_DATASET */
function numbered(root: string, paths: readonly string[]): string[] {
  const tables = sameKind(root, paths);
  const [first = '', other] = [...new Map(tables.map((path) => [path.replace(/\d+/g, '#'), path])).values()];
  if (other === undefined) return tables;
  throw new ImdbTorchError(
    'ERR_DATASET',
    `Expected one table for each split in ${root} but it has ${first} and ${other}; name what is to be read with the options train, valid and test.`,
  );
}

/** Puts the tables of a split in order, numbered parts by their numbers. @throws ImdbTorchError ERR_DATASET */
function sameKind(root: string, paths: readonly string[]): string[] {
  const tables = [...paths].sort(compareNames);
  const formats = new Set(tables.map((path) => formatExtension(path)));
  const stems = new Set(tables.map((path) => path.replace(/\.gz$/i, '')));
  if (formats.size > 1 || stems.size < tables.length) {
    throw new ImdbTorchError(
      'ERR_DATASET',
      `Expected tables of one format in ${root} but it has ${summarise(tables).join(', ')}; name those to be read with the option train.`,
    );
  }
  const missing = incomplete(tables);
  if (missing === null) return tables;
  throw new ImdbTorchError(
    'ERR_DATASET',
    `Expected all parts of ${missing} in ${root} but some are not there; fetch them, or name files with the option train.`,
  );
}

/** Returns what is called `train-*-of-00003`, say, and has fewer parts. */
function incomplete(tables: readonly string[]): string | null {
  const parts = new Map<string, number>();
  for (const path of tables) {
    const [all, stem = '', count = ''] = /^(.*)-\d+-of-(\d+)\.[^/]*$/.exec(path) ?? [];
    if (all !== undefined) parts.set(`${stem}-*-of-${count}`, (parts.get(`${stem}-*-of-${count}`) ?? 0) + 1);
  }
  const found = [...parts].find(([name, there]) => there !== Number(/\d+$/.exec(name)?.[0]));
  return found?.[0] ?? null;
}

function unclear(root: string, tree: FolderTree, expected: string): ImdbTorchError {
  const folders = tree.folders.map(({ name }) => `${name}/`);
  const there = summarise([...folders, ...tree.files]);
  const within = summarise(tree.folders.flatMap((folder) => [...filesWithin(folder)]));
  if (there.length === 0) {
    throw new ImdbTorchError(
      'ERR_DATASET',
      `Expected ${expected} in ${placeOf(root, tree)} but it is empty; give a folder with reviews.`,
    );
  }
  const inFolders = within.length === 0 ? '' : `, in the folders ${within.slice(0, 5).join(', ')}`;
  return new ImdbTorchError(
    'ERR_DATASET',
    `Expected ${expected} in ${placeOf(root, tree)} but it has ${there.join(', ')}${inFolders}; name files or folders with the options train, valid and test, or choose files with the option files.`,
  );
}
