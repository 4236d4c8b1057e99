import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { opendir, readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ImdbTorchError } from '../../errors.js';
import { inputError, systemCode } from '../../system/file_errors.js';
import { isOfSystem } from '../files/file_kinds.js';
import { splitOfFolder } from '../files/split_words.js';
import { maximumUrlsBytes } from './movies.js';
import { imdbClasses, parseReviewPath, type ImdbCollector, type ReviewFile } from './collector.js';
import { maximumReviewBytes } from '../collected_reviews.js';
import type { ReadOptions } from '../source_file.js';

/** Files that are looked at or read at once. */
const groupSize = 64;

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
interface ReviewFolder {
  readonly reviews: readonly FoundReview[];
  readonly urls: readonly FoundUrls[];
  /** What else is there, by name; a folder's ends with a slash. */
  readonly others: readonly string[];
  /** SHA-256 of every review's path, size and time of change. */
  readonly sha256: string;
}

/** Returns the names of the sub-folders and links to folders, hidden ones aside, in the order of their characters. */
export async function subFolders(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch((error: unknown) => {
    throw unreadable('', path, error);
  });
  const isFolder = await Promise.all(
    entries.map(async (entry) => {
      if (isOfSystem(entry.name)) return false;
      const status = entry.isSymbolicLink() ? await stat(join(path, entry.name)).catch(() => entry) : entry;
      return status.isDirectory();
    }),
  );
  return entries.flatMap(({ name }, index) => (isFolder[index] === true ? [name] : [])).sort();
}

/** Tells whether `path` has the folders of the IMDb data, with reviews that are called as these. */
export async function isImdbLayout(path: string): Promise<boolean> {
  const known = new Set<string>([...imdbClasses, 'unsup']);
  const splits = (await subFolders(path)).filter((name) => splitOfFolder(name) !== null);
  if (splits.join() !== 'test,train') return false;
  const classes = await Promise.all(
    splits.map(async (split) => (await subFolders(join(path, split))).map((name) => `${split}/${name}`)),
  );
  if (!classes.flat().every((folder) => known.has(basename(folder)))) return false;
  for (const folder of classes.flat()) if (await hasReview(join(path, folder))) return true;
  return false;
}

/** Looks for one such as `7_9.txt`. */
async function hasReview(folder: string): Promise<boolean> {
  const entries = await opendir(folder).catch((error: unknown) => {
    throw unreadable('', folder, error);
  });
  for await (const { name } of entries) if (/^\d+_\d+\.txt$/.test(name)) return true;
  return false;
}

/**
 * Lists `train/pos/*.txt` and the other three folders of `path`.
 * @throws ImdbTorchError ERR_DATASET when a folder is missing or a review is too large; the reason of `signal`
 */
export async function listFolder(path: string, signal?: AbortSignal): Promise<ReviewFolder> {
  const hash = createHash('sha256');
  const reviews: FoundReview[] = [];
  const others: string[] = [];
  for (const split of ['train', 'test']) {
    for (const className of imdbClasses) {
      const listed = await listClass(path, `${split}/${className}`, signal);
      for (const review of listed.reviews) {
        hash.update(`${JSON.stringify([review.path, review.bytes, review.modified])}\n`);
        reviews.push(review);
      }
      others.push(...listed.others);
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
  const known = new Set([...urls.map((each) => each.path), 'train', 'test']);
  for (const split of ['train/', 'test/']) for (const name of imdbClasses) known.add(`${split}${name}`);
  for (const folder of ['', 'train/', 'test/']) others.push(...(await listOthers(path, folder, known)));
  return { reviews, urls, others, sha256: hash.digest('hex') };
}

/** Lists what is in a folder beside what is known. @param folder ends with a slash, or is empty */
async function listOthers(root: string, folder: string, known: ReadonlySet<string>): Promise<string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true });
  return entries
    .filter(({ name }) => !known.has(`${folder}${name}`))
    .map((entry) => `${folder}${entry.name}${entry.isDirectory() ? '/' : ''}`);
}

async function listClass(
  root: string,
  folder: string,
  signal?: AbortSignal,
): Promise<{ reviews: FoundReview[]; others: string[] }> {
  const names = await readdir(join(root, folder)).catch((error: unknown) => {
    throw missing(root, folder, error);
  });
  const files = names.sort().map((name) => ({ path: `${folder}/${name}`, file: parseReviewPath(`${folder}/${name}`) }));
  const reviews: FoundReview[] = [];
  const others: string[] = [];
  const statuses = mapInGroups(files, signal, async ({ path, file }) => ({
    path,
    file,
    status: await statOf(root, path),
  }));
  for await (const { path, file, status } of statuses) {
    if (file === null || !status.isFile()) {
      others.push(status.isDirectory() ? `${path}/` : path);
      continue;
    }
    if (status.size > maximumReviewBytes) throw tooLarge(root, path, status.size, maximumReviewBytes);
    reviews.push({ path, file, bytes: status.size, modified: status.mtimeMs });
  }
  return { reviews, others };
}

/**
 * Reads the listed reviews into `collector`.
 * @throws ImdbTorchError ERR_DATASET when one cannot be read or is not UTF-8; the reason of `signal`
 */
export async function readFolder(
  root: string,
  { reviews, urls, others }: ReviewFolder,
  collector: ImdbCollector,
  { signal, onRead }: ReadOptions,
): Promise<void> {
  collector.skip(others);
  for (const { path, className } of urls) collector.urls.add(className, await readTextOf(root, path));
  let bytes = 0;
  const texts = mapInGroups(reviews, signal, async ({ path, file }) => ({
    file,
    text: await readTextOf(root, path),
  }));
  for await (const { file, text } of texts) {
    collector.add(file, text);
    bytes += text.length;
    await onRead?.(bytes);
  }
}

/** @throws ImdbTorchError ERR_DATASET */
function statOf(root: string, path: string): Promise<Stats> {
  return stat(join(root, path)).catch((error: unknown) => {
    throw unreadable(root, path, error);
  });
}

/** @throws ImdbTorchError ERR_DATASET */
function readTextOf(root: string, path: string): Promise<Buffer> {
  return readFile(join(root, path)).catch((error: unknown) => {
    throw unreadable(root, path, error);
  });
}

/** Maps items, some of them at once, and yields what comes out in the order of the items. */
export async function* mapInGroups<T, U>(
  items: readonly T[],
  signal: AbortSignal | undefined,
  map: (item: T) => Promise<U>,
): AsyncGenerator<U> {
  for (let start = 0; start < items.length; start += groupSize) {
    signal?.throwIfAborted();
    yield* await Promise.all(items.slice(start, start + groupSize).map(map));
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
  return inputError(join(root, path), cause);
}

function tooLarge(root: string, path: string, bytes: number, most: number): ImdbTorchError {
  return new ImdbTorchError(
    'ERR_DATASET',
    `Expected reviews and lists of addresses of at most ${most} bytes but ${join(root, path)} has ${bytes}; remove it.`,
  );
}
