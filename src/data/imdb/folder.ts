import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ImdbTorchError, messageOf } from '../../errors.js';
import { systemCode } from '../../system/file_errors.js';
import { maximumUrlsBytes } from './movies.js';
import { imdbClasses, parseReviewPath, type ImdbCollector, type ReviewFile } from './collector.js';
import { maximumReviewBytes } from '../collected_reviews.js';

/** So many files are looked at or read at once. */
const atOnce = 64;

interface FoundReview {
  readonly path: string;
  readonly file: ReviewFile;
  readonly bytes: number;
  readonly modified: number;
}

/** A list of the training reviews' addresses. */
interface FoundUrls {
  readonly path: string;
  readonly className: string;
}

/** The reviews of an unpacked data set. */
export interface ReviewFolder {
  readonly reviews: readonly FoundReview[];
  readonly urls: readonly FoundUrls[];
  /** SHA-256 of every review's path, size and time of change. */
  readonly sha256: string;
}

/**
 * Lists `train/pos/*.txt` and the other three folders of `path`.
 * @throws ImdbTorchError ERR_DATASET when a folder is missing or a review is too large; the reason of `signal`
 */
export async function listFolder(path: string, signal?: AbortSignal): Promise<ReviewFolder> {
  const hash = createHash('sha256');
  const reviews: FoundReview[] = [];
  for (const split of ['train', 'test']) {
    for (const className of imdbClasses) {
      for (const review of await listClass(path, `${split}/${className}`, signal)) {
        hash.update(`${JSON.stringify([review.path, review.bytes, review.modified])}\n`);
        reviews.push(review);
      }
    }
  }
  const urls: FoundUrls[] = [];
  for (const className of imdbClasses) {
    const found = `train/urls_${className}.txt`;
    const status = await stat(join(path, found)).catch(() => null);
    if (status?.isFile() !== true) continue;
    if (status.size > maximumUrlsBytes) throw tooLarge(path, found, status.size, maximumUrlsBytes);
    hash.update(`${JSON.stringify([found, status.size, status.mtimeMs])}\n`);
    urls.push({ path: found, className });
  }
  return { reviews, urls, sha256: hash.digest('hex') };
}

async function listClass(root: string, folder: string, signal?: AbortSignal): Promise<FoundReview[]> {
  const names = await readdir(join(root, folder)).catch((error: unknown) => {
    throw missing(root, folder, error);
  });
  const files = names
    .sort()
    .map((name) => ({ path: `${folder}/${name}`, file: parseReviewPath(`${folder}/${name}`) }));
  const found = await mapInGroups(files, signal, async ({ path, file }) => {
    const status = await stat(join(root, path)).catch((error: unknown) => {
      throw unreadable(root, path, error);
    });
    if (file === null || !status.isFile()) return null;
    if (status.size > maximumReviewBytes) throw tooLarge(root, path, status.size, maximumReviewBytes);
    return { path, file, bytes: status.size, modified: status.mtimeMs };
  });
  return found.filter((review) => review !== null);
}

/**
 * Reads the listed reviews into `collector`.
 * @throws ImdbTorchError ERR_DATASET when one cannot be read or is not UTF-8; the reason of `signal`
 */
export async function readFolder(
  root: string,
  { reviews, urls }: ReviewFolder,
  collector: ImdbCollector,
  options: { signal?: AbortSignal | undefined; onRead?: ((bytes: number) => void) | undefined },
): Promise<void> {
  const read = (path: string): Promise<Buffer> =>
    readFile(join(root, path)).catch((error: unknown) => {
      throw unreadable(root, path, error);
    });
  for (const { path, className } of urls) collector.urls.add(className, await read(path));
  let bytes = 0;
  await mapInGroups(reviews, options.signal, async ({ path, file }) => {
    const text = await read(path);
    collector.add(file, text);
    bytes += text.length;
    options.onRead?.(bytes);
  });
}

/** `map` of every item, some at once; `take` gets what came out, in the order of the items. */
export async function mapInGroups<T, U>(
  items: readonly T[],
  signal: AbortSignal | undefined,
  map: (item: T) => Promise<U>,
): Promise<U[]> {
  const results: U[] = [];
  await forEachInGroups(items, signal, map, (result) => results.push(result));
  return results;
}

/** As `mapInGroups`, but hands each result to `take`, in the order of the items, and keeps none. */
export async function forEachInGroups<T, U>(
  items: readonly T[],
  signal: AbortSignal | undefined,
  map: (item: T) => Promise<U>,
  take: (result: U, item: T) => void,
): Promise<void> {
  for (let start = 0; start < items.length; start += atOnce) {
    signal?.throwIfAborted();
    const group = items.slice(start, start + atOnce);
    const results = await Promise.all(group.map(map));
    results.forEach((result, index) => {
      take(result, group[index] as T);
    });
  }
}

function missing(root: string, folder: string, cause: unknown): ImdbTorchError {
  if (systemCode(cause) !== 'ENOENT') return unreadable(root, folder, cause);
  return new ImdbTorchError(
    'ERR_DATASET',
    `Expected one sub-folder a class, or reviews in train/pos, train/neg, test/pos and test/neg, but ${root} has no ${folder}; give a complete data set.`,
    { cause },
  );
}

export function unreadable(root: string, path: string, cause: unknown): ImdbTorchError {
  return new ImdbTorchError('ERR_DATASET', `Could not read ${join(root, path)}: ${messageOf(cause)}.`, {
    cause,
  });
}

function tooLarge(root: string, path: string, bytes: number, most: number): ImdbTorchError {
  return new ImdbTorchError(
    'ERR_DATASET',
    `Expected reviews and lists of addresses of at most ${most} bytes but ${join(root, path)} has ${bytes}; remove it.`,
  );
}
