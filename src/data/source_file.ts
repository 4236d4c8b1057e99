import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { addAbortSignal, pipeline, Readable } from 'node:stream';
import { constants, createGunzip, gunzipSync } from 'node:zlib';
import { ImdbTorchError, messageOf } from '../errors.js';
import { inputError, systemCode } from '../system/file_errors.js';
import { hashFile } from '../system/file_hash.js';
import { foreignKind, isParquet, isTar } from '../system/file_kind.js';
import { describeDecoding, encodingOf, TextDecoding } from '../system/text_encoding.js';
import { TimeSlices } from '../system/time_slices.js';

/** A piece is so large that it costs nothing, and so small that inflating one overlaps with reading the last. */
const pieceBytes = 1 << 18;

/** A file or stream of which only the beginning has been read. */
export interface OpenedFile {
  /** Its path, or its name in messages. */
  readonly path: string;
  readonly gzip: boolean;
  /** At most 256 KiB of the beginning of its content, inflated; that of text is UTF-8 without a byte order mark. */
  readonly head: Buffer;
  /** The encoding of its text, `auto` where lines may differ; null where the content is read as it is. */
  readonly encoding: string | null;
  /** Where it is read from, its beginning included; by default from the file at the path. */
  readonly stream?: Readable;
}

/** A file of reviews. */
export interface SourceFile extends OpenedFile {
  readonly sha256: string;
  readonly bytes: number;
}

/**
 * @param encoding what the text is in, where no byte order mark tells; `auto` is UTF-8, and Windows-1252 for other lines
 * @throws ImdbTorchError ERR_DATASET when it cannot be read, is empty, damaged or of a kind that holds no reviews; the
 *   reason of `signal`
 */
export async function inspectFile(
  path: string,
  signal: AbortSignal | undefined,
  encoding?: string,
): Promise<SourceFile> {
  const { start, bytes, sha256 } = await readStartAndHash(path, signal).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw inputError(path, error);
  });
  if (bytes === 0) {
    throw new ImdbTorchError('ERR_DATASET', `Expected a file of reviews but ${path} is empty; fetch it again.`);
  }
  return { ...inspectStart(path, start, bytes === start.length, encoding), bytes, sha256 };
}

/**
 * Looks at the beginning of a stream, such as standard input, as soon as there is some of it.
 * @param path its name in messages
 * @throws as `inspectFile`, but for an empty stream; the stream's error
 */
export async function inspectStream(stream: Readable, path: string, encoding?: string): Promise<OpenedFile> {
  let start = Buffer.alloc(0);
  while (!stream.readableEnded && start.length < neededBytes(start)) {
    const piece = stream.read() as Buffer | null;
    if (piece !== null) start = Buffer.concat([start, piece]);
    else await Promise.race([once(stream, 'readable'), once(stream, 'end')]);
  }
  if (stream.readableEnded) return { ...inspectStart(path, start, true, encoding), stream: Readable.from([start]) };
  stream.unshift(start);
  return { ...inspectStart(path, start, false, encoding), stream };
}

/** Returns the size of the beginning that tells what it is, where its first bytes are no plain text. */
function neededBytes(start: Buffer): number {
  if (start[0] === 0x1f) return 512;
  return [0xef, 0xfe, 0xff].includes(start[0] ?? 0) ? 4 : 1;
}

/** @param isWhole says that there is no more than the beginning */
function inspectStart(path: string, start: Buffer, isWhole: boolean, named = 'auto'): OpenedFile {
  const gzip = start[0] === 0x1f && start[1] === 0x8b;
  const content = gzip ? inflatedHead(start, isWhole, path) : start;
  const kind = foreignKind(content);
  if (kind !== null) {
    throw new ImdbTorchError('ERR_DATASET', `Expected a file of texts but ${path} is ${kind.name}; ${kind.remedy}.`);
  }
  if (isTar(content) || isParquet(content)) return { path, gzip, head: content, encoding: null };
  const encoding = encodingOf(content, named);
  const decoding = new TextDecoding(encoding);
  // It may end within a character.
  return { path, gzip, head: Buffer.concat([decoding.push(content), decoding.end()]), encoding };
}

