/**
 * Messages in the wire format of protocol buffers (https://protobuf.dev/programming-guides/encoding), as far as they are
 * written here.
 */

/** Fields of a message, as the pieces of their bytes: large ones are not copied before the whole message is joined. */
export type Fields = readonly Uint8Array[];

const wireTypes = { varint: 0, double: 1, bytes: 2, float: 5 } as const;

const utf8 = new TextEncoder();

/** Returns a field of type `int64`, `int32` or an enumeration. @param value a whole number from 0 */
export function varintField(field: number, value: number): Fields {
  return [keyOf(field, 'varint'), varint(value)];
}

/** Returns a field of type `double`. */
export function doubleField(field: number, value: number): Fields {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return [keyOf(field, 'double'), bytes];
}

/** Returns a field of type `float`. */
export function floatField(field: number, value: number): Fields {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return [keyOf(field, 'float'), bytes];
}

/** Returns a field of type `bytes`. */
export function bytesField(field: number, value: Uint8Array): Fields {
  return [keyOf(field, 'bytes'), varint(value.length), value];
}

/** Returns a field of type `string`. */
export function stringField(field: number, value: string): Fields {
  return bytesField(field, utf8.encode(value));
}

/** Returns a field that is a message with these fields. */
export function messageField(field: number, fields: Fields): Fields {
  return [keyOf(field, 'bytes'), varint(lengthOf(fields)), ...fields];
}

/** Returns the number of bytes of a message. */
export function lengthOf(fields: Fields): number {
  return fields.reduce((length, piece) => length + piece.length, 0);
}

/** Returns the bytes of a message. */
export function encodeMessage(fields: Fields): Uint8Array {
  const bytes = new Uint8Array(lengthOf(fields));
  let length = 0;
  for (const piece of fields) {
    bytes.set(piece, length);
    length += piece.length;
  }
  return bytes;
}

function keyOf(field: number, type: keyof typeof wireTypes): Uint8Array {
  return varint(field * 8 + wireTypes[type]);
}

/** Seven bits a byte, the lowest first; all but the last have their highest bit set. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Uint8Array.of(...bytes, rest);
}
