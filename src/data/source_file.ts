import { createHash } from 'node:crypto';
import { createReadStream, readSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { constants, createGunzip, gunzipSync } from 'node:zlib';
import { ImdbTorchError, messageOf } from '../errors.js';
import { systemCode } from '../system/file_errors.js';
import { TimeSlices } from '../system/time_slices.js';

/** A piece fits in the processor's cache, so that it is hashed from there. */
const pieceBytes = 1 << 18;

/** A file of reviews that has been looked at. */
export interface SourceFile {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly gzip: boolean;
  /** How its content begins, inflated: 256 KiB where there is so much. */
  readonly head: Buffer;
}

/** @throws ImdbTorchError ERR_DATASET when it cannot be read, is empty or damaged; the reason of `signal` */
export async function inspectFile(path: string, signal: AbortSignal | undefined): Promise<SourceFile> {
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
): Promise<SourceFile> {
  // One buffer for the whole file: fresh memory costs more than reading does, and so does a turn for each piece.
  const buffer = Buffer.allocUnsafe(pieceBytes);
  const hash = createHash('sha256');
  let bytes = 0;
  let start = Buffer.alloc(0);
  const slices = new TimeSlices(signal);
  await slices.next();
  for (;;) {
    if (slices.isOver) await slices.next();
    const bytesRead = readSync(file.fd, buffer, 0, buffer.length, bytes);
    if (bytesRead === 0) break;
    if (bytes === 0) start = Buffer.from(buffer.subarray(0, bytesRead));
    hash.update(buffer.subarray(0, bytesRead));
    bytes += bytesRead;
  }
  if (bytes === 0) {
    throw new ImdbTorchError(
      'ERR_DATASET',
      `Expected a file of reviews but ${path} is empty; fetch it again.`,
    );
  }
  const gzip = start[0] === 0x1f && start[1] === 0x8b;
  const head = gzip ? inflatedHead(start, bytes === start.length, path) : start;
  return { path, sha256: hash.digest('hex'), bytes, gzip, head };
}

function inflatedHead(start: Buffer, isWhole: boolean, path: string): Buffer {
  try {
    const inflated = gunzipSync(start, isWhole ? {} : { finishFlush: constants.Z_SYNC_FLUSH });
    return inflated.subarray(0, pieceBytes);
  } catch (error) {
    throw damaged(path, error);
  }
}

export interface ReadOptions {
  signal?: AbortSignal | undefined;
  /** Bytes of the file that were read so far. */
  onRead?: ((bytes: number) => void) | undefined;
}

/**
 * Hands the content of a file, inflated, to `take`, piece by piece.
 * @throws ImdbTorchError ERR_DATASET when it cannot be read or is damaged; what `take` throws; the reason of `signal`
 */
export async function readContent(
  { path, gzip }: SourceFile,
  { signal, onRead }: ReadOptions,
  take: (piece: Buffer) => void,
): Promise<void> {
  const file = createReadStream(path, { highWaterMark: pieceBytes });
  // `pipeline` may report that it stopped the streams instead of why.
  const failure: { error?: Error } = {};
  const slices = new TimeSlices(signal);
  const takeAll = async (pieces: AsyncIterable<Buffer>): Promise<void> => {
    for await (const piece of pieces) {
      if (slices.isOver) await slices.next();
      try {
        take(piece);
      } catch (error) {
        failure.error = error instanceof Error ? error : new Error(messageOf(error));
        throw failure.error;
      }
      onRead?.(file.bytesRead);
    }
  };
  const pipeOptions = signal === undefined ? {} : { signal };
  try {
    if (gzip) await pipeline(file, createGunzip({ chunkSize: pieceBytes }), takeAll, pipeOptions);
    else await pipeline(file, takeAll, pipeOptions);
  } catch (error) {
    signal?.throwIfAborted();
    if (failure.error !== undefined) throw failure.error;
    throw damaged(path, error);
  }
}

function damaged(path: string, cause: unknown): ImdbTorchError {
  const reason = systemCode(cause) === 'Z_BUF_ERROR' ? 'it ends too early' : messageOf(cause);
  return new ImdbTorchError(
    'ERR_DATASET',
    `Expected ${path} to be a whole file but it is damaged (${reason}); fetch or copy it again.`,
    { cause },
  );
}
