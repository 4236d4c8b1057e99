import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { ImdbTorchError } from '../../errors.js';
import { splitNames, type SplitName } from '../collected_reviews.js';
import type { SourceOptions } from '../source_types.js';
import { fastTextPrefix } from '../tables/format.js';
import { classesInput, openTable, type OnColumns, type SplitInput } from '../tables/split_input.js';
import type { SplitInputs } from '../tables/split_inputs_source.js';
import { ChooseReviews } from './choose_reviews.js';
import { kindOf } from './file_kinds.js';
import { FolderPlanner, type Plan } from './folder_plan.js';
import { filesWithin, foldersWithin, readTree, type FolderTree } from './folder_tree.js';

const namedTables = 5;

export interface FolderInputs {
  readonly parts: SplitInputs;
  /** The paths of all files that are no reviews, within the folder. */
  readonly others: readonly string[];
}

type FolderOptions = Pick<SourceOptions, 'files' | 'signal' | 'encoding'>;

/** Looks for the splits in a folder. @throws ImdbTorchError ERR_DATASET that names what is there */
export async function openFolder(root: string, options: FolderOptions): Promise<FolderInputs> {
  return openPlan(root, '', options, (planner, tree) => planner.plan(tree));
}

/**
 * Looks for the reviews of one split in a folder, which are in `parts.train` then.
 * @param prefix of the paths that origins of reviews in files of their own have
 * @throws ImdbTorchError ERR_DATASET that names what is there
 */
export async function openFolderOfSplit(root: string, prefix: string, options: FolderOptions): Promise<FolderInputs> {
  return openPlan(root, prefix, options, (planner, tree) => ({ train: planner.planPart(tree) }));
}

async function openPlan(
  root: string,
  prefix: string,
  options: FolderOptions,
  planBy: (planner: FolderPlanner, tree: FolderTree) => Plan,
): Promise<FolderInputs> {
  const { files, signal } = options;
  const tree = await readTree(root, signal);
  const choose = new ChooseReviews(files);
  const isTable = await tableTest(root, tree, choose);
  const plan = planBy(new FolderPlanner(root, choose, isTable), tree);
  const parts: Partial<Record<SplitName, readonly SplitInput[]>> = {};
  const used = new Set<string>();
  for (const name of splitNames) {
    const part = plan[name];
    if (part === undefined) continue;
    if ('classes' in part) {
      for (const path of [...filesWithin(part.classes), ...linksAndProblems(part.classes)]) used.add(path);
      parts[name] = [await classesInput(root, part.classes, choose, prefix, signal)];
    } else {
      for (const path of part.tables) used.add(path);
      parts[name] = await openAlike(part.tables, (path) => [join(root, path), prefix + path], options);
    }
  }
  const within = Object.values(parts).flatMap((inputs) => inputs.flatMap(({ others }) => others));
  const beside = [...filesWithin(tree), ...linksAndProblems(tree)].filter((path) => !used.has(path));
  return { parts, others: [...within, ...beside] };
}

function linksAndProblems(tree: FolderTree): string[] {
  return [...foldersWithin(tree)].flatMap(({ links, problems }) => [...links, ...problems.map(({ path }) => path)]);
}

/**
 * Opens the tables that were found for one split, whose texts and labels are to lie in the same columns.
 * @param placeOf returns the path of a table and what origins call it
 */
export async function openAlike(
  tables: readonly string[],
  placeOf: (table: string) => [path: string, name: string],
  options: Pick<SourceOptions, 'signal' | 'encoding'>,
): Promise<SplitInput[]> {
  let first: { path: string; columns: readonly string[] } | null = null;
  const onColumns: OnColumns = (path, columns) => {
    first ??= { path, columns };
    if (first.columns.every((name, index) => name === columns[index])) return;
    throw new ImdbTorchError(
      'ERR_DATASET',
      `Expected text and label of ${path} in the columns ${first.columns.join(' and ')}, as in ${first.path}, but they are in ${columns.join(' and ')}; name the files to be read with the option train.`,
    );
  };
  const inputs: SplitInput[] = [];
  for (const table of tables) inputs.push(await openTable(...placeOf(table), options, onColumns));
  const [one, ...others] = inputs;
  if (one === undefined || others.length === 0) return inputs;
  const names = `${tables.slice(0, namedTables).join(', ')}${tables.length > namedTables ? ', ...' : ''}`;
  return [{ ...one, notes: [`${tables.length} files are read one behind the other: ${names}.`] }, ...others];
}

/** Returns what tells tables by their paths: JSON and fastText files count where there are no others. */
async function tableTest(root: string, tree: FolderTree, choose: ChooseReviews): Promise<(path: string) => boolean> {
  const kinds = new Set([...filesWithin(tree)].map((path) => kindOf(nameOf(path))));
  if (kinds.has('table')) return (path) => kindOf(nameOf(path)) === 'table' && choose.allows(nameOf(path));
  const fastText = new Set<string>();
  const texts = tree.folders.some((folder) => choose.within(folder).length > 0) ? [] : choose.among(tree);
  for (const path of texts) if (await beginsAsFastText(join(root, path))) fastText.add(path);
  if (fastText.size > 0) return (path) => fastText.has(path);
  return (path) => kindOf(nameOf(path)) === 'json' && choose.allows(nameOf(path));
}

async function beginsAsFastText(path: string): Promise<boolean> {
  const file = await open(path).catch(() => null);
  try {
    const start = await file?.read(Buffer.alloc(fastTextPrefix.length), 0, fastTextPrefix.length, 0);
    return start?.buffer.toString('latin1') === fastTextPrefix;
  } finally {
    await file?.close();
  }
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
