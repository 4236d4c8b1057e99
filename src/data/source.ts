import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ImdbTorchError, messageOf } from '../errors.js';
import { systemCode } from '../system/file_errors.js';
import { TimeSlices } from '../system/time_slices.js';
import { subFolders } from './tables/class_folder.js';
import { splitNames } from './collected_reviews.js';
import { listFolder, readFolder } from './imdb/folder.js';
import { fetchImdbArchive, imdbArchive } from './imdb/fetch_archive.js';
import { folderInput, openInput, tableInput, type SplitInput } from './tables/split_input.js';
import { splitInputsSource } from './tables/split_inputs_source.js';
import { imdbClasses, ImdbCollector } from './imdb/collector.js';
import { writeSample, type SampleReview } from './sample/sample.js';
import { inspectFile, type SourceFile } from './source_file.js';
import type { DataFiles, Source, SourceOptions } from './source_types.js';
import { detectFormat } from './tables/format.js';

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
    throw new ImdbTorchError('ERR_DATASET', `Expected a file or folder but ${data} is neither; give another path.`);
  }
  const file = await inspectFile(data, options.signal, options.encoding);
  const format = detectFormat(file);
  if (format === 'archive') return archiveSource(file, options);
  return splitInputsSource(data, { train: tableInput(file, format) }, options);
}

async function filesSource(files: DataFiles, options: SourceOptions): Promise<Source> {
  const paths = splitNames.flatMap((name) => files[name] ?? []);
  const open = async (path: string | undefined): Promise<SplitInput | undefined> =>
    path === undefined ? undefined : openInput(path, options);
  const [train, valid, test] = [await openInput(files.train, options), await open(files.valid), await open(files.test)];
  return splitInputsSource(paths.join(', '), { train, ...(valid && { valid }), ...(test && { test }) }, options);
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

async function folderSource(path: string, options: SourceOptions): Promise<Source> {
  const folders = await subFolders(path);
  const parts = splitNames.filter((name) => folders.includes(name));
  if (parts.length === 0 && folders.length > 0) {
    return splitInputsSource(path, { train: await folderInput(path, options.signal) }, options);
  }
  if (await isImdbLayout(path, parts)) return imdbFolderSource(path, options);
  const opened: Partial<Record<(typeof parts)[number], SplitInput>> = {};
  for (const name of parts) opened[name] = await folderInput(join(path, name), options.signal);
  const { train } = opened;
  if (train !== undefined) return splitInputsSource(path, { ...opened, train }, options);
  throw new ImdbTorchError(
    'ERR_DATASET',
    `Expected a folder train in ${path} beside ${parts.join(' and ')}; give a complete data set.`,
  );
}

/** Tells whether no other classes than those of the IMDb data have folders; `unsup` has reviews without a label. */
async function isImdbLayout(path: string, parts: readonly string[]): Promise<boolean> {
  const known = new Set<string>([...imdbClasses, 'unsup']);
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
