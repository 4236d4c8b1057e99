/** Memory that threads share; where there is none, as on pages that are not isolated from others, memory of this thread. */
export function sharedMemory(bytes: number): ArrayBufferLike {
  return typeof SharedArrayBuffer === 'undefined' ? new ArrayBuffer(bytes) : new SharedArrayBuffer(bytes);
}

/** A copy on memory that threads share. */
export function sharedInt32(array: Int32Array): Int32Array {
  const shared = new Int32Array(sharedMemory(array.byteLength));
  shared.set(array);
  return shared;
}

/** A copy on memory that threads share. */
export function sharedBytes(array: Uint8Array): Uint8Array {
  const shared = new Uint8Array(sharedMemory(array.byteLength));
  shared.set(array);
  return shared;
}

/** A copy on memory that threads share. */
export function sharedFloat32(array: Float32Array): Float32Array {
  const shared = new Float32Array(sharedMemory(array.byteLength));
  shared.set(array);
  return shared;
}

/** A copy on memory that threads share. */
export function sharedFloat64(array: Float64Array): Float64Array {
  const shared = new Float64Array(sharedMemory(array.byteLength));
  shared.set(array);
  return shared;
}