async function readStartAndHash(path: string, signal: AbortSignal | undefined) {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(pieceBytes), 0, pieceBytes, 0);
    return { start: buffer.subarray(0, bytesRead), ...(await hashFile(path, signal)) };
  } finally {
    await file.close();
  }
}

function inflatedHead(start: Buffer, isWhole: boolean, path: string): Buffer {
  try {
    const inflated = gunzipSync(start, isWhole ? {} : { finishFlush: constants.Z_SYNC_FLUSH });
    return inflated.subarray(0, pieceBytes);
  } catch (error) {
    throw damaged(path, 'file', reasonOf(error), error);
  }
}

export interface ReadOptions {
  signal?: AbortSignal | undefined;
  /** Called with the number of bytes of the file that have been read so far; reading goes on when that is done. */
  onRead?: ((bytes: number) => void | Promise<void>) | undefined;
  /** Called with whole sentences about what is unusual in how the file is read. */
  onNote?: ((sentence: string) => void) | undefined;
}

/**
 * Hands the content of a file, inflated, to `take`, piece by piece: text as UTF-8, where it is not read as UTF-8 whatever it
 * is.
 * @param kind names the file in messages
 * @throws ImdbTorchError ERR_DATASET when it cannot be read or is damaged; what `take` throws; the reason of `signal`
 */
export async function readContent(
  opened: ReadableFile,
  options: ReadOptions,
  take: (piece: Buffer) => void,
  kind?: string,
): Promise<void> {
  const slices = new TimeSlices(options.signal);
  for await (const piece of contentOf(opened, options, kind)) {
    if (slices.isOver) await slices.next();
    take(piece);
  }
}

/** Yields what `readContent` hands on. */
export async function* contentOf(
  opened: ReadableFile,
  { signal, onRead, onNote }: ReadOptions,
  kind = 'file',
): AsyncGenerator<Buffer> {
  const { path, gzip, encoding = null, stream } = opened;
  const file = stream ?? createReadStream(path, { highWaterMark: pieceBytes });
  const decoding = encoding === null ? null : new TextDecoding(encoding);
  if (signal !== undefined) addAbortSignal(signal, file);
  const content = gzip ? pipeline(file, createGunzip({ chunkSize: pieceBytes }), () => undefined) : file;
  const pieces = (content as AsyncIterable<Buffer, undefined>)[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { done = false, value }: IteratorResult<Buffer, undefined> = await pieces.next().catch((error: unknown) => {
        signal?.throwIfAborted();
        throw damaged(path, kind, reasonOf(error), error);
      });
      const piece = value === undefined ? decoding?.end() : (decoding?.push(value) ?? value);
      if (piece !== undefined && piece.length > 0) yield piece;
      if (done) break;
      await onRead?.(bytesReadFrom(file));
    }
  } finally {
    file.destroy();
  }
  if (decoding !== null) for (const sentence of describeDecoding(decoding, path)) onNote?.(sentence);
}

/** What of a file is needed to read it; without an encoding it is read as it is. */
type ReadableFile = Pick<OpenedFile, 'path' | 'gzip'> & Partial<Pick<OpenedFile, 'encoding' | 'stream'>>;

function bytesReadFrom(stream: Readable & { bytesRead?: number }): number {
  return stream.bytesRead ?? 0;
}

function reasonOf(error: unknown): string {
  return systemCode(error) === 'Z_BUF_ERROR' ? 'it ends too early' : messageOf(error);
}

export function damaged(path: string, kind: string, reason: string, cause?: unknown): ImdbTorchError {
  return new ImdbTorchError(
    'ERR_DATASET',
    `Expected ${path} to be a whole ${kind} but it is damaged (${reason}); fetch or copy it again.`,
    { cause },
  );
}
