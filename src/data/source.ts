import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ImdbTorchError, messageOf } from '../errors.js';
import { systemCode } from '../system/file_errors.js';
import { TimeSlices } from '../system/time_slices.js';
import type { TokenLists } from '../text/tokens/token_lists.js';
import { subFolders } from './tables/class_folder.js';
import { splitNames, type CollectedReviews } from './collected_reviews.js';
import { listFolder, readFolder } from './imdb/folder.js';
import { fetchImdbArchive } from './imdb/fetch_archive.js';
import { folderPart, openPart, tablePart, type LabelledPart } from './tables/split_input.js';
import { labelledSource } from './tables/split_inputs_source.js';
import { classes, ReviewCollector } from './imdb/collector.js';
import { writeSample, type SampleReview } from './sample/sample.js';
import { inspectFile, type SourceFile } from './source_file.js';
import { detectFormat } from './tables/format.js';

export interface SourceProgress {
  readonly stage: 'download' | 'read' | 'encode';
  readonly done: number;
  /** null: not known. */
  readonly total: number | null;
  readonly unit: 'bytes' | 'reviews';
}

export interface SourceOptions {
  /** Columns of a table; those that are not given are taken by their usual names. */
  textColumn?: string | undefined;
  labelColumn?: string | undefined;
  /** The classes of a table in their order; a whole number stands for the name at that place. By default all labels. */
  labels?: readonly string[] | undefined;
  /** Whether a single bad row is too much. */
  strict?: boolean | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: SourceProgress) => void) | undefined;
}

/** Tables or folders of classes for the splits; without `valid` or `test` a part of the training reviews is held out. */
export interface DataFiles {
  readonly train: string;
  readonly valid?: string | undefined;
  readonly test?: string | undefined;
}

/** Reviews that have been found but not read yet. */
export interface Source {
  readonly kind: 'archive' | 'folder' | 'sample' | LabelledPart['kind'];
  /** What messages call it: a path, or `sample`. */
  readonly location: string;
  /** Of a file; of a folder's listing with sizes and times; of the sample's text; of several files' hashes. */
  readonly sha256: string;
  /** What else the reviews depend on. */
  readonly variant?: object;
  /**
   * @param tokens where the words go; none yet
   * @throws ImdbTorchError ERR_DATASET, ERR_USAGE (columns); the reason of the signal
   */
  read(tokens: TokenLists): Promise<CollectedReviews>;
}

/**
 * Finds the reviews that `data` names: `imdb` (fetched and kept), `sample`, a folder (IMDb's, or with one sub-folder a
 * class), a tar file or a table, gzipped or not; a file is known by its content, whatever its name.
 * @throws ImdbTorchError ERR_DATASET when there is no such thing, ERR_DOWNLOAD; the reason of `signal`
 */
export async function findSource(data: string | DataFiles, options: SourceOptions): Promise<Source> {
  if (typeof data !== 'string') return filesSource(data, options);
  if (data === 'sample') return sampleSource(options);
  if (data === 'imdb') return imdbSource(options);
  const status = await stat(data).catch((error: unknown) => {
    throw notThere(data, error);
  });
  if (status.isDirectory()) return folderSource(data, options);
  if (!status.isFile()) {
    throw new ImdbTorchError(
      'ERR_DATASET',
      `Expected a file or folder but ${data} is neither; give another path.`,
    );
  }
  const file = await inspectFile(data, options.signal);
  const format = detectFormat(file);
  if (format === 'archive') return archiveSource(file, options);
  return labelledSource(data, { train: tablePart(file, format) }, options);
}

async function filesSource(files: DataFiles, options: SourceOptions): Promise<Source> {
  const paths = splitNames.flatMap((name) => files[name] ?? []);
  const open = async (path: string | undefined): Promise<LabelledPart | undefined> =>
    path === undefined ? undefined : openPart(path, options.signal);
  const [train, valid, test] = [
    await openPart(files.train, options.signal),
    await open(files.valid),
    await open(files.test),
  ];
  return labelledSource(paths.join(', '), { train, ...(valid && { valid }), ...(test && { test }) }, options);
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
    read: async (tokens) => {
      const collector = new ReviewCollector('sample', tokens);
      for (const { place, text } of reviews) {
        collector.add(place, Buffer.from(text));
        if (slices.isOver) await slices.next();
      }
      onProgress?.({ stage: 'read', done: reviews.length, total: reviews.length, unit: 'reviews' });
      return collector;
    },
  };
}

async function folderSource(path: string, options: SourceOptions): Promise<Source> {
  const folders = await subFolders(path);
  const parts = splitNames.filter((name) => folders.includes(name));
  if (parts.length === 0 && folders.length > 0) {
    return labelledSource(path, { train: await folderPart(path, options.signal) }, options);
  }
  if (await isImdbLayout(path, parts)) return imdbFolderSource(path, options);
  const opened: Partial<Record<(typeof parts)[number], LabelledPart>> = {};
  for (const name of parts) opened[name] = await folderPart(join(path, name), options.signal);
  const { train } = opened;
  if (train !== undefined) return labelledSource(path, { ...opened, train }, options);
  throw new ImdbTorchError(
    'ERR_DATASET',
    `Expected a folder train in ${path} beside ${parts.join(' and ')}; give a complete data set.`,
  );
}

/** Whether no other classes than those of the IMDb data have folders; `unsup` has the reviews without a label. */
async function isImdbLayout(path: string, parts: readonly string[]): Promise<boolean> {
  const known = new Set<string>([...classes, 'unsup']);
  const folders = await Promise.all(parts.map((name) => subFolders(join(path, name))));
  return !parts.includes('valid') && folders.flat().every((name) => known.has(name));
}

async function imdbFolderSource(path: string, { signal, onProgress }: SourceOptions): Promise<Source> {
  const folder = await listFolder(path, signal);
  const total = folder.reviews.reduce((sum, { bytes }) => sum + bytes, 0);
  const onRead = (done: number): void => onProgress?.({ stage: 'read', done, total, unit: 'bytes' });
  return {
    kind: 'folder',
    location: path,
    sha256: folder.sha256,
    read: async (tokens) => {
      const collector = new ReviewCollector(path, tokens);
      await readFolder(path, folder, collector, { signal, onRead });
      return collector;
    },
  };
}

async function imdbSource(options: SourceOptions): Promise<Source> {
  const { signal, onProgress } = options;
  const path = await fetchImdbArchive({
    signal,
    onProgress: ({ received, total }) =>
      onProgress?.({ stage: 'download', done: received, total, unit: 'bytes' }),
  });
  return archiveSource(await inspectFile(path, signal), options);
}

function archiveSource(
  { path, sha256, bytes, gzip }: SourceFile,
  { signal, onProgress }: SourceOptions,
): Source {
  const onRead = (done: number): void => onProgress?.({ stage: 'read', done, total: bytes, unit: 'bytes' });
  return {
    kind: 'archive',
    location: path,
    sha256,
    read: async (tokens) => {
      // Only here: loading the tar reader takes longer than a cached data set does.
      const { readArchive } = await import('./imdb/archive.js');
      const collector = new ReviewCollector(path, tokens);
      await readArchive({ path, gzip, signal, onRead }, collector);
      return collector;
    },
  };
}

function notThere(path: string, cause: unknown): ImdbTorchError {
  const message =
    systemCode(cause) === 'ENOENT'
      ? `Expected imdb, sample or the path of a data set but ${JSON.stringify(path)} does not exist; check the path.`
      : `Could not read ${path}: ${messageOf(cause)}.`;
  return new ImdbTorchError('ERR_DATASET', message, { cause });
}
