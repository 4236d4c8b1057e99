import { createHash } from 'node:crypto';
import { readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { TimeSlices } from './time_slices.js';

/** A piece fits in the processor's cache, so that it is hashed from there. */
const pieceBytes = 1 << 18;

/**
 * Returns the size and the SHA-256 of a file, which is read piece by piece.
 * @throws the system's error; the reason of `signal`
 */
export async function hashFile(path: string, signal?: AbortSignal): Promise<{ bytes: number; sha256: string }> {
  const file = await open(path);
  try {
    // One buffer for the whole file: fresh memory costs more than reading does, and so does a turn for each piece.
    const buffer = Buffer.allocUnsafe(pieceBytes);
    const hash = createHash('sha256');
    const slices = new TimeSlices(signal);
    let bytes = 0;
    for (;;) {
      if (bytes === 0 || slices.isOver) await slices.next();
      const bytesRead = readSync(file.fd, buffer, 0, buffer.length, bytes);
      if (bytesRead === 0) return { bytes, sha256: hash.digest('hex') };
      hash.update(buffer.subarray(0, bytesRead));
      bytes += bytesRead;
    }
  } finally {
    await file.close();
  }
}
