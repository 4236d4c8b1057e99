import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ImdbTorchError } from '../errors.js';
import { inputError, systemCode } from '../system/file_errors.js';
import { TimeSlices } from '../system/time_slices.js';
import { assertNoPipe, checkHasFolder, filesSource, folderSource, tablesSource } from './files/files_source.js';
import { resolvePaths } from './files/globs.js';
import { isImdbLayout, listFolder, readFolder, subFolders } from './imdb/folder.js';
import { fetchImdbArchive, imdbArchive } from './imdb/fetch_archive.js';
import { tableInput } from './tables/split_input.js';
import { splitInputsSource } from './tables/split_inputs_source.js';
import { ImdbCollector } from './imdb/collector.js';
import { writeSample, type SampleReview } from './sample/sample.js';
import { inspectFile, type SourceFile } from './source_file.js';
import { RowSets } from './rows/row_sets.js';
import { rowsSource } from './rows/rows_source.js';
import type { DataFiles, Source, SourceOptions } from './source_types.js';
import { detectFormat } from './tables/format.js';

/**
 * Finds the reviews that `data` names: `imdb` (fetched and kept), `sample`, a folder (IMDb's, or with one sub-folder a
 * class), a tar file or a table, gzipped or not; a file is known by its content, whatever its name.
 * @throws ImdbTorchError ERR_DATASET when there is no such thing, ERR_DOWNLOAD; the reason of `signal`
 */
export async function findSource(data: string | DataFiles | RowSets, options: SourceOptions): Promise<Source> {
  if (data instanceof RowSets) return rowsSource(data, options);
  if (typeof data !== 'string') return filesSource(data, options);
  const paths = data === 'sample' || data === 'imdb' ? [data] : await resolvePaths(data);
  if (options.files !== undefined) await checkHasFolder(paths, data);
  if (data === 'sample') return sampleSource(options);
  if (data === 'imdb') return imdbSource(options);
  const [path = data] = paths;
  if (paths.length > 1) return tablesSource(data, paths, options);
  const status = await stat(path).catch((error: unknown) => {
    throw notThere(path, error);
  });
  if (status.isDirectory()) return anyFolderSource(path, options);
  assertNoPipe(path, status);
  const file = await inspectFile(path, options.signal, options.encoding);
  const format = detectFormat(file);
  if (format === 'archive') return archiveSource(file, options);
  return splitInputsSource(path, { train: [tableInput(file, format)] }, options);
}

/** Reads the IMDb data as they are unpacked, also within a folder of their own, and other folders by what they hold. */
async function anyFolderSource(path: string, options: SourceOptions): Promise<Source> {
  if (options.files !== undefined) return folderSource(path, options);
  const folders = await subFolders(path);
  const inner = folders.length === 1 ? join(path, folders[0] ?? '') : path;
  return (await isImdbLayout(inner)) ? imdbFolderSource(inner, options) : folderSource(path, options);
}

async function sampleSource({ signal, onProgress }: SourceOptions): Promise<Source> {
  const slices = new TimeSlices(signal);
  const reviews: SampleReview[] = [];
  const hash = createHash('sha256');
  for (const review of writeSample()) {
    reviews.push(review);
    hash.update(`${review.text}\n`);
    if (slices.isOver) await slices.next();
  }
  return {
    kind: 'sample',
    location: 'sample',
    sha256: hash.digest('hex'),
    read: async (texts) => {
      const collector = new ImdbCollector('sample', texts);
      for (const { file: place, text } of reviews) {
        collector.add(place, Buffer.from(text));
        if (slices.isOver) await slices.next();
      }
      onProgress?.({ stage: 'read', done: reviews.length, total: reviews.length, unit: 'reviews' });
      return collector;
    },
  };
}

async function imdbFolderSource(path: string, { signal, onProgress }: SourceOptions): Promise<Source> {
  const folder = await listFolder(path, signal);
  const total = folder.reviews.reduce((sum, { bytes }) => sum + bytes, 0);
  const onRead = (done: number): void => onProgress?.({ stage: 'read', done, total, unit: 'bytes' });
  return {
    kind: 'folder',
    location: path,
    sha256: folder.sha256,
    read: async (texts) => {
      const collector = new ImdbCollector(path, texts);
      await readFolder(path, folder, collector, { signal, onRead });
      return collector;
    },
  };
}

async function imdbSource(options: SourceOptions): Promise<Source> {
  const { signal, onProgress } = options;
  const path = await fetchImdbArchive({
    signal,
    onProgress: ({ received, total }) => onProgress?.({ stage: 'download', done: received, total, unit: 'bytes' }),
  });
  // Its hash is known by now: reading 84 MB once more would take longer than a cached data set does.
  return archiveSource({ path, ...imdbArchive, gzip: true }, options);
}

function archiveSource(
  { path, sha256, bytes, gzip }: Pick<SourceFile, 'path' | 'sha256' | 'bytes' | 'gzip'>,
  { signal, onProgress }: SourceOptions,
): Source {
  const onRead = (done: number): void => onProgress?.({ stage: 'read', done, total: bytes, unit: 'bytes' });
  return {
    kind: 'archive',
    location: path,
    sha256,
    read: async (texts) => {
      // Only here: loading the tar reader takes longer than a cached data set does.
      const { readArchive } = await import('./imdb/archive.js');
      const collector = new ImdbCollector(path, texts);
      await readArchive({ path, gzip }, { signal, onRead }, collector);
      const { rows, notLookedAt } = collector.notes.read;
      if (rows === 0 && notLookedAt.length > 0) throw otherLayout(path, notLookedAt);
      return collector;
    },
  };
}

function otherLayout(path: string, there: readonly string[]): ImdbTorchError {
  return new ImdbTorchError(
    'ERR_DATASET',
    `Expected the reviews of IMDb, in train/pos and so on, in the archive ${path} but it has ${there.slice(0, 5).join(', ')}; unpack it and give the folder.`,
  );
}

function notThere(path: string, cause: unknown): ImdbTorchError {
  if (systemCode(cause) !== 'ENOENT') return inputError(path, cause);
  const remedy =
    path === '-'
      ? 'write standard input to a file first, and give that'
      : /^[a-z]+:\/\//i.test(path)
        ? 'fetch it first, and give the file'
        : 'check the path';
  return new ImdbTorchError(
    'ERR_DATASET',
    `Expected imdb, sample or the path of a data set but ${JSON.stringify(path)} does not exist; ${remedy}.`,
    { cause },
  );
}
