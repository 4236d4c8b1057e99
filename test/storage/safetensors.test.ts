import { mkdtemp, readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readSafetensors, writeSafetensors } from '../../src/storage/safetensors.js';
import type { StoredTensor } from '../../src/storage/stored_tensor.js';

/** Written by Python's safetensors 0.8.0, scripts/make_storage_fixture.py. */
const fixture = new URL('../fixtures/storage/python.safetensors', import.meta.url);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'imdb-torch-safetensors-'));
});
afterAll(() => rm(folder, { recursive: true }));

const tensors = new Map<string, StoredTensor>([
  ['b', { dtype: 'float32', shape: [3, 2], data: Float32Array.of(0, -0, 1.5, -1.5, Infinity, 1e-45) }],
  ['é', { dtype: 'float64', shape: [2], data: Float64Array.of(Math.PI, Number.MAX_VALUE) }],
  ['a', { dtype: 'int64', shape: [3], data: BigInt64Array.of(-1n, 0n, 2n ** 63n - 1n) }],
  ['empty', { dtype: 'float32', shape: [0, 3], data: new Float32Array(0) }],
  ['scalar', { dtype: 'float32', shape: [], data: Float32Array.of(2.5) }],
  ['q"\n\u0001\u007f', { dtype: 'float32', shape: [1], data: Float32Array.of(7) }],
  ['__proto__', { dtype: 'float32', shape: [1], data: Float32Array.of(9) }],
]);

function expectSame(actual: ReadonlyMap<string, StoredTensor>, expected: ReadonlyMap<string, StoredTensor>): void {
  expect([...actual.keys()].sort()).toEqual([...expected.keys()].sort());
  for (const [name, tensor] of expected) {
    expect(actual.get(name)?.dtype).toBe(tensor.dtype);
    expect(actual.get(name)?.shape).toEqual(tensor.shape);
    expect([...(actual.get(name)?.data ?? [])]).toEqual([...tensor.data]);
  }
}

describe('safetensors', () => {
  test('when a file by Python is read then it has the same tensors and metadata', async () => {
    const file = await readSafetensors(fixture.pathname);
    expectSame(file.tensors, tensors);
    expect([...file.metadata]).toEqual([['format', 'pt']]);
  });

  test('when the same tensors are written then the bytes are those that Python wrote', async () => {
    const path = join(folder, 'bytes.safetensors');
    const { sha256 } = await writeSafetensors(path, tensors);
    const bytes = await readFile(path);
    expect(bytes.equals(await readFile(fixture))).toBe(true);
    expect(sha256).toBe('d872ef56d6096c18855752ad8652143617ef49952a60f398bb9eb0863525c505');
  });

  test('when metadata are given then they are read back beside the format', async () => {
    const path = join(folder, 'metadata.safetensors');
    await writeSafetensors(path, new Map(), { base_sha256: 'ab', 'é"': 'x\n' });
    const { metadata } = await readSafetensors(path);
    expect([...metadata]).toEqual([
      ['format', 'pt'],
      ['base_sha256', 'ab'],
      ['é"', 'x\n'],
    ]);
  });

  test('when a tensor is a view on part of a buffer then only that part is written', async () => {
    const path = join(folder, 'view.safetensors');
    const data = Float32Array.of(1, 2, 3, 4).subarray(1, 3);
    await writeSafetensors(path, new Map([['x', { dtype: 'float32' as const, shape: [2], data }]]));
    const { tensors: read } = await readSafetensors(path);
    expect([...(read.get('x')?.data ?? [])]).toEqual([2, 3]);
  });

  test('when metadata are no text then nothing is written', async () => {
    const empty = await mkdtemp(join(folder, 'refused-'));
    const write = (text: unknown): Promise<unknown> =>
      writeSafetensors(join(empty, 'x.safetensors'), new Map(), { a: text as string });
    await expect(write(3)).rejects.toMatchObject({ code: 'ERR_SAFETENSORS' });
    await expect(write('\udfff')).rejects.toMatchObject({ code: 'ERR_SAFETENSORS' });
    expect(await readdir(empty)).toEqual([]);
  });

  test.each<[string, string, StoredTensor]>([
    ['more elements than the shape', 'x', { dtype: 'float32', shape: [2], data: new Float32Array(3) }],
    ['another type than the dtype', 'x', { dtype: 'float64', shape: [2], data: new Float32Array(2) }],
    ['a negative size', 'x', { dtype: 'float32', shape: [-1, -2], data: new Float32Array(2) }],
    ['half a character in its name', '\ud800', { dtype: 'float32', shape: [1], data: new Float32Array(1) }],
    ['a reserved name', '__metadata__', { dtype: 'float32', shape: [1], data: new Float32Array(1) }],
  ])('when a tensor has %s then nothing is written', async (_, name, tensor) => {
    const empty = await mkdtemp(join(folder, 'refused-'));
    const writing = writeSafetensors(join(empty, 'x.safetensors'), new Map([[name, tensor]]));
    await expect(writing).rejects.toMatchObject({ code: 'ERR_SAFETENSORS' });
    expect(await readdir(empty)).toEqual([]);
  });
});

