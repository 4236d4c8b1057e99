/** Returns whether no element is a NaN or an infinity. */
export function areFinite(values: Float32Array | Float64Array): boolean {
  let sum = 0;
  // Only numbers that are not finite times 0 are not 0.
  // eslint-disable-next-line @typescript-eslint/prefer-for-of -- takes ten times as long
  for (let k = 0; k < values.length; k += 1) sum += values[k] * 0;
  return sum === 0;
}

/** Returns the values of bfloat16 numbers, which are the upper halves of float32 numbers. */
export function fromBfloat16(halves: Uint16Array): Float32Array {
  const bits = new Uint32Array(halves.length);
  for (let k = 0; k < halves.length; k += 1) bits[k] = halves[k] << 16;
  return new Float32Array(bits.buffer);
}

let float16Values: Float32Array | null = null;

/** Returns the values of IEEE 754 half-precision numbers, all of which float32 has. */
export function fromFloat16(halves: Uint16Array): Float32Array {
  float16Values ??= Float32Array.from({ length: 1 << 16 }, (_, bits) => float16Value(bits));
  const values = new Float32Array(halves.length);
  for (let k = 0; k < halves.length; k += 1) values[k] = float16Values[halves[k]];
  return values;
}

function float16Value(bits: number): number {
  const [sign, exponent, fraction] = [bits >> 15 === 0 ? 1 : -1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}

/** Returns the nearest IEEE 754 half-precision numbers, the even one of two. Numbers beyond the largest are infinities. */
export function toFloat16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let k = 0; k < values.length; k += 1)
    halves[k] = ((bits[k] >>> 16) & 0x8000) | float16Bits(bits[k] & 0x7fffffff);
  return halves;
}

/** The bits of the nearest half-precision number of a float32 without its sign. */
function float16Bits(bits: number): number {
  const infinity = 0x7f800000;
  if (bits >= infinity) return bits === infinity ? 0x7c00 : 0x7e00;
  const exponent = (bits >>> 23) - 112;
  const fraction = (bits & 0x7fffff) | 0x800000;
  // Below the smallest normal number the digits shift to the right instead.
  const dropped = exponent > 0 ? 13 : Math.min(14 - exponent, 25);
  const half = 2 ** (dropped - 1) - 1 + ((fraction >>> dropped) & 1);
  const rounded = (fraction + half) >>> dropped;
  return Math.min(exponent > 0 ? rounded + ((exponent - 1) << 10) : rounded, 0x7c00);
}
