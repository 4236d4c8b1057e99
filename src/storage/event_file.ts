/**
 * Event files of TensorBoard: records in the framing of TFRecord files, each with an `Event` in the wire format of protocol
 * buffers, as tensorflow/core/lib/io/record_writer.cc, core/util/event.proto and core/framework/summary.proto have them.
 */
import { crc32c } from './numbers/crc32c.js';

/** A number that TensorBoard draws over the steps. */
export interface Scalar {
  /** Its name, whose part before the first slash is the group that it is shown in. */
  tag: string;
  value: number;
}

/** Returns how such a file is called, by which TensorBoard finds it. @param seconds since 1970 */
export function eventFileName(seconds: number): string {
  return `events.out.tfevents.${Math.floor(seconds).toString().padStart(10, '0')}.imdb-torch`;
}

/** Returns the record that every file begins with. @param seconds since 1970 */
export function versionRecord(seconds: number): Uint8Array {
  return recordOf(Buffer.concat([doubleField(1, seconds), bytesField(3, Buffer.from('brain.Event:2'))]));
}

/** Returns the record of scalars of one step. @param seconds since 1970 */
export function scalarsRecord(seconds: number, step: number, scalars: readonly Scalar[]): Uint8Array {
  const values = scalars.map(({ tag, value }) =>
    bytesField(1, Buffer.concat([bytesField(1, Buffer.from(tag)), floatField(2, value)])),
  );
  return recordOf(
    Buffer.concat([
      doubleField(1, seconds),
      // A number that is 0 is left out.
      ...(step === 0 ? [] : [varintField(2, step)]),
      bytesField(5, Buffer.concat(values)),
    ]),
  );
}

/** Frames the bytes of a record: their number, its masked CRC-32C, the bytes, their masked CRC-32C. */
function recordOf(bytes: Buffer): Uint8Array {
  const head = Buffer.alloc(12);
  head.writeBigUInt64LE(BigInt(bytes.length));
  head.writeUInt32LE(maskedCrc(head.subarray(0, 8)), 8);
  const foot = Buffer.alloc(4);
  foot.writeUInt32LE(maskedCrc(bytes));
  return Buffer.concat([head, bytes, foot]);
}

/** Checksums are masked because the one of bytes that hold their own checksum says little. */
function maskedCrc(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

const wireTypes = { varint: 0, double: 1, bytes: 2, float: 5 } as const;

function keyOf(field: number, type: keyof typeof wireTypes): Buffer {
  return Buffer.of((field << 3) | wireTypes[type]);
}

function doubleField(field: number, value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return Buffer.concat([keyOf(field, 'double'), bytes]);
}

function floatField(field: number, value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return Buffer.concat([keyOf(field, 'float'), bytes]);
}

function varintField(field: number, value: number): Buffer {
  return Buffer.concat([keyOf(field, 'varint'), varint(value)]);
}

function bytesField(field: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([keyOf(field, 'bytes'), varint(bytes.length), bytes]);
}

/** Seven bits a byte, the lowest first; all but the last have their highest bit set. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.of(...bytes, rest);
}
