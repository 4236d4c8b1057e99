import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** The size and the SHA-256 of a file, which is read as a stream. @throws the system's error */
export async function hashFile(path: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}
