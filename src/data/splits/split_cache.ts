import { createHash } from 'node:crypto';
import { readSync } from 'node:fs';
import { open, readdir, rm, stat, utimes, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../errors.js';
import { writeFileAtomic } from '../../system/atomic_file.js';
import { TimeSlices } from '../../system/time_slices.js';
import type { FeatureIds } from '../../text/bag_writer.js';
import { Vocabulary } from '../../text/vocabulary.js';
import type { SplitName } from '../collected_reviews.js';
import type { EncodedSplit, EncodedSplits } from './encoded_splits.js';

/**
 * An entry is a file of these 8 bytes, the header's length (uint32), the header (JSON), typed arrays and the SHA-256 of
 * all that. The header has what was stored, with the place of each array instead of the array.
 */
const magic = 'IMDBSPLA';
const digestBytes = 32;
const pieceBytes = 1 << 18;
/** Bytes that are written between two turns of the event loop. */
const chunkBytes = 1 << 21;
const extension = '.splits';
const keptEntries = 8;

const arrayTypes = { Int32Array, Float32Array, Uint16Array, Uint8Array };
type StoredArray = Int32Array | Float32Array | Uint16Array | Uint8Array;

interface ArrayPlace {
  readonly arrayType: keyof typeof arrayTypes;
  /** Counts bytes from the first array. */
  readonly start: number;
  readonly length: number;
}

interface Entry extends Omit<EncodedSplits, 'vocabulary' | 'splits'> {
  readonly words: Uint8Array;
  readonly splits: Readonly<Record<SplitName, Omit<EncodedSplit, 'ids'>>>;
  /** Stored behind each other, so that those of several splits can be taken as one array. */
  readonly ids: Readonly<Record<SplitName, FeatureIds>>;
}

/**
 * Returns what was stored under `key`; null when there is nothing, or nothing that is whole and fits.
 * @throws the reason of `signal`
 */
export async function loadSplits(folder: string, key: string, signal?: AbortSignal): Promise<EncodedSplits | null> {
  const path = entryPath(folder, key);
  let file: FileHandle | undefined;
  try {
    file = await open(path);
    const splits = await readEntry(file, key, new TimeSlices(signal));
    if (splits !== null) await utimes(path, new Date(), new Date()).catch(() => undefined);
    return splits;
  } catch {
    signal?.throwIfAborted();
    // Whatever is wrong with a cache, the data itself is at hand.
    return null;
  } finally {
    await file?.close();
  }
}

/** Stores splits under `key` and removes the oldest entries. @returns what went wrong, or null */
export async function storeSplits(
  folder: string,
  key: string,
  splits: EncodedSplits,
  signal?: AbortSignal,
): Promise<string | null> {
  try {
    await writeFileAtomic(entryPath(folder, key), entryChunks(key, splits), { signal });
    await prune(folder);
    return null;
  } catch (error) {
    signal?.throwIfAborted();
    return messageOf(error);
  }
}

function entryPath(folder: string, key: string): string {
  return join(folder, createHash('sha256').update(key).digest('hex').slice(0, 32) + extension);
}

function* entryChunks(key: string, { vocabulary, splits, ...rest }: EncodedSplits): Generator<Uint8Array> {
  const { train, valid, test } = splits;
  const entry = {
    ...rest,
    words: vocabulary.lines,
    ids: { train: train.ids, valid: valid.ids, test: test.ids },
    splits: {
      train: { ...train, ids: undefined },
      valid: { ...valid, ids: undefined },
      test: { ...test, ids: undefined },
    },
  };
  const arrays: Uint8Array[] = [];
  let end = 0;
  const placed = replaceDeep(entry, (value) => {
    if (!isStoredArray(value)) return undefined;
    const padding = -end & (value.BYTES_PER_ELEMENT - 1);
    const start = end + padding;
    end = start + value.byteLength;
    arrays.push(new Uint8Array(padding), new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
    return { arrayType: value[Symbol.toStringTag], start, length: value.length } satisfies ArrayPlace;
  });
  const headerBytes = Buffer.from(JSON.stringify({ key, entry: placed }));
  const start = Buffer.alloc(magic.length + 4);
  start.write(magic, 'latin1');
  start.writeUInt32LE(headerBytes.length, magic.length);
  const hash = createHash('sha256');
  for (const part of [start, headerBytes, ...arrays]) {
    for (let at = 0; at < part.length; at += chunkBytes) {
      const chunk = part.subarray(at, at + chunkBytes);
      hash.update(chunk);
      yield chunk;
    }
  }
  yield hash.digest();
}

/** Copies a value and all in it, but takes what `replace` returns where that is not undefined. */
function replaceDeep(value: unknown, replace: (value: unknown) => unknown): unknown {
  const replaced = replace(value);
  if (replaced !== undefined || typeof value !== 'object' || value === null) return replaced ?? value;
  if (Array.isArray(value)) return value.map((each) => replaceDeep(each, replace));
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, replaceDeep(each, replace)]));
}

function isStoredArray(value: unknown): value is StoredArray {
  return ArrayBuffer.isView(value);
}

function isArrayPlace(value: unknown): value is ArrayPlace {
  return typeof value === 'object' && value !== null && 'arrayType' in value;
}

async function readEntry(file: FileHandle, key: string, slices: TimeSlices): Promise<EncodedSplits | null> {
  const { size } = await file.stat();
  const hash = createHash('sha256');
  const read = async (bytes: Uint8Array, position: number): Promise<void> => {
    // Hashed in pieces while they are still in the processor's cache; a promise for each would cost more than it does.
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      const piece = bytes.subarray(at, at + pieceBytes);
      const bytesRead = readSync(file.fd, piece, 0, piece.length, position + at);
      if (bytesRead !== piece.length) throw new Error('short read');
      hash.update(piece);
      if (slices.isOver) await slices.next();
    }
  };
  const start = Buffer.alloc(magic.length + 4);
  await read(start, 0);
  const headerLength = start.readUInt32LE(magic.length);
  if (start.toString('latin1', 0, magic.length) !== magic || headerLength > size) return null;
  const headerBytes = Buffer.alloc(headerLength);
  await read(headerBytes, start.length);
  const header = JSON.parse(headerBytes.toString()) as { key?: unknown; entry?: unknown };
  const dataStart = start.length + headerLength;
  const dataBytes = size - dataStart - digestBytes;
  if (header.key !== key || dataBytes < 0) return null;

  const data = new ArrayBuffer(dataBytes);
  await read(new Uint8Array(data), dataStart);
  const expected = Buffer.alloc(digestBytes);
  readSync(file.fd, expected, 0, digestBytes, size - digestBytes);
  if (!hash.digest().equals(expected)) return null;
  return splitsFrom(header.entry, data);
}

function splitsFrom(entry: unknown, data: ArrayBuffer): EncodedSplits {
  const { words, splits, ids, ...rest } = replaceDeep(entry, (value) =>
    isArrayPlace(value) ? new arrayTypes[value.arrayType](data, value.start, value.length) : undefined,
  ) as Entry;
  return {
    ...rest,
    vocabulary: new Vocabulary(words),
    splits: {
      train: { ...splits.train, ids: ids.train },
      valid: { ...splits.valid, ids: ids.valid },
      test: { ...splits.test, ids: ids.test },
    },
  };
}

/** Removes all entries but those that were made or used last. */
async function prune(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(extension));
  const entries = await Promise.all(
    names.map(async (name) => ({ name, used: (await stat(join(folder, name))).mtimeMs })),
  );
  entries.sort((a, b) => b.used - a.used);
  for (const { name } of entries.slice(keptEntries)) await rm(join(folder, name), { force: true });
}
