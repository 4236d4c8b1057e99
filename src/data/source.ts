import { createHash } from 'node:crypto';
import { readSync } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ImdbTorchError, messageOf } from '../errors.js';
import { systemCode } from '../system/file_errors.js';
import { listFolder, readFolder } from './folder.js';
import { fetchImdbArchive } from './imdb.js';
import type { CollectedReviews } from './collected_reviews.js';
import { ReviewCollector } from './review_collector.js';
import { sampleReviews } from './sample.js';

/** A piece fits in the processor's cache, so that it is hashed from there. */
const pieceBytes = 1 << 18;
/** The event loop, and with it `signal`, waits for so many bytes at most. */
const bytesPerTurn = 1 << 24;

export interface SourceProgress {
  readonly stage: 'download' | 'read' | 'encode';
  readonly done: number;
  /** null: not known. */
  readonly total: number | null;
  readonly unit: 'bytes' | 'reviews';
}

export interface SourceOptions {
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: SourceProgress) => void) | undefined;
}

/** Reviews that have been found but not read yet. */
export interface Source {
  readonly kind: 'archive' | 'folder' | 'sample';
  /** What messages call it: a path, or `sample`. */
  readonly location: string;
  /** Of the archive file; of a folder's listing with sizes and times; of the sample's text. */
  readonly sha256: string;
  read(): Promise<CollectedReviews>;
}

/**
 * Finds the reviews that `data` names: `imdb` (fetched and kept), `sample`, a folder or a tar file, gzipped or not; a
 * file is known by its content, whatever its name.
 * @throws ImdbTorchError ERR_DATASET when there is no such thing, ERR_DOWNLOAD; the reason of `signal`
 */
export async function findSource(data: string, options: SourceOptions): Promise<Source> {
  if (data === 'sample') return sampleSource(options);
  if (data === 'imdb') {
    const { signal, onProgress } = options;
    const path = await fetchImdbArchive({
      signal,
      onProgress: ({ received, total }) =>
        onProgress?.({ stage: 'download', done: received, total, unit: 'bytes' }),
    });
    return archiveSource(path, options);
  }
  const status = await stat(data).catch((error: unknown) => {
    throw notThere(data, error);
  });
  if (status.isDirectory()) return folderSource(data, options);
  if (status.isFile()) return archiveSource(data, options);
  throw new ImdbTorchError(
    'ERR_DATASET',
    `Expected a folder or a tar file but ${data} is neither; give another path.`,
  );
}

function sampleSource({ signal, onProgress }: SourceOptions): Source {
  const reviews = sampleReviews();
  const hash = createHash('sha256');
  for (const { text } of reviews) hash.update(`${text}\n`);
  return {
    kind: 'sample',
    location: 'sample',
    sha256: hash.digest('hex'),
    read: () => {
      const collector = new ReviewCollector('sample');
      for (const { place, text } of reviews) collector.add(place, Buffer.from(text));
      signal?.throwIfAborted();
      onProgress?.({ stage: 'read', done: reviews.length, total: reviews.length, unit: 'reviews' });
      return Promise.resolve(collector);
    },
  };
}

async function folderSource(path: string, { signal, onProgress }: SourceOptions): Promise<Source> {
  const folder = await listFolder(path, signal);
  const total = folder.reviews.reduce((sum, { bytes }) => sum + bytes, 0);
  const onRead = (done: number): void => onProgress?.({ stage: 'read', done, total, unit: 'bytes' });
  return {
    kind: 'folder',
    location: path,
    sha256: folder.sha256,
    read: async () => {
      const collector = new ReviewCollector(path);
      await readFolder(path, folder, collector, { signal, onRead });
      return collector;
    },
  };
}

async function archiveSource(path: string, { signal, onProgress }: SourceOptions): Promise<Source> {
  const { sha256, bytes, gzip } = await inspect(path, signal);
  const onRead = (done: number): void => onProgress?.({ stage: 'read', done, total: bytes, unit: 'bytes' });
  return {
    kind: 'archive',
    location: path,
    sha256,
    read: async () => {
      // Only here: loading the tar reader takes longer than a cached data set does.
      const { readArchive } = await import('./archive.js');
      const collector = new ReviewCollector(path);
      await readArchive({ path, gzip, signal, onRead }, collector);
      return collector;
    },
  };
}

interface Inspected {
  readonly sha256: string;
  readonly bytes: number;
  readonly gzip: boolean;
}

async function inspect(path: string, signal: AbortSignal | undefined): Promise<Inspected> {
  let file: FileHandle | undefined;
  try {
    file = await open(path);
    return await inspectOpen(file, path, signal);
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof ImdbTorchError) throw error;
    throw new ImdbTorchError('ERR_DATASET', `Could not read ${path}: ${messageOf(error)}.`, { cause: error });
  } finally {
    await file?.close();
  }
}

async function inspectOpen(
  file: FileHandle,
  path: string,
  signal: AbortSignal | undefined,
): Promise<Inspected> {
  // One buffer for the whole file: fresh memory costs more than reading does, and so does a turn for each piece.
  const buffer = Buffer.allocUnsafe(pieceBytes);
  const hash = createHash('sha256');
  let bytes = 0;
  let gzip = false;
  for (;;) {
    if (bytes % bytesPerTurn === 0) await nextTurn();
    signal?.throwIfAborted();
    const bytesRead = readSync(file.fd, buffer, 0, buffer.length, bytes);
    if (bytesRead === 0) break;
    if (bytes === 0) gzip = isGzip(buffer.subarray(0, bytesRead), path);
    hash.update(buffer.subarray(0, bytesRead));
    bytes += bytesRead;
  }
  if (bytes === 0) {
    throw new ImdbTorchError(
      'ERR_DATASET',
      `Expected a tar file of reviews but ${path} is empty; fetch it again.`,
    );
  }
  return { sha256: hash.digest('hex'), bytes, gzip };
}

/** @throws ImdbTorchError ERR_DATASET when the file starts like neither gzip nor tar */
function isGzip(start: Buffer, path: string): boolean {
  if (start[0] === 0x1f && start[1] === 0x8b) return true;
  if (start.toString('latin1', 257, 262) === 'ustar') return false;
  throw new ImdbTorchError(
    'ERR_DATASET',
    `Expected a folder, a .tar.gz or a .tar but ${path} is none of them; give the data set's archive or its unpacked folder.`,
  );
}

function notThere(path: string, cause: unknown): ImdbTorchError {
  const message =
    systemCode(cause) === 'ENOENT'
      ? `Expected imdb, sample or the path of a data set but ${JSON.stringify(path)} does not exist; check the path.`
      : `Could not read ${path}: ${messageOf(cause)}.`;
  return new ImdbTorchError('ERR_DATASET', message, { cause });
}
