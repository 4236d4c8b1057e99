import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ensureAddon } from '../../src/setup/addon.js';
import { loadedLibraries } from '../../src/setup/c_libraries.js';
import { readElf, type ElfFile } from '../../src/setup/elf.js';

const addon = (await ensureAddon()).path;
const libraries = [...loadedLibraries()].filter(([name, path]) => path.startsWith('/') && /\.so\b/.test(name));

/** Does what `readElf` does with binutils; null where there are none. */
function withReadelf(path: string): ElfFile | null {
  try {
    const run = (option: string): string =>
      execFileSync('readelf', ['--wide', option, path], { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });
    const [, needs = ''] = /version needs section[^]*?\n([^]*?)(?:\n\n|$)/i.exec(run('--version-info')) ?? [];
    const [, definitions = ''] =
      /version definition section[^]*?\n([^]*?)(?:\n\n|$)/i.exec(run('--version-info')) ?? [];
    const files = needs.split(/(?=Version: \d+ {2}File: )/).slice(1);
    return {
      needed: [...run('--dynamic').matchAll(/\(NEEDED\).*\[(.*)\]/g)].map(([, name = '']) => name),
      requires: new Map(files.map((text) => [/File: (\S+)/.exec(text)?.[1] ?? '', namesIn(text)])),
      defines: namesIn(definitions),
    };
  } catch {
    return null;
  }
}

function namesIn(text: string): string[] {
  return [...text.matchAll(/Name: (\S+)/g)].map(([, name = '']) => name);
}

test.each([['the addon', addon], ...libraries])('when %s is read then it is as readelf shows it', async (_, path) => {
  const expected = withReadelf(path);
  if (expected === null) {
    console.warn('Skipped: there is no readelf.');
    return;
  }
  expect(readElf(await readFile(path))).toEqual(expected);
});

test('when the addon is read then it needs libtorch and versions of C and C++', async () => {
  const { needed, requires, defines } = readElf(await readFile(addon));
  expect(needed).toEqual(expect.arrayContaining(['libtorch_cpu.so', 'libc10.so', 'libstdc++.so.6', 'libc.so.6']));
  expect(requires.get('libstdc++.so.6')).toContain('GLIBCXX_3.4.21');
  expect(defines).toEqual([]);
});

test.each([
  ['empty', new Uint8Array(), 'it is no ELF file'],
  ['text', new TextEncoder().encode('#!/bin/sh\n'.repeat(9)), 'it is no ELF file'],
  ['of 32 bits', new Uint8Array(64).fill(1).map((one, at) => [0x7f, 0x45, 0x4c, 0x46][at] ?? one), 'of 64 bits'],
])('when a file is %s then it is refused', (_, bytes, sentence) => {
  expect(() => readElf(bytes)).toThrow(sentence);
});

test('when a file is cut off or has other bytes then it is read or refused, and nothing else happens', async () => {
  const whole = await readFile(addon);
  const read = (bytes: Uint8Array): boolean => {
    try {
      readElf(bytes);
      return true;
    } catch (error) {
      expect(error).toBeInstanceOf(Error);
      return false;
    }
  };
  const [headers, sections] = [64, 64 * 40];
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.boolean(), (at, byte, isNearEnd) => {
      expect(read(whole.subarray(0, at))).toBe(false);
      const changed = Uint8Array.from(whole);
      // Where the file says what lies where.
      changed[isNearEnd ? whole.length - 1 - (at % sections) : at % headers] = byte;
      read(changed);
    }),
    { numRuns: 60 },
  );
});
