import { open, type FileHandle } from 'node:fs/promises';
import { aString } from '../arguments.js';
import { ImdbTorchError, messageOf } from '../errors.js';
import { foreignKind, headBytes } from './foreign_file.js';
import { decodeHeader, maximumHeaderBytes } from './safetensors_header.js';

/**
 * Reads the metadata of a safetensors file without its tensors.
 * @throws ERR_SAFETENSORS when its header cannot be read or breaks a rule of the format
 */
export async function readMetadata(path: string): Promise<ReadonlyMap<string, string>> {
  return withFile(path, async (handle) => (await readHeader(handle, path)).metadata);
}

/** Opens a file for `read`. @throws ERR_SAFETENSORS when it cannot be read */
export async function withFile<T>(path: string, read: (handle: FileHandle) => Promise<T>): Promise<T> {
  aString(path, 'path');
  let handle: FileHandle | undefined;
  try {
    handle = await open(path);
    return await read(handle);
  } catch (error) {
    if (error instanceof ImdbTorchError) throw error;
    throw new ImdbTorchError('ERR_SAFETENSORS', `Cannot read ${path}: ${messageOf(error)}.`, {
      cause: error,
    });
  } finally {
    await handle?.close();
  }
}

/** Reads the header of a file, and says where the bytes of the tensors start. */
export async function readHeader(
  handle: FileHandle,
  path: string,
): Promise<ReturnType<typeof decodeHeader> & { dataStart: number }> {
  const { size } = await handle.stat();
  const lengthField = Buffer.alloc(8);
  await fill(handle, path, lengthField, 0);
  const headerBytes = lengthField.readBigUInt64LE();
  if (headerBytes > maximumHeaderBytes || 8 + Number(headerBytes) > size) {
    const head = Buffer.alloc(Math.min(size, headBytes));
    await fill(handle, path, head, 0);
    const kind = foreignKind(head);
    if (kind !== null) throw new ImdbTorchError('ERR_SAFETENSORS', `${path} is no safetensors file but ${kind}.`);
    throw new ImdbTorchError(
      'ERR_SAFETENSORS',
      `${path} is no intact safetensors file: its header would have ${headerBytes.toString()} bytes, ` +
        `expected at most ${Math.min(maximumHeaderBytes, size - 8)}.`,
    );
  }
  const json = Buffer.alloc(Number(headerBytes));
  await fill(handle, path, json, 8);
  const dataStart = 8 + json.length;
  return { ...decodeHeader(path, json, size - dataStart), dataStart };
}

/** Fills `target` with the file's bytes from `position`; one read may return fewer bytes than asked for. */
export async function fill(handle: FileHandle, path: string, target: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < target.length) {
    const length = Math.min(target.length - done, 1 << 30);
    const { bytesRead } = await handle.read(target, done, length, position + done);
    if (bytesRead === 0) {
      throw new ImdbTorchError('ERR_SAFETENSORS', `${path} is no intact safetensors file: it ends too early.`);
    }
    done += bytesRead;
  }
}