function fileOf(header: string | Uint8Array, data = '', length?: bigint): Buffer {
  const json = Buffer.from(header as string);
  const field = Buffer.alloc(8);
  field.writeBigUInt64LE(length ?? BigInt(json.length));
  return Buffer.concat([field, json, Buffer.from(data)]);
}

const x = '"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}';
const y = '"y":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}';

describe('a damaged safetensors file', () => {
  test.each<[string, Buffer, RegExp]>([
    ['is empty', Buffer.alloc(0), /ends too early/],
    ['is shorter than its length field', Buffer.alloc(7), /ends too early/],
    ['has a header longer than the file', fileOf(`{${x}}`, '1234', 5000n), /would have 5000 bytes/],
    ['has a header beyond all files', fileOf('{}', '', 2n ** 63n), /at most/],
    ['has a header that is no UTF-8', fileOf(Buffer.from('{"\xff":1}', 'latin1')), /no JSON in UTF-8/],
    ['has a header that is cut', fileOf(`{${x}`, '1234'), /no JSON in UTF-8/],
    ['has a header that is a list', fileOf('[]'), /no JSON object/],
    ['has a header that starts with a space', fileOf(' {}'), /no JSON object/],
    ['names a tensor twice', fileOf(`{${x},${x}}`, '1234'), /"x" twice/],
    ['names a tensor twice, once escaped', fileOf(`{${x},${x.replace('x', '\\u0078')}}`, '1234'), /"x" twice/],
    ['gives a shape twice', fileOf(`{${x.replace('"shape"', '"shape":[1],"shape"')}}`, '1234'), /"shape" twice/],
    ['has metadata that are no strings', fileOf('{"__metadata__":{"a":1}}'), /"a" is no string/],
    ['has metadata that are a list', fileOf('{"__metadata__":[]}'), /metadata is no JSON object/],
    ['has a tensor that is null', fileOf('{"x":null}'), /dtype undefined/],
    ['has a dtype that is unknown', fileOf(`{${x.replace('F32', 'F8_E5M2')}}`, '1234'), /dtype F8_E5M2/],
    ['has no shape', fileOf(`{${x.replace('[1]', '1')}}`, '1234'), /no valid shape/],
    ['has a negative size', fileOf(`{${x.replace('[1]', '[-1,-1]')}}`, '1234'), /no valid shape/],
    ['has a size that is no integer', fileOf(`{${x.replace('[1]', '[1.5]')}}`, '1234'), /number 1\.5/],
    ['has a size written as a fraction', fileOf(`{${x.replace('[1]', '[1.0]')}}`, '1234'), /number 1\.0/],
    ['has an offset below zero', fileOf(`{${x.replace('0,4', '-0,4')}}`, '1234'), /number -0/],
    ['has half a character in a name', fileOf(`{${x.replace('x', '\\ud800')}}`, '1234'), /no Unicode text/],
    ['has half a character in metadata', fileOf('{"__metadata__":{"a":"\\udfff"}}'), /no string of Unicode/],
    ['has a shape beyond counting', fileOf(`{${x.replace('[1]', '[4294967296,4294967296,0]')}}`), /no valid shape/],
    ['has three offsets', fileOf(`{${x.replace('0,4', '0,4,4')}}`, '1234'), /no valid offsets/],
    ['has a negative offset', fileOf(`{${x.replace('0,4', '-4,0')}}`, '1234'), /no valid offsets/],
    [
      'has an offset beyond exact numbers',
      fileOf(`{${x.replace('0,4', '0,9007199254740993')}}`, '1234'),
      /no valid offsets/,
    ],
    ['has offsets that its shape does not fit', fileOf(`{${x.replace('0,4', '0,8')}}`, '12345678'), /do not fit/],
    ['has offsets the wrong way round', fileOf(`{${x.replace('0,4', '4,0')}}`, '1234'), /do not fit/],
    ['has a hole before the data', fileOf(`{${y}}`, '12345678'), /starts at byte 4/],
    ['has a hole in the data', fileOf(`{${x},${y.replace('4,8', '8,12')}}`, '123456789012'), /starts at byte 8/],
    ['has tensors that overlap', fileOf(`{${x},${y.replace('4,8', '0,4')}}`, '1234'), /starts at byte 0/],
    ['has bytes after the last tensor', fileOf(`{${x}}`, '12345'), /describes 4 bytes of data and 5/],
    ['lacks its last bytes', fileOf(`{${x}}`, '123'), /describes 4 bytes of data and 3/],
  ])('when it %s then the error names the file and the fault', async (_, bytes, message) => {
    const path = join(folder, 'damaged.safetensors');
    await writeFile(path, bytes);
    const error: unknown = await readSafetensors(path).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'ERR_SAFETENSORS', message: expect.stringMatching(message) });
    expect((error as Error).message).toContain(path);
  });

  test('when its header is beyond the limit then it is not read', async () => {
    const path = join(folder, 'long.safetensors');
    await writeFile(path, fileOf('{}', '', 150_000_000n));
    await truncate(path, 200_000_000);
    await expect(readSafetensors(path)).rejects.toMatchObject({
      message: expect.stringContaining('150000000 bytes, expected at most 100000000'),
    });
  });

  test('when a word of metadata has millions of escapes then it is read', async () => {
    const path = join(folder, 'escapes.safetensors');
    const text = '\\"\n'.repeat(2_000_000);
    await writeSafetensors(path, new Map(), { text });
    const { metadata } = await readSafetensors(path);
    expect(metadata.get('text') === text).toBe(true);
  });

  test('when there is no file then the error names it', async () => {
    const path = join(folder, 'missing.safetensors');
    await expect(readSafetensors(path)).rejects.toMatchObject({
      code: 'ERR_SAFETENSORS',
      message: expect.stringContaining(path),
    });
  });

  test('when it is a folder then that is an error too', async () => {
    await expect(readSafetensors(folder)).rejects.toMatchObject({ code: 'ERR_SAFETENSORS' });
  });

  test('when a word of metadata looks like a key then it is none', async () => {
    const path = join(folder, 'lookalike.safetensors');
    await writeFile(path, fileOf('{"__metadata__":{"a":"{\\"b\\":1,\\"b\\":2}","b":"a"}}'));
    const { metadata } = await readSafetensors(path);
    expect([...metadata]).toEqual([
      ['a', '{"b":1,"b":2}'],
      ['b', 'a'],
    ]);
  });
});
