import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { Parser, type ReadEntry } from 'tar';
import { ImdbTorchError, messageOf } from '../../errors.js';
import { systemCode } from '../../system/file_errors.js';
import { TimeSlices } from '../../system/time_slices.js';
import { maximumUrlsBytes, urlsClassOf } from './movies.js';
import { parseReviewPath, type ImdbCollector } from './collector.js';
import { maximumReviewBytes } from '../collected_reviews.js';

/** Large enough that a chunk costs nothing, small enough that inflating the next one overlaps with reading this one. */
const chunkBytes = 1 << 18;

export interface ArchiveOptions {
  path: string;
  /** Whether the tar file is compressed. */
  gzip: boolean;
  signal?: AbortSignal | undefined;
  /** Bytes of the file that were read so far. */
  onRead?: ((bytes: number) => void) | undefined;
}

/**
 * Streams the reviews of a tar file into `collector`; nothing is unpacked to disk. Other files are skipped.
 * @throws ImdbTorchError ERR_DATASET when the archive is damaged or truncated, or holds a link, a path that leaves it
 *   or a review of more than 1 MiB; the reason of `signal`
 */
export async function readArchive(options: ArchiveOptions, collector: ImdbCollector): Promise<void> {
  const { path, gzip, signal, onRead } = options;
  const file = createReadStream(path, { highWaterMark: chunkBytes });
  const reader = new TarReader(path, collector);
  const slices = new TimeSlices(signal);
  const read = async (chunks: AsyncIterable<Uint8Array>): Promise<void> => {
    for await (const chunk of chunks) {
      if (slices.isOver) await slices.next();
      reader.write(chunk);
      onRead?.(file.bytesRead);
    }
    reader.end();
  };
  const pipeOptions = signal === undefined ? {} : { signal };
  try {
    if (gzip) await pipeline(file, createGunzip({ chunkSize: chunkBytes }), read, pipeOptions);
    else await pipeline(file, read, pipeOptions);
  } catch (error) {
    signal?.throwIfAborted();
    // `pipeline` may report that it stopped the streams instead of why.
    reader.throwError();
    if (error instanceof ImdbTorchError) throw error;
    throw damaged(path, systemCode(error) === 'Z_BUF_ERROR' ? 'it ends too early' : messageOf(error), error);
  }
}

/** node-tar's parser, which hands out entries within `write`, with what this project accepts in an archive. */
class TarReader {
  readonly #parser: Parser;
  #error: unknown = null;
  #ended = false;

  constructor(
    readonly path: string,
    readonly collector: ImdbCollector,
  ) {
    this.#parser = new Parser({
      strict: true,
      onReadEntry: (entry) => {
        this.#read(entry);
      },
    });
    this.#parser.on('error', (error: unknown) => {
      this.#error ??= error;
    });
    this.#parser.on('eof', () => {
      this.#ended = true;
    });
  }

  write(chunk: Uint8Array): void {
    this.#parser.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    this.throwError();
  }

  end(): void {
    this.#parser.end();
    if (this.#error === null && !this.#ended) this.#error = damaged(this.path, 'it ends too early');
    this.throwError();
  }

  throwError(): void {
    if (this.#error === null) return;
    if (this.#error instanceof ImdbTorchError) throw this.#error;
    throw damaged(this.path, messageOf(this.#error).replace(/^TAR_\w+: /, ''), this.#error);
  }

  #read(entry: ReadEntry): void {
    const problem = problemOf(entry);
    if (problem !== null) this.#error ??= refused(this.path, entry.path, problem);
    const isWanted = this.#error === null && entry.type !== 'Directory';
    const place = isWanted ? parseReviewPath(entry.path) : null;
    const urlsClass = isWanted ? urlsClassOf(entry.path) : null;
    const { collector } = this;
    if (place !== null) {
      this.#readEntry(entry, (text) => {
        collector.add(place, text);
      });
    } else if (urlsClass !== null) {
      this.#readEntry(entry, (text) => {
        collector.urls.add(urlsClass, text);
      });
    } else {
      entry.resume();
    }
  }

  #readEntry(entry: ReadEntry, take: (text: Buffer) => void): void {
    const parts: Buffer[] = [];
    entry.on('data', (part) => parts.push(part));
    entry.on('end', () => {
      try {
        const [first] = parts;
        take(first !== undefined && parts.length === 1 ? first : Buffer.concat(parts));
      } catch (error) {
        this.#error ??= error;
      }
    });
  }
}

const fileTypes: ReadonlySet<string> = new Set(['File', 'OldFile', 'ContiguousFile', 'Directory']);

function problemOf(entry: ReadEntry): string | null {
  if (entry.type === 'Link' || entry.type === 'SymbolicLink') return 'is a link';
  if (!fileTypes.has(entry.type)) return 'is neither a file nor a folder';
  if (/^(?:[\\/]|[a-z]:)/i.test(entry.path)) return 'is an absolute path';
  if (entry.path.split(/[\\/]/).includes('..')) return 'leaves the archive with ..';
  if (parseReviewPath(entry.path) !== null && entry.size > maximumReviewBytes) {
    return `has ${entry.size} bytes, more than the ${maximumReviewBytes} of any review`;
  }
  if (urlsClassOf(entry.path) !== null && entry.size > maximumUrlsBytes) {
    return `has ${entry.size} bytes, more than the ${maximumUrlsBytes} of any list of addresses`;
  }
  return null;
}

function refused(path: string, entryPath: string, problem: string): ImdbTorchError {
  return new ImdbTorchError(
    'ERR_DATASET',
    `Expected only plain reviews in ${path} but its entry ${JSON.stringify(entryPath)} ${problem}; use an archive from a source you trust.`,
  );
}

function damaged(path: string, reason: string, cause?: unknown): ImdbTorchError {
  return new ImdbTorchError(
    'ERR_DATASET',
    `Expected ${path} to be a whole tar archive but it is damaged (${reason}); fetch or copy it again.`,
    { cause },
  );
}
