import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readSafetensors } from '../../src/storage/safetensors.js';
import { withTemporaryFolder } from '../helpers.js';

/** A safetensors file of one tensor `x` of two-byte numbers. */
function fileOf(dtype: string, halves: Uint16Array, shape = [halves.length]): Buffer {
  const info = { dtype, shape, data_offsets: [0, halves.byteLength] };
  const json = Buffer.from(JSON.stringify({ x: info }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, Buffer.from(halves.buffer)]);
}

async function read(dtype: string, halves: Uint16Array, shape?: number[]) {
  return withTemporaryFolder(async (folder) => {
    const path = join(folder, 'x.safetensors');
    await writeFile(path, fileOf(dtype, halves, shape));
    return (await readSafetensors(path)).tensors.get('x');
  });
}

test('when a tensor is of half-precision numbers then float32 has their values', async () => {
  const values = new Map([
    [0x0000, 0],
    [0x8000, -0],
    [0x0001, 2 ** -24],
    [0x03ff, 1023 * 2 ** -24],
    [0x0400, 2 ** -14],
    [0x3555, 0.333251953125],
    [0x3c00, 1],
    [0xc100, -2.5],
    [0x7bff, 65504],
    [0xfbff, -65504],
    [0x7c00, Infinity],
    [0xfc00, -Infinity],
    [0x7e01, NaN],
  ]);
  const tensor = await read('F16', Uint16Array.from(values.keys()), [1, values.size]);
  expect(tensor).toEqual({ dtype: 'float32', shape: [1, values.size], data: Float32Array.from(values.values()) });
});

test('when all finite half-precision numbers are read then they rise with their bits, sign aside', async () => {
  const positive = Uint16Array.from({ length: 0x7c00 }, (_, bits) => bits);
  const one = await read('F16', positive);
  const other = await read(
    'F16',
    Uint16Array.from(positive, (bits) => bits | 0x8000),
  );
  const values = Array.from(one?.data ?? [], Number);
  expect(values.slice(1).every((value, k) => value > (values[k] ?? NaN))).toBe(true);
  expect(Array.from(other?.data ?? [], Number)).toEqual(values.map((value) => -value));
});

test('when a tensor is of bfloat16 numbers then they are the upper halves of float32 numbers', async () => {
  const values = [0, -0, 1, -2.5, 3.140625, 2 ** -133, 2 ** 127, Infinity, -Infinity, NaN];
  const bits = new Uint32Array(Float32Array.from(values).buffer);
  const tensor = await read(
    'BF16',
    Uint16Array.from(bits, (each) => each >>> 16),
  );
  expect(tensor).toEqual({ dtype: 'float32', shape: [values.length], data: Float32Array.from(values) });
});

test('when a tensor of half-precision numbers is empty or its bytes do not fit its shape then that is seen', async () => {
  expect(await read('F16', new Uint16Array(0), [0, 3])).toEqual({
    dtype: 'float32',
    shape: [0, 3],
    data: new Float32Array(0),
  });
  await expect(read('BF16', new Uint16Array(2), [1])).rejects.toThrow('has 4 bytes, which its shape and dtype');
});
