import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ensureAddon } from '../../src/setup/addon.js';
import { loadedLibraries } from '../../src/setup/c_libraries.js';
import { readElf, type ElfFile } from '../../src/setup/elf.js';

const addon = (await ensureAddon()).path;
// Not those of libtorch, of hundreds of megabytes, which another test may have loaded.
const libraries = [...loadedLibraries()].filter(([name]) => /^lib(c|m|stdc\+\+|gcc_s)\.so\b/.test(name));

const onLinux = process.platform === 'linux' ? test : test.skip;
if (process.platform !== 'linux') console.warn('Skipped: the addon is an ELF file on Linux only.');

/** Does what `readElf` does with binutils; null where there are none. */
function withReadelf(path: string): ElfFile | null {
  try {
    const run = (option: string): string =>
      execFileSync('readelf', ['--wide', option, path], { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });
    const [, needs = ''] = /version needs section[^]*?\n([^]*?)(?:\n\n|$)/i.exec(run('--version-info')) ?? [];
    const [, definitions = ''] =
      /version definition section[^]*?\n([^]*?)(?:\n\n|$)/i.exec(run('--version-info')) ?? [];
    const files = needs.split(/(?=Version: \d+ {2}File: )/).slice(1);
    const [, machine = ''] = /Machine: +(.+)/.exec(run('--file-header')) ?? [];
    return {
      cpu: machine.endsWith('X86-64') ? 'x64' : machine === 'AArch64' ? 'arm64' : machine,
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

onLinux.each([['the addon', addon], ...libraries])(
  'when %s is read then it is as readelf shows it',
  async (_, path) => {
    const expected = withReadelf(path);
    if (expected === null) {
      console.warn('Skipped: there is no readelf.');
      return;
    }
    expect(readElf(await readFile(path))).toEqual(expected);
  },
);

onLinux('when the addon is read then it needs libtorch and versions of C and C++', async () => {
  const { cpu, needed, requires, defines } = readElf(await readFile(addon));
  expect(cpu).toBe(process.arch);
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

/** Numbers of types of sections, as in <elf.h>. */
const [dynamic, versionsNeeded] = [6, 0x6ffffffe];
const longest = 0xffffffff;

/** Where in a file the header of a section lies, and the section. */
function placesOf(bytes: Buffer, type: number): { header: number; section: number } {
  const [start, count] = [Number(bytes.readBigUInt64LE(40)), bytes.readUInt16LE(60)];
  const headers = Array.from({ length: count }, (_, index) => start + index * 64);
  const header = headers.find((at) => bytes.readUInt32LE(at + 4) === type) ?? NaN;
  return { header, section: Number(bytes.readBigUInt64LE(header + 24)) };
}

const spoiled: Record<string, { spoil: (bytes: Buffer) => unknown; sentence: string }> = {
  'has no headers of sections': {
    spoil: (bytes) => bytes.writeUInt16LE(0, 60),
    sentence: 'it has no section that says which libraries it needs',
  },
  'has headers that are too short': {
    spoil: (bytes) => bytes.writeUInt16LE(8, 58),
    sentence: 'it has a section that lies outside of it',
  },
  'has a section that is too long': {
    spoil: (bytes) => bytes.writeUInt32LE(longest, placesOf(bytes, dynamic).header + 32),
    sentence: 'it has a section that lies outside of it',
  },
  'has a chain that leaves the file': {
    spoil: (bytes) => bytes.writeUInt32LE(longest, placesOf(bytes, versionsNeeded).section + 12),
    sentence: 'it has an entry that lies outside of its section',
  },
  'has a chain that leaves its section': {
    spoil: (bytes) => bytes.writeUInt32LE(0x1000, placesOf(bytes, versionsNeeded).section + 8),
    sentence: 'it has an entry that lies outside of its section',
  },
};

onLinux.each(Object.entries(spoiled))('when an addon %s then it is refused', async (_, { spoil, sentence }) => {
  const bytes = await readFile(addon);
  spoil(bytes);
  expect(() => readElf(bytes)).toThrow(sentence);
});

onLinux('when a section has fewer entries than its chain then no more are read', async () => {
  const bytes = await readFile(addon);
  expect(readElf(bytes).requires.size).toBeGreaterThan(1);
  bytes.writeUInt32LE(1, placesOf(bytes, versionsNeeded).header + 44);
  expect(readElf(bytes).requires.size).toBe(1);
});

onLinux('when a file is cut off or has other bytes then it is read or refused, and nothing else happens', async () => {
  const whole = await readFile(addon);
  const read = (bytes: Uint8Array): boolean => {
    try {
      readElf(bytes);
      return true;
    } catch (error) {
      expect((error as Error).message).toMatch(/^it (is|has) /);
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
