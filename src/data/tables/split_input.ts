import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { ImdbTorchError } from '../../errors.js';
import { listClassFolder, readClassFolder } from './class_folder.js';
import { unreadable } from '../imdb/folder.js';
import type { TableFile } from '../origins.js';
import type { SplitCollector } from './collector.js';
import { inspectFile, type SourceFile } from '../source_file.js';
import type { ColumnOptions } from './columns.js';
import { detectFormat, type TableFormat } from './format.js';
import type { SourceOptions } from '../source_types.js';
import { labelledRows } from './labelled_rows.js';
import { readTable } from './read_table.js';
import type { TableOptions } from './row_consumer.js';

/** A table, or a folder with one sub-folder a class, that has been found but not read yet. */
export interface SplitInput {
  readonly kind: TableFormat | 'classes-folder';
  readonly sha256: string;
  readonly bytes: number;
  /** Null where the reviews are files of a folder. */
  readonly table: TableFile | null;
  read(collector: SplitCollector, options: ColumnOptions & TableOptions & { encoding: string }): Promise<void>;
}

/**
 * Looks at the file or folder at `path`.
 * @throws ImdbTorchError ERR_DATASET when it is neither; the reason of `signal`
 */
export async function openInput(
  path: string,
  { signal, encoding }: Pick<SourceOptions, 'signal' | 'encoding'>,
): Promise<SplitInput> {
  const status = await stat(path).catch((error: unknown) => {
    throw unreadable('', path, error);
  });
  if (status.isDirectory()) return folderInput(path, signal);
  const file = await inspectFile(path, signal, encoding);
  const format = detectFormat(file);
  if (format !== 'archive') return tableInput(file, format);
  throw new ImdbTorchError(
    'ERR_DATASET',
    `Expected a table or a folder with one sub-folder a class but ${path} is an archive; give an archive as the option data.`,
  );
}

export async function folderInput(path: string, signal: AbortSignal | undefined): Promise<SplitInput> {
  const folder = await listClassFolder(path, signal);
  const { sha256, bytes } = folder;
  return {
    kind: 'classes-folder',
    sha256,
    bytes,
    table: null,
    read: (collector, options) => readClassFolder(folder, options, collector),
  };
}

export function tableInput(file: SourceFile, format: TableFormat): SplitInput {
  const { sha256, bytes } = file;
  return {
    kind: format,
    sha256,
    bytes,
    table: { name: basename(file.path), unit: format === 'parquet' ? 'row' : 'line' },
    read: (collector, options) => readTable(file, format, options, labelledRows(collector, options, file.path)),
  };
}
