import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const compress = promisify(gzip);

/** Compresses bytes as much as gzip can, as servers send files. */
export function gzipped(bytes: Uint8Array): Promise<Buffer<ArrayBuffer>> {
  return compress(bytes, { level: 9 });
}
