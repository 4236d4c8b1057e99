/** Typed arrays whose memory another thread or a resize could change or take away, and what only looks like one. */
import type { Bad } from './misuse.js';

/** ES2024, which Node 20 has and the library of types that is used here has not. */
interface ResizableArrayBuffer extends ArrayBuffer {
  resize(length: number): void;
}
type ResizableConstructor = new (length: number, options: { maxByteLength: number }) => ResizableArrayBuffer;

export function unsteadyArrays(Class: Int32ArrayConstructor | Float32ArrayConstructor, good: ArrayLike<number>): Bad[] {
  const bytes = Class.BYTES_PER_ELEMENT * good.length;
  const resizable = (): ResizableArrayBuffer =>
    new (ArrayBuffer as unknown as ResizableConstructor)(bytes, { maxByteLength: 2 * bytes });
  const filled = (buffer: ArrayBufferLike): unknown => {
    const array = new Class(buffer as ArrayBuffer, 0, good.length);
    array.set(good);
    return array;
  };
  const detached = new Class(good);
  structuredClone(detached.buffer, { transfer: [detached.buffer] });
  const shrunk = resizable();
  const outside = filled(shrunk);
  shrunk.resize(0);
  const arrays = {
    'a detached one': detached,
    'a shrunk one': outside,
    'a resizable one': filled(resizable()),
    'a shared one': filled(new SharedArrayBuffer(bytes)),
    'a Proxy of one': new Proxy(new Class(good), {}),
    'an heir of one': Object.create(new Class(good)) as unknown,
    'a DataView': new DataView(new ArrayBuffer(bytes)),
  };
  return Object.entries(arrays).map(([label, value]) => ({ label, value, code: 'ERR_ARG_TYPE' }));
}
