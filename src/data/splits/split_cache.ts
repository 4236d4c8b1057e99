import { createHash } from 'node:crypto';
import { readSync } from 'node:fs';
import { open, readdir, rm, stat, utimes, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../errors.js';
import { writeFileAtomic } from '../../system/atomic_file.js';
import { TimeSlices } from '../../system/time_slices.js';
import type { FeatureOptions } from '../../text/features.js';
import type { FeatureIds } from '../../text/bag_writer.js';
import { Vocabulary } from '../../text/vocabulary.js';
import { splitNames } from '../collected_reviews.js';
import type { EncodedSplit, EncodedSplits } from './encoded_splits.js';
import type { TableFile } from '../origins.js';

/**
 * A file: these 8 bytes, the header's length (uint32), the header (JSON), int32 arrays, ids, words, paths of reviews,
 * SHA-256 of all that.
 */
const magic = 'IMDBSPL6';
const digestBytes = 32;
const pieceBytes = 1 << 18;
/** Written at once, between turns of the event loop. */
const chunkBytes = 1 << 21;
const extension = '.splits';
const keptEntries = 8;

interface Header {
  readonly key: string;
  /** Of offsets, labels, numbers of origins, counts and movies of train, valid and test; of the weights. */
  readonly lengths: readonly number[];
  /** Of train, valid and test. */
  readonly idLengths: readonly number[];
  /** Of each id. */
  readonly idBytes: number;
  readonly wordBytes: number;
  /** Of train, valid and test. */
  readonly pathBytes: readonly number[];
  readonly tables: readonly (TableFile | null)[];
  readonly features: FeatureOptions;
  readonly previews: EncodedSplits['previews'];
  readonly notes: EncodedSplits['notes'];
}

/**
 * What was stored under `key`; null when there is nothing, or nothing that is whole and fits.
 * @throws the reason of `signal`
 */
export async function loadSplits(
  folder: string,
  key: string,
  signal?: AbortSignal,
): Promise<EncodedSplits | null> {
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

/** Stores splits under `key`, removes the oldest entries, and says what went wrong, or null. */
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

function* entryChunks(key: string, encoded: EncodedSplits): Generator<Uint8Array> {
  const { vocabulary, features, weights, previews, notes } = encoded;
  const splits = splitNames.map((name) => encoded.splits[name]);
  const arrays = splits.flatMap(({ offsets, labels, origins, counts, movies }) => [
    offsets,
    labels,
    origins.numbers,
    counts ?? new Int32Array(0),
    movies ?? new Int32Array(0),
  ]);
  arrays.push(new Int32Array((weights ?? new Float32Array(0)).slice().buffer));
  const ids = splits.map((split) => split.ids);
  const paths = splits.map(({ origins }) => origins.paths);
  const header: Header = {
    key,
    lengths: arrays.map(({ length }) => length),
    idLengths: ids.map(({ length }) => length),
    idBytes: encoded.splits.train.ids.BYTES_PER_ELEMENT,
    wordBytes: vocabulary.lines.length,
    pathBytes: paths.map(({ length }) => length),
    tables: splits.map(({ origins }) => origins.table),
    features,
    previews,
    notes,
  };
  const headerBytes = Buffer.from(JSON.stringify(header));
  const start = Buffer.alloc(magic.length + 4);
  start.write(magic, 'latin1');
  start.writeUInt32LE(headerBytes.length, magic.length);
  const hash = createHash('sha256');
  for (const part of [start, headerBytes, ...[...arrays, ...ids].map(bytesOf), vocabulary.lines, ...paths]) {
    for (let at = 0; at < part.length; at += chunkBytes) {
      const chunk = part.subarray(at, at + chunkBytes);
      hash.update(chunk);
      yield chunk;
    }
  }
  yield hash.digest();
}

function bytesOf(array: FeatureIds): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
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
  const header = JSON.parse(headerBytes.toString()) as Header;
  const arrayBytes = 4 * sumOf(header.lengths) + header.idBytes * sumOf(header.idLengths);
  const dataStart = start.length + headerLength;
  const dataBytes = arrayBytes + header.wordBytes + sumOf(header.pathBytes);
  if (header.key !== key || size !== dataStart + dataBytes + digestBytes) return null;

  const data = new ArrayBuffer(dataBytes);
  await read(new Uint8Array(data), dataStart);
  const expected = Buffer.alloc(digestBytes);
  readSync(file.fd, expected, 0, digestBytes, size - digestBytes);
  return hash.digest().equals(expected) ? splitsFrom(header, data, arrayBytes) : null;
}

function sumOf(lengths: readonly number[]): number {
  return lengths.reduce((sum, length) => sum + length, 0);
}

function splitsFrom(header: Header, data: ArrayBuffer, arrayBytes: number): EncodedSplits {
  let end = 0;
  const arrays = header.lengths.map((length) => {
    const array = new Int32Array(data, end, length);
    end += array.byteLength;
    return array;
  });
  const Ids = header.idBytes === Uint16Array.BYTES_PER_ELEMENT ? Uint16Array : Int32Array;
  const idArrays = header.idLengths.map((length) => {
    const array = new Ids(data, end, length);
    end += array.byteLength;
    return array;
  });
  const split = (index: number): EncodedSplit => {
    const [offsets, labels, numbers, frequencies, movies] = arrays.slice(5 * index, 5 * index + 5);
    const ids = idArrays[index];
    const pathStart = arrayBytes + header.wordBytes + sumOf(header.pathBytes.slice(0, index));
    const paths = new Uint8Array(data, pathStart, header.pathBytes[index]);
    if (!ids || !offsets || !labels || !numbers || !frequencies || !movies) throw new Error('missing array');
    const counts = header.features.counts === 'counts' ? frequencies : null;
    const origins = { table: header.tables[index] ?? null, numbers, paths };
    return { ids, offsets, labels, origins, counts, ...(movies.length > 0 && { movies }) };
  };
  const { features } = header;
  const last = arrays.at(-1);
  const weights =
    features.weighting === 'none' || last === undefined
      ? null
      : new Float32Array(last.buffer, last.byteOffset, last.length);
  return {
    vocabulary: new Vocabulary(new Uint8Array(data, arrayBytes, header.wordBytes)),
    features,
    weights,
    splits: { train: split(0), valid: split(1), test: split(2) },
    previews: header.previews,
    notes: header.notes,
  };
}

/** Keeps the entries that were made or used last. */
async function prune(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(extension));
  const entries = await Promise.all(
    names.map(async (name) => ({ name, used: (await stat(join(folder, name))).mtimeMs })),
  );
  entries.sort((a, b) => b.used - a.used);
  for (const { name } of entries.slice(keptEntries)) await rm(join(folder, name), { force: true });
}
