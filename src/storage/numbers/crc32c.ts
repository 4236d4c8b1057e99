/** The polynomial of Castagnoli, bits reversed. */
const polynomial = 0x82f63b78;

const remainders = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit += 1) remainder = remainder & 1 ? (remainder >>> 1) ^ polynomial : remainder >>> 1;
  return remainder;
});

/** Returns the CRC-32C of bytes, as RFC 3720 (12.1, B.4) defines it. */
export function crc32c(bytes: Uint8Array): number {
  let remainder = ~0;
  for (const byte of bytes) remainder = remainders[(remainder ^ byte) & 255] ^ (remainder >>> 8);
  return ~remainder >>> 0;
}
