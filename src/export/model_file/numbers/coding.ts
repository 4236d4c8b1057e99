import { ImdbTorchError } from '../../../errors.js';

const lineFeed = 10;
const mostShared = 255;

/**
 * Writes names as the number of bytes that each begins with as the one before, and the bytes behind these, with a line feed
 * at the end of each.
 */
export function frontCoded(names: readonly string[]): { shared: Uint8Array; rest: Uint8Array } {
  const encoder = new TextEncoder();
  const shared = new Uint8Array(names.length);
  const rest: number[] = [];
  let before = new Uint8Array(0);
  names.forEach((name, index) => {
    const bytes = encoder.encode(name);
    const most = Math.min(bytes.length, before.length, mostShared);
    let count = 0;
    while (count < most && bytes[count] === before[count]) count += 1;
    shared[index] = count;
    for (let k = count; k < bytes.length; k += 1) rest.push(bytes[k]);
    rest.push(lineFeed);
    before = bytes;
  });
  return { shared, rest: Uint8Array.from(rest) };
}

/**
 * Writes numbers from 0 on as the lowest byte of each, then the next one of each, and so on, as many as the largest takes:
 * what is alike then lies together. A file has at most three bytes of each.
 * @throws ImdbTorchError ERR_USAGE for a number from 2^24 on
 */
export function inPlanes(numbers: Int32Array): Uint8Array {
  const largest = numbers.reduce((most, number) => Math.max(most, number), 0);
  if (largest >= 1 << 24) throw tooLarge(largest);
  const planes = largest < 1 << 8 ? 1 : largest < 1 << 16 ? 2 : 3;
  const bytes = new Uint8Array(planes * numbers.length);
  for (let plane = 0; plane < planes; plane += 1)
    bytes.set(
      numbers.map((number) => (number >> (8 * plane)) & 0xff),
      plane * numbers.length,
    );
  return bytes;
}

function tooLarge(number: number): ImdbTorchError {
  return new ImdbTorchError(
    'ERR_USAGE',
    `Expected a model whose n-grams take numbers below ${1 << 24}, the most that a model file can hold, but one takes ` +
      `${number}; train with fewer features (--vocab).`,
  );
}

/** Writes a bit for each number, the lowest of a byte first: whether it is not negative. */
export function inBits(numbers: Int32Array): Uint8Array {
  const bits = new Uint8Array((numbers.length + 7) >> 3);
  numbers.forEach((number, index) => {
    if (number >= 0) bits[index >> 3] |= 1 << (index & 7);
  });
  return bits;
}
