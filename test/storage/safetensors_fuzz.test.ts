import { execFileSync, spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readSafetensors, writeSafetensors } from '../../src/storage/safetensors.js';
import { bytesOf, type StoredTensor } from '../../src/storage/stored_tensor.js';
import { withTemporaryFolder } from '../helpers.js';

const fixture = new URL('../fixtures/storage/python.safetensors', import.meta.url);

/** Any shape, and elements of any bits: infinities and every NaN among them. */
const tensor: fc.Arbitrary<StoredTensor> = fc
  .tuple(
    fc.constantFrom('float32' as const, 'float64' as const, 'int64' as const),
    fc.array(fc.nat(4), { maxLength: 4 }),
    fc.infiniteStream(fc.nat(255)),
  )
  .map(([dtype, shape, bytes]) => {
    const count = shape.reduce((product, size) => product * size, 1);
    const buffer = Uint8Array.from({ length: count * (dtype === 'float32' ? 4 : 8) }, () =>
      Number(bytes.next().value),
    ).buffer;
    if (dtype === 'float32') return { dtype, shape, data: new Float32Array(buffer) };
    if (dtype === 'float64') return { dtype, shape, data: new Float64Array(buffer) };
    return { dtype, shape, data: new BigInt64Array(buffer) };
  });

const name = fc.string({ unit: 'binary', maxLength: 12 }).filter((text) => text !== '__metadata__');
const tensors = fc.array(fc.tuple(name, tensor), { maxLength: 6 }).map((entries) => new Map(entries));

/** Tensors with their bits, in the order of their names. */
function contents(stored: ReadonlyMap<string, StoredTensor>): unknown[] {
  return [...stored]
    .map(([key, value]) => [key, value.dtype, value.shape, Buffer.from(bytesOf(value)).toString('hex')])
    .sort(([one], [other]) => Buffer.compare(Buffer.from(String(one)), Buffer.from(String(other))));
}

test('when any tensors are written then they are read back bit for bit', () =>
  withTemporaryFolder(async (folder) => {
    const path = join(folder, 'x.safetensors');
    await fc.assert(
      fc.asyncProperty(tensors, async (stored) => {
        await writeSafetensors(path, stored);
        expect(contents((await readSafetensors(path)).tensors)).toEqual(contents(stored));
      }),
      { numRuns: 60 },
    );
  }));

/** A change to a file: bytes replaced, removed or put in. */
interface Mutation {
  at: number;
  remove: number;
  insert: Uint8Array;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  // The header, where a change means most, as often as all the rest.
  at: fc.oneof(fc.nat(), fc.nat(700)),
  remove: fc.nat(8),
  insert: fc.oneof(
    fc.uint8Array({ maxLength: 8 }),
    fc
      .constantFrom('"', '{', '}', '[', ']', ',', '0', '9', '-', '.', 'e', ' ', '\\', ':')
      .map((text) => Buffer.from(text)),
  ),
});

function mutate(bytes: Uint8Array, { at, remove, insert }: Mutation): Buffer {
  const start = at % (bytes.length + 1);
  return Buffer.concat([bytes.subarray(0, start), insert, bytes.subarray(start + remove)]);
}

/** Bytes of all tensors together, which no file has more of than its size says. */
function totalBytes(stored: ReadonlyMap<string, StoredTensor>): number {
  return [...stored.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
}

test('when a real file is damaged then it is refused or read as what it says, byte for byte', () =>
  withTemporaryFolder(async (folder) => {
    const original = await readFile(fixture);
    const path = join(folder, 'damaged.safetensors');
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 3 }), async (mutations) => {
        const damaged = mutations.reduce<Buffer>(mutate, original);
        await writeFile(path, damaged);
        const file = await readSafetensors(path).catch((error: unknown) => {
          expect(error).toMatchObject({ code: 'ERR_SAFETENSORS' });
          return null;
        });
        if (file === null) return;
        const header = Number(damaged.readBigUInt64LE());
        expect(totalBytes(file.tensors)).toBe(damaged.length - 8 - header);
        // The data follow on the header in the order of their tensors.
        const data = Buffer.concat([...file.tensors.values()].map(bytesOf));
        expect(data.equals(damaged.subarray(8 + header))).toBe(true);
      }),
      { numRuns: 1000 },
    );
  }));

const python = process.env.IMDB_TORCH_PYTHON ?? 'python3';
const pythonHasIt = spawnSync(python, ['-c', 'import numpy, safetensors.numpy']).status === 0;
const withPython = pythonHasIt ? test : test.skip;
if (!pythonHasIt) console.warn(`${python} has no safetensors and numpy: the comparison with it is skipped.`);

/** Reads each file with the real library, writes it again, and names those whose bytes differ or that it refuses. */
const compareScript = `
import pathlib, sys
from safetensors.numpy import load_file, save_file
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.safetensors")):
    try:
        save_file(load_file(path), path.with_suffix(".python"), metadata={"format": "pt"})
        print(path.stem, "same" if path.read_bytes() == path.with_suffix(".python").read_bytes() else "other")
    except Exception as error:
        print(path.stem, "refused")
`;

function askPython(folder: string): string[] {
  const output = execFileSync(python, ['-c', compareScript, folder], { encoding: 'utf8' });
  return output.trim().split('\n');
}

withPython('when Python writes the same tensors then its bytes are the same', () =>
  withTemporaryFolder(async (folder) => {
    const samples = fc.sample(tensors, 100);
    for (const [index, stored] of samples.entries())
      await writeSafetensors(join(folder, `${String(index).padStart(3, '0')}.safetensors`), stored);
    expect(askPython(folder)).toEqual(samples.map((_, index) => `${String(index).padStart(3, '0')} same`));
  }),
);

withPython('when Python refuses a damaged file then it is refused here too', () =>
  withTemporaryFolder(async (folder) => {
    const original = await readFile(fixture);
    const samples = fc.sample(fc.array(mutation, { minLength: 1, maxLength: 2 }), 400);
    const accepted: string[] = [];
    for (const [index, mutations] of samples.entries()) {
      const label = String(index).padStart(3, '0');
      const path = join(folder, `${label}.safetensors`);
      await writeFile(path, mutations.reduce<Buffer>(mutate, original));
      if (await readSafetensors(path).then(Boolean, () => false)) accepted.push(label);
    }
    const refused = askPython(folder).filter((line) => line.endsWith('refused'));
    expect(refused.filter((line) => accepted.includes(line.slice(0, 3)))).toEqual([]);
  }),
);
