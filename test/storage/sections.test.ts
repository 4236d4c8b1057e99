import { crc32 as crc32OfZlib } from 'node:zlib';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { crc32 } from '../../src/storage/numbers/crc32.js';
import { readSections, takeSection, writeSections, type SectionArray } from '../../src/storage/sections.js';

const magic = 'TESTFILE';
const refuse = (fault: string): Error => new Error(fault);

const sample = {
  ids: Int32Array.of(1, -2, 3),
  bytes: Uint8Array.of(9, 8, 7),
  weights: Float32Array.of(0.5, NaN, -0),
  none: new Float64Array(0),
  last: new Uint16Array([65_535]),
};

function read(bytes: Uint8Array): ReturnType<typeof readSections> {
  return readSections(bytes, magic, { refuse });
}

/** The header of a file of sections as text, and all that is behind it. */
function parts(file: Uint8Array): [header: string, data: Uint8Array] {
  const start = 16 + new DataView(file.buffer, file.byteOffset).getUint32(8, true);
  return [Buffer.from(file.subarray(16, start)).toString().trimEnd(), file.subarray(start)];
}

/** A file with another header. */
function withHeader(header: string, data: Uint8Array): Uint8Array {
  const padded = header.padEnd(Math.ceil(Buffer.byteLength(header) / 8) * 8);
  const numbers = Buffer.alloc(8);
  numbers.writeUInt32LE(Buffer.byteLength(padded));
  numbers.writeUInt32LE(crc32OfZlib(padded), 4);
  return Buffer.concat([Buffer.from(magic), numbers, Buffer.from(padded), data]);
}

test('when arrays are written then they are read back as they were, and the header with them', () => {
  const { header, sections } = read(writeSections(magic, { version: 1, name: 'é' }, sample));

  expect(Object.fromEntries(sections)).toEqual(sample);
  expect(header).toMatchObject({ version: 1, name: 'é' });
});

test('when a file lies at any place in memory then its arrays are read', () => {
  const file = writeSections(magic, {}, sample);
  for (let shift = 0; shift < 9; shift += 1) {
    const memory = new Uint8Array(file.length + shift);
    memory.set(file, shift);
    expect(Object.fromEntries(read(memory.subarray(shift)).sections)).toEqual(sample);
  }
});

test('when a file is aligned then its arrays are views of it', () => {
  const file = writeSections(magic, {}, sample);
  for (const { buffer } of read(file).sections.values()) expect(buffer).toBe(file.buffer);
});

test('when a checksum is made then it is that of zlib', () => {
  for (const text of ['', 'a', '123456789', 'x'.repeat(1000)]) {
    expect(crc32(Buffer.from(text))).toBe(crc32OfZlib(text));
  }
});

test('when a section is taken then its type and length are checked', () => {
  const file = read(writeSections(magic, {}, sample));

  expect(takeSection(file, 'ids', { dtype: 'int32', length: 3, refuse })).toEqual(sample.ids);
  expect(() => takeSection(file, 'ids', { dtype: 'float32', refuse })).toThrow('no numbers of the type float32');
  expect(() => takeSection(file, 'ids', { dtype: 'int32', length: 4, refuse })).toThrow('3 numbers in place of 4');
  expect(() => takeSection(file, 'toString', { dtype: 'int32', refuse })).toThrow('no section toString');
});

test('when a header says what is not so then the file is refused with what is wrong', () => {
  const file = writeSections(magic, {}, sample);
  const [header, data] = parts(file);
  const changed = (from: string, to: string): Uint8Array => withHeader(header.replace(from, to), data);
  const cases: [file: Uint8Array, fault: string][] = [
    [Buffer.from('TESTFIL'), 'does not begin'],
    [Buffer.from('OTHERS!!\0\0\0\0\0\0\0\0'), 'does not begin'],
    [file.subarray(0, 40), 'ends within its header'],
    [Buffer.concat([file.subarray(0, 20), Buffer.of(1), file.subarray(21)]), 'header is damaged'],
    [withHeader('{', data), 'no JSON'],
    [withHeader('[]', data), 'no object'],
    [withHeader('{}', data), 'lists no sections'],
    [changed('"int32"', '"int64"'), 'lists no sections'],
    [changed('"int32"', '"constructor"'), 'lists no sections'],
    [changed('"length":3', '"length":-3'), 'lists no sections'],
    [changed('"length":3', '"length":0.5'), 'lists no sections'],
    [changed('"length":3', '"length":1e300'), 'lists no sections'],
    [changed('"length":3', '"length":9007199254740991'), 'is elsewhere'],
    [changed('"offset":16', '"offset":8'), 'is elsewhere'],
    [changed('"length":3', '"length":2'), 'is damaged'],
    [changed('"name":"bytes"', '"name":"ids"'), 'comes twice'],
    [file.subarray(0, file.length - 8), 'is elsewhere'],
    [Buffer.concat([file, Buffer.alloc(8)]), 'another length'],
  ];
  for (const [damaged, fault] of cases) expect(() => read(damaged)).toThrow(fault);
});

const array: fc.Arbitrary<SectionArray> = fc.oneof(
  fc.uint8Array({ maxLength: 20 }),
  fc.int8Array({ maxLength: 20 }),
  fc.uint16Array({ maxLength: 20 }),
  fc.int32Array({ maxLength: 20 }),
  fc.float32Array({ maxLength: 20 }),
  fc.float64Array({ maxLength: 20 }),
);
const named = fc.dictionary(
  fc.string({ unit: 'binary', maxLength: 8 }).map((name) => `.${name}`),
  array,
  { maxKeys: 6 },
);

test('when any arrays are written then they are read back bit for bit', () => {
  fc.assert(
    fc.property(named, (arrays) => {
      expect(Object.fromEntries(read(writeSections(magic, {}, arrays)).sections)).toEqual(arrays);
    }),
    { numRuns: 200 },
  );
});

test('when bytes of a file are changed then it is refused or has the same arrays', () => {
  const file = writeSections(magic, { version: 1 }, sample);
  const mutation = fc.record({
    at: fc.nat(file.length - 1),
    remove: fc.nat(8),
    insert: fc.uint8Array({ maxLength: 8 }),
  });
  fc.assert(
    fc.property(fc.array(mutation, { minLength: 1, maxLength: 3 }), (mutations) => {
      let damaged: Uint8Array = file;
      for (const { at, remove, insert } of mutations)
        damaged = Buffer.concat([damaged.subarray(0, at), insert, damaged.subarray(at + remove)]);
      let arrays: unknown[] | null = null;
      try {
        arrays = [...read(damaged).sections.values()];
      } catch (error) {
        expect((error as Error).message).toMatch(/^(?:its|it) /);
      }
      if (arrays !== null) expect(arrays).toEqual(Object.values(sample));
    }),
    { numRuns: 2000 },
  );
});
