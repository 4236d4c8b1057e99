/** The polynomials, bits reversed: that of Ethernet, zip and PNG, and that of Castagnoli. */
const common = 0xedb88320;
const castagnoli = 0x82f63b78;

const remaindersOfCommon = remaindersOf(common);
const remaindersOfCastagnoli = remaindersOf(castagnoli);

function remaindersOf(polynomial: number): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let remainder = byte;
    for (let bit = 0; bit < 8; bit += 1) remainder = remainder & 1 ? (remainder >>> 1) ^ polynomial : remainder >>> 1;
    return remainder;
  });
}

/** Returns the CRC-32 of bytes, as RFC 1952 (8) defines it. */
export function crc32(bytes: Uint8Array): number {
  return remainderOf(bytes, remaindersOfCommon);
}

/** Returns the CRC-32C of bytes, as RFC 3720 (12.1, B.4) defines it. */
export function crc32c(bytes: Uint8Array): number {
  return remainderOf(bytes, remaindersOfCastagnoli);
}

function remainderOf(bytes: Uint8Array, remainders: Uint32Array): number {
  let remainder = ~0;
  for (const byte of bytes) remainder = remainders[(remainder ^ byte) & 255] ^ (remainder >>> 8);
  return ~remainder >>> 0;
}
