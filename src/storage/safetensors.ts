/**
 * Reads and writes files of tensors in the format of https://github.com/huggingface/safetensors, without the native
 * addon and without other packages. What is written has the bytes that the Python library writes for the same tensors;
 * what is read is refused where it breaks a rule of the format, and takes no more memory than the file has bytes (twice
 * that for half-precision numbers, which are read as float32).
 * @module imdb-torch/safetensors
 */
import { aMap, aString, anObject } from '../arguments.js';
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { ImdbTorchError } from '../errors.js';
import { writeFileAtomic } from '../system/atomic_file.js';
import { fromBfloat16, fromFloat16 } from './numbers/floats.js';
import { encodeHeader, isUnicode, layOut, type TensorEntry } from './safetensors_header.js';
import { fill, readHeader, withFile } from './safetensors_reading.js';
import { bytesOf, checkTensor, emptyTensor, type StoredTensor } from './stored_tensor.js';

export type { StoredDtype, StoredTensor } from './stored_tensor.js';

export interface SafetensorsFile {
  tensors: Map<string, StoredTensor>;
  metadata: ReadonlyMap<string, string>;
}

/**
 * Writes tensors as a safetensors file, with the bytes that Python's `safetensors.torch.save_file` writes where
 * there is no metadata but `format`. Nothing is left behind when it fails.
 * @param metadata strings beside `format: pt`, by which PyTorch's users recognise the file
 * @returns the SHA-256 of the file
 * @throws ERR_SAFETENSORS a tensor whose shape and data do not fit, or one named `__metadata__`, or names and metadata
 *   that are no Unicode text; the system's error when the file cannot be written
 */
export async function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<{ sha256: string }> {
  aString(path, 'path');
  aMap(tensors, 'tensors');
  anObject(metadata, 'metadata');
  for (const [name, tensor] of tensors) {
    if (name === '__metadata__' || !isUnicode(name)) {
      throw new ImdbTorchError(
        'ERR_SAFETENSORS',
        `A tensor cannot be called ${JSON.stringify(name)}; choose another name.`,
      );
    }
    checkTensor(name, tensor);
  }
  checkMetadata(metadata);
  const hash = createHash('sha256');
  await writeFileAtomic(path, hashed(fileChunks(tensors, { format: 'pt', ...metadata }), hash));
  return { sha256: hash.digest('hex') };
}

/**
 * Reads a whole safetensors file. F16 and BF16 become float32, which has all their values.
 * @throws ERR_SAFETENSORS when it cannot be read, breaks a rule of the format, is of another format or has a dtype
 *   other than F16, BF16, F32, F64, I64
 */
export async function readSafetensors(path: string): Promise<SafetensorsFile> {
  return withFile(path, async (handle) => {
    const { metadata, entries, dataStart } = await readHeader(handle, path);
    const tensors = new Map<string, StoredTensor>();
    for (const entry of entries) tensors.set(entry.name, await readTensor(handle, path, entry, dataStart));
    return { tensors, metadata };
  });
}

function checkMetadata(metadata: Readonly<Record<string, unknown>>): void {
  for (const [key, text] of Object.entries(metadata)) {
    if (typeof text === 'string' && isUnicode(key) && isUnicode(text)) continue;
    throw new ImdbTorchError(
      'ERR_SAFETENSORS',
      `Expected Unicode text as metadata ${JSON.stringify(key)} but received ${JSON.stringify(text)}.`,
    );
  }
}

function* fileChunks(
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Readonly<Record<string, string>>,
): Iterable<Uint8Array> {
  const entries = layOut(tensors);
  yield encodeHeader(entries, metadata);
  for (const { name } of entries) {
    const tensor = tensors.get(name);
    if (tensor) yield bytesOf(tensor);
  }
}

function* hashed(chunks: Iterable<Uint8Array>, hash: { update(chunk: Uint8Array): unknown }): Iterable<Uint8Array> {
  for (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
}

async function readTensor(
  handle: FileHandle,
  path: string,
  { dtype, half, shape, begin, end }: TensorEntry,
  dataStart: number,
): Promise<StoredTensor> {
  if (half === undefined) {
    const tensor = emptyTensor(dtype, shape);
    await fill(handle, path, bytesOf(tensor), dataStart + begin);
    return tensor;
  }
  const halves = new Uint16Array((end - begin) / 2);
  await fill(handle, path, new Uint8Array(halves.buffer), dataStart + begin);
  return { dtype, shape, data: half === 'F16' ? fromFloat16(halves) : fromBfloat16(halves) };
}
