import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { constants, createGunzip, gunzipSync } from 'node:zlib';
import { ImdbTorchError, messageOf } from '../errors.js';
import { systemCode } from '../system/file_errors.js';
import { hashFile } from '../system/file_hash.js';
import { TimeSlices } from '../system/time_slices.js';

/** A piece is so large that it costs nothing, and so small that inflating one overlaps with reading the last. */
const pieceBytes = 1 << 18;

/** A file of reviews, of which only the beginning has been read. */
export interface SourceFile {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly gzip: boolean;
  /** At most 256 KiB of the beginning of its content, inflated. */
  readonly head: Buffer;
}

/** @throws ImdbTorchError ERR_DATASET when it cannot be read, is empty or damaged; the reason of `signal` */
export async function inspectFile(path: string, signal: AbortSignal | undefined): Promise<SourceFile> {
  const { start, bytes, sha256 } = await readStartAndHash(path, signal).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw new ImdbTorchError('ERR_DATASET', `Could not read ${path}: ${messageOf(error)}.`, { cause: error });
  });
  if (bytes === 0) {
    throw new ImdbTorchError('ERR_DATASET', `Expected a file of reviews but ${path} is empty; fetch it again.`);
  }
  const gzip = start[0] === 0x1f && start[1] === 0x8b;
  const head = gzip ? inflatedHead(start, bytes === start.length, path) : start;
  return { path, sha256, bytes, gzip, head };
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
}

/**
 * Hands the content of a file, inflated, to `take`, piece by piece.
 * @param kind names the file in messages
 * @throws ImdbTorchError ERR_DATASET when it cannot be read or is damaged; what `take` throws; the reason of `signal`
 */
export async function readContent(
  { path, gzip }: Pick<SourceFile, 'path' | 'gzip'>,
  { signal, onRead }: ReadOptions,
  take: (piece: Buffer) => void,
  kind = 'file',
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
      await onRead?.(file.bytesRead);
    }
  };
  const pipeOptions = signal === undefined ? {} : { signal };
  try {
    if (gzip) await pipeline(file, createGunzip({ chunkSize: pieceBytes }), takeAll, pipeOptions);
    else await pipeline(file, takeAll, pipeOptions);
  } catch (error) {
    signal?.throwIfAborted();
    if (failure.error !== undefined) throw failure.error;
    throw damaged(path, kind, reasonOf(error), error);
  }
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
