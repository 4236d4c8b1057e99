/** The polynomials, bits reversed: that of Ethernet, zip and PNG, and that of Castagnoli. */
const common = 0xedb88320;
const castagnoli = 0x82f63b78;

const remaindersOfCommon = remaindersOf(common);
const remaindersOfCastagnoli = remaindersOf(castagnoli);

/** Returns the remainders of each byte, then those of each byte with one, two and three zeros behind it. */
function remaindersOf(polynomial: number): Uint32Array {
  const remainders = new Uint32Array(4 * 256);
  for (let byte = 0; byte < 256; byte += 1) {
    let remainder = byte;
    for (let bit = 0; bit < 8; bit += 1) remainder = remainder & 1 ? (remainder >>> 1) ^ polynomial : remainder >>> 1;
    remainders[byte] = remainder;
  }
  for (let k = 256; k < remainders.length; k += 1) {
    const before = remainders[k - 256];
    remainders[k] = remainders[before & 255] ^ (before >>> 8);
  }
  return remainders;
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
  let k = 0;
  // Four at once, several times as fast.
  for (; k + 4 <= bytes.length; k += 4) {
    remainder ^= bytes[k] | (bytes[k + 1] << 8) | (bytes[k + 2] << 16) | (bytes[k + 3] << 24);
    remainder =
      remainders[768 + (remainder & 255)] ^
      remainders[512 + ((remainder >>> 8) & 255)] ^
      remainders[256 + ((remainder >>> 16) & 255)] ^
      remainders[remainder >>> 24];
  }
  for (; k < bytes.length; k += 1) remainder = remainders[(remainder ^ bytes[k]) & 255] ^ (remainder >>> 8);
  return ~remainder >>> 0;
}
