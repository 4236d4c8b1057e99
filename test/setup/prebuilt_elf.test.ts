import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { hashOfSources } from '../../src/setup/addon_cache.js';
import { loadedLibraries } from '../../src/setup/c_libraries.js';
import { readElf } from '../../src/setup/elf.js';
import { findPrebuilt, fitTo } from '../../src/setup/prebuilt.js';
import { addon, nodeAlone, refuseEach, version, type Installed, type Refusal } from './node_alone.js';

const isLinux = process.platform === 'linux';
if (!isLinux) console.warn('Skipped: what the addon needs is read from its file on Linux only, whose files are ELF.');
const onLinux: typeof nodeAlone = isLinux
  ? nodeAlone
  : (name) => {
      test.skip(name, () => undefined);
    };

/** Why the addon of a package is not used. */
function reasonOf(root: string, loaded?: ReadonlyMap<string, string>): string {
  const found = findPrebuilt(root, hashOfSources(root), loaded);
  return 'reason' in found ? found.reason : 'it is used';
}

/** Puts another file into the place of the prebuilt addon, with a description that has its hash. */
async function replace({ prebuilt, describe }: Installed, content: Uint8Array): Promise<void> {
  await writeFile(prebuilt, content);
  await describe({ sha256: createHash('sha256').update(content).digest('hex') });
}

const refusals: Record<string, Refusal> = {
  'it is no ELF file': {
    because: /cannot be used: it is no ELF file/,
    spoil: (installed) => replace(installed, Buffer.from('text')),
  },
  'it is for another processor': {
    because: /the prebuilt one is for machine 8, and this Node is for \w+/,
    spoil: async (installed) => {
      const bytes = await readFile(addon);
      bytes.writeUInt16LE(8, 18);
      await replace(installed, bytes);
    },
  },
  'it has no versions of symbols': {
    because: /the prebuilt one does not say which versions of the C library it needs/,
    spoil: async (installed) => {
      const bytes = await readFile(addon);
      const type = Buffer.from('feffff6f', 'hex');
      const headers = Number(bytes.readBigUInt64LE(40));
      bytes.writeUInt32LE(0, bytes.indexOf(type, headers));
      await replace(installed, bytes);
    },
  },
};

refuseEach(refusals, onLinux);

onLinux('when the C library is older than it needs then the reason has both versions', async ({ folder, root }) => {
  const loaded = loadedLibraries();
  const old = join(folder, 'libc.so.6');
  const text = (await readFile(loaded.get('libc.so.6') ?? '')).toString('latin1');
  // As if it were of 2020.
  await writeFile(old, Buffer.from(text.replace(/GLIBC_2\.(?:3[2-9]|[4-9]\d)\0/g, 'GLIBC_2.00\0'), 'latin1'));
  const minors = readElf(await readFile(old)).defines.map((name) => Number(/^GLIBC_2\.(\d+)$/.exec(name)?.[1] ?? 0));
  const reason = reasonOf(root, new Map([...loaded, ['libc.so.6', old]]));
  const expected = `^the prebuilt one needs GLIBC_2\\.\\d\\d, and .*libc\\.so\\.6 has GLIBC_2\\.${Math.max(...minors)} at most$`;
  expect(reason).toMatch(new RegExp(expected));
});

onLinux('when libtorch lacks a library that it needs then the reason names it', async ({ root, libtorch }) => {
  // Other tests may have loaded libtorch into this process.
  const loaded = new Map([...loadedLibraries()].filter(([name]) => !/^lib(torch|c10)/.test(name)));
  const found = findPrebuilt(root, hashOfSources(root), loaded);
  const folder = { path: libtorch, version, hasHeaders: false, hasCuda: false };
  expect(fitTo(found, folder)).toBe(found);
  await rm(join(libtorch, 'lib', 'libc10.so'));
  expect(fitTo(found, folder)).toEqual({ reason: `the prebuilt one needs libc10.so, which is not in ${libtorch}` });
});

onLinux('when the C++ library has none of the versions then the reason says so', ({ root }) => {
  const loaded = loadedLibraries();
  const other = loaded.get('libgcc_s.so.1') ?? '';
  const reason = reasonOf(root, new Map([...loaded, ['libstdc++.so.6', other]]));
  expect(reason).toMatch(/needs GLIBCXX_3\.4\.\d+, and .*libgcc_s\.so\.1 has none of these$/);
  return Promise.resolve();
});

onLinux('when the C library is musl, or cannot be read, then it is not used', ({ root, folder }) => {
  const musl = new Map([['libc.musl-x86_64.so.1', '/lib/libc.musl-x86_64.so.1']]);
  expect(reasonOf(root, musl)).toMatch(/^the prebuilt one needs \S+, which this Node does not load$/);
  const gone = new Map([...loadedLibraries()].map(([name]) => [name, join(folder, name)]));
  expect(reasonOf(root, gone)).toMatch(/^the prebuilt one needs \S+, and \S+ cannot be read$/);
  return Promise.resolve();
});
