import { basename } from 'node:path';
import { ImdbTorchError } from '../../errors.js';
import type { ChooseReviews } from '../files/choose_reviews.js';
import type { FolderTree } from '../files/folder_tree.js';
import { listClassFolder, readClassFolder } from './class_folder.js';
import type { TableFile } from '../origins.js';
import type { SplitCollector } from './collector.js';
import { inspectFile, type SourceFile } from '../source_file.js';
import type { ColumnOptions } from './columns.js';
import { detectFormat, type TableFormat } from './format.js';
import { labelledRows } from './labelled_rows.js';
import { readTable } from './read_table.js';
import type { TableOptions } from './row_consumer.js';
import type { SourceOptions } from '../source_types.js';

/** A table, or a folder with one sub-folder a class, that has been found but not read yet. */
export interface SplitInput {
  readonly kind: TableFormat | 'classes-folder';
  /** The path, for messages. */
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
  /** Null where the reviews are files of a folder. */
  readonly table: TableFile | null;
  /** The files that are no reviews, by their paths in the folder. */
  readonly others: readonly string[];
  /** Whole sentences about what is unusual. */
  readonly notes: readonly string[];
  read(collector: SplitCollector, options: ColumnOptions & TableOptions & { encoding: string }): Promise<void>;
}

/** Is told which columns of a table are taken. */
export type OnColumns = (path: string, columns: readonly string[]) => void;

/**
 * Looks at the table at `path`.
 * @param name what origins call it
 * @throws ImdbTorchError ERR_DATASET when it is none; the reason of `signal`
 */
export async function openTable(
  path: string,
  name: string,
  { signal, encoding }: Pick<SourceOptions, 'signal' | 'encoding'>,
  onColumns?: OnColumns,
): Promise<SplitInput> {
  const file = await inspectFile(path, signal, encoding);
  const format = detectFormat(file);
  if (format !== 'archive') return tableInput(file, format, name, onColumns);
  throw new ImdbTorchError(
    'ERR_DATASET',
    `Expected a table or a folder with one sub-folder a class but ${path} is an archive; give an archive as the option data, or unpack it.`,
  );
}

/** @param prefix of the paths that origins have @throws ImdbTorchError ERR_DATASET; the reason of `signal` */
export async function classesInput(
  root: string,
  tree: FolderTree,
  choose: ChooseReviews,
  prefix: string,
  signal: AbortSignal | undefined,
): Promise<SplitInput> {
  const folder = await listClassFolder(root, tree, choose, signal);
  const { sha256, bytes, others, notes } = folder;
  return {
    kind: 'classes-folder',
    path: folder.root,
    sha256,
    bytes,
    table: null,
    others,
    notes,
    read: (collector, options) => readClassFolder(folder, options, collector, prefix),
  };
}

export function tableInput(
  file: SourceFile,
  format: TableFormat,
  name = basename(file.path),
  onColumns?: OnColumns,
): SplitInput {
  const { sha256, bytes, path } = file;
  return {
    kind: format,
    path,
    sha256,
    bytes,
    table: { name, unit: format === 'parquet' ? 'row' : 'line' },
    others: [],
    notes: [],
    read: (collector, options) => {
      const rows = labelledRows(collector, options, path);
      const choose = (names: readonly string[]): readonly string[] => {
        const columns = rows.choose(names);
        onColumns?.(path, columns);
        return columns;
      };
      return readTable(file, format, options, { ...rows, choose });
    },
  };
}
