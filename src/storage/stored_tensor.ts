import { ImdbTorchError } from '../errors.js';
import { areFinite } from './numbers/floats.js';

export type StoredDtype = 'float32' | 'float64' | 'int64';

/** The elements of a tensor as a file keeps them: row-major, their type as `dtype` says. */
export interface StoredTensor {
  dtype: StoredDtype;
  shape: readonly number[];
  data: Float32Array | Float64Array | BigInt64Array;
}

const arrayTypes = { float32: Float32Array, float64: Float64Array, int64: BigInt64Array } as const;

/** Returns the bytes of one element. */
export function elementSize(dtype: StoredDtype): number {
  return arrayTypes[dtype].BYTES_PER_ELEMENT;
}

/** Returns the number of elements of `shape`, or null when it is no shape or too large to count exactly. */
export function elementCount(shape: readonly unknown[]): number | null {
  let count = 1;
  for (const size of shape) {
    if (!Number.isSafeInteger(size) || (size as number) < 0) return null;
    count *= size as number;
    if (!Number.isSafeInteger(count)) return null;
  }
  return count;
}

/** Makes a tensor of zeros, into which elements can be read. */
export function emptyTensor(dtype: StoredDtype, shape: readonly number[]): StoredTensor {
  return { dtype, shape, data: new arrayTypes[dtype](elementCount(shape) ?? 0) };
}

/** Returns the memory of a tensor as bytes. */
export function bytesOf({ data }: StoredTensor): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** Returns whether no element is a NaN or an infinity. */
export function isFiniteTensor({ dtype, data }: StoredTensor): boolean {
  return dtype === 'int64' || areFinite(data as Float32Array);
}

/** @throws ERR_SAFETENSORS when dtype, shape and data do not fit together */
export function checkTensor(name: string, { dtype, shape, data }: StoredTensor): void {
  const count = elementCount(shape);
  // By name: an array from another realm (a worker's, a test runner's) is no instance of this realm's class.
  if (Object.prototype.toString.call(data) !== `[object ${arrayTypes[dtype].name}]` || count !== data.length) {
    throw new ImdbTorchError(
      'ERR_SAFETENSORS',
      `Expected a ${arrayTypes[dtype].name} of ${String(count)} elements for "${name}" (${dtype} [${shape.join(', ')}]) ` +
        `but received a ${data.constructor.name} of ${data.length}.`,
    );
  }
}
