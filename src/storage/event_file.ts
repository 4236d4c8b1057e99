/**
 * Event files of TensorBoard: records in the framing of TFRecord files, each with an `Event` in the wire format of protocol
 * buffers, as tensorflow/core/lib/io/record_writer.cc, core/util/event.proto and core/framework/summary.proto have them.
 */
import { crc32c } from './numbers/crc32.js';
import { doubleField, encodeMessage, floatField, messageField, stringField, varintField } from './protobuf.js';

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
  return recordOf(encodeMessage([...doubleField(1, seconds), ...stringField(3, 'brain.Event:2')]));
}

/** Returns the record of scalars of one step. @param seconds since 1970 */
export function scalarsRecord(seconds: number, step: number, scalars: readonly Scalar[]): Uint8Array {
  const values = scalars.flatMap(({ tag, value }) =>
    messageField(1, [...stringField(1, tag), ...floatField(2, value)]),
  );
  // A number that is 0 is left out.
  const steps = step === 0 ? [] : varintField(2, step);
  return recordOf(encodeMessage([...doubleField(1, seconds), ...steps, ...messageField(5, values)]));
}

/** Frames the bytes of a record: their number, its masked CRC-32C, the bytes, their masked CRC-32C. */
function recordOf(bytes: Uint8Array): Uint8Array {
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
