import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { release } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ensureAddon } from '../../src/setup/addon.js';
import { hashOfSources } from '../../src/setup/addon_cache.js';
import { readOrigin } from '../../src/setup/addon_origin.js';
import { loadedLibraries } from '../../src/setup/c_libraries.js';
import { inspectMachine, type Finding } from '../../src/setup/inspect.js';
import { findPrebuilt, fitTo, prebuiltDescriptionPath, prebuiltPath } from '../../src/setup/prebuilt.js';
import { withEnvironment, withTemporaryFolder } from '../helpers.js';
import { writeLibtorch, writeProgram, writeToyPackage } from './fakes.js';

// The files of C, C++ and libtorch that it needs are those that the addon of a package needs.
const addon = (await ensureAddon()).path;

const version = '2.13.0+cpu';

interface Installed {
  folder: string;
  home: string;
  /** The package, with a prebuilt addon. */
  root: string;
  libtorch: string;
  /** Where its prebuilt addon is. */
  prebuilt: string;
  describe: (changes: object) => Promise<void>;
}

/** A machine with Node alone, an installed package and a libtorch without headers. */
function nodeAlone(name: string, body: (installed: Installed) => Promise<void>): void {
  test(name, () =>
    withTemporaryFolder(async (folder) => {
      const root = join(folder, 'package/');
      await writeToyPackage(root);
      const prebuilt = prebuiltPath(root);
      await mkdir(dirname(prebuilt), { recursive: true });
      await cp(addon, prebuilt);
      const sha256 = createHash('sha256')
        .update(await readFile(addon))
        .digest('hex');
      const whole = { sources: hashOfSources(root), libtorch: version, sha256, kernel: release() };
      const describe = (changes: object): Promise<void> =>
        writeFile(prebuiltDescriptionPath(prebuilt), JSON.stringify({ ...whole, ...changes }));
      await describe({});
      const libtorch = await writeLibtorch(join(folder, 'libtorch'), { 'build-version': version, 'lib/libc10.so': '' });
      await rm(join(libtorch, 'include'), { recursive: true });
      const [home, programs] = [join(folder, 'home'), join(folder, 'programs')];
      await mkdir(programs);
      const environment = { IMDB_TORCH_HOME: home, IMDB_TORCH_LIBTORCH: libtorch, PATH: programs, CXX: undefined };
      await withEnvironment(environment, () => body({ folder, home, root, libtorch, prebuilt, describe }));
    }),
  );
}

/** Says whether a file is that addon, byte for byte; `toEqual` takes seconds for it. */
async function isAddon(path: string): Promise<boolean> {
  return (await readFile(path)).equals(await readFile(addon));
}

/** Why the addon of a package is not used. */
function reasonOf(root: string, loaded?: ReadonlyMap<string, string>): string {
  const found = findPrebuilt(root, hashOfSources(root), loaded);
  return 'reason' in found ? found.reason : 'it is used';
}

nodeAlone('when the package brings an addon that fits then it is taken, without a compiler or headers', async (all) => {
  const ready = await ensureAddon({ root: all.root });
  expect(ready).toMatchObject({ built: false, libtorch: { version, path: all.libtorch } });
  expect(await isAddon(ready.path)).toBe(true);
  expect(await realpath(join(dirname(ready.path), 'libtorch'))).toBe(all.libtorch);
  expect((await readdir(dirname(ready.path))).sort()).toEqual(['imdb_torch.node', 'libtorch', 'origin.json']);
  expect(readOrigin(ready.path)).toEqual({ from: 'package' });
  await rm(join(all.root, 'prebuilds'), { recursive: true });
  expect(await ensureAddon({ root: all.root })).toEqual(ready);
});

nodeAlone('when the addon in the cache is damaged then force puts that of the package there', async ({ root }) => {
  const { path } = await ensureAddon({ root });
  await writeFile(path, 'damaged');
  await ensureAddon({ root, force: true });
  expect(await isAddon(path)).toBe(true);
});

nodeAlone('when the cache has a libtorch of that version then the addon is taken for it', async (all) => {
  const fetched = join(all.home, 'libtorch', '2.13.0');
  await cp(all.libtorch, fetched, { recursive: true });
  await withEnvironment({ IMDB_TORCH_LIBTORCH: undefined }, async () => {
    expect(await ensureAddon({ root: all.root })).toMatchObject({ built: false, libtorch: { path: fetched } });
  });
});

nodeAlone('when doctor looks then it says which addon is used and why, and what is not needed then', async (all) => {
  const { root, describe } = all;
  const findingOf = async (name: string): Promise<Finding | undefined> =>
    (await inspectMachine({ root })).findings.find((finding) => finding.name === name);
  const [compiler, addonFinding] = ['C++ compiler', 'native addon'];
  expect(await findingOf(compiler)).toMatchObject({ value: null, requiredToTrain: false });
  expect(await findingOf('libtorch')).toMatchObject({ advice: null });
  const advice = `is taken from this package on first use (prebuilt for libtorch ${version}), or now by`;
  expect(await findingOf(addonFinding)).toMatchObject({ value: null, advice: expect.stringContaining(advice) });
  expect((await inspectMachine({ root })).prebuilt).toEqual({ path: all.prebuilt, reason: null });
  await describe({ sources: 'another hash' });
  expect(await findingOf(compiler)).toMatchObject({ value: null, requiredToTrain: true });
  const because = 'is built on first use (because the prebuilt one is from other sources)';
  expect(await findingOf(addonFinding)).toMatchObject({ advice: expect.stringContaining(because) });
  await describe({});
  await ensureAddon({ root });
  const value = expect.stringMatching(/imdb_torch\.node, prebuilt for libtorch 2\.13\.0\+cpu, from this package$/);
  expect(await findingOf(addonFinding)).toMatchObject({ value });
  expect((await inspectMachine({ root })).addon?.origin).toEqual({ from: 'package' });
});

interface Refusal {
  because: RegExp;
  spoil: (installed: Installed) => Promise<unknown>;
}

const refusals: Record<string, Refusal> = {
  'there is none': {
    because: /this package has no prebuilt one for \w+-\w+/,
    spoil: ({ root }) => rm(join(root, 'prebuilds'), { recursive: true }),
  },
  'the description is missing': {
    because: /prebuilt one in .* cannot be used: ENOENT/,
    spoil: ({ prebuilt }) => rm(prebuiltDescriptionPath(prebuilt)),
  },
  'the description is no JSON': {
    because: /cannot be used: .*JSON/,
    spoil: ({ prebuilt }) => writeFile(prebuiltDescriptionPath(prebuilt), '{ "sources": '),
  },
  'the description is null': {
    because: /imdb_torch\.json lacks a part/,
    spoil: ({ prebuilt }) => writeFile(prebuiltDescriptionPath(prebuilt), 'null'),
  },
  'the description lacks the hash': {
    because: /imdb_torch\.json lacks a part/,
    spoil: ({ describe }) => describe({ sha256: undefined }),
  },
  'the addon is missing': {
    because: /cannot be used: ENOENT/,
    spoil: ({ prebuilt }) => rm(prebuilt),
  },
  'the addon is cut off': {
    because: /does not have the hash that is noted beside it/,
    spoil: async ({ prebuilt }) => writeFile(prebuilt, (await readFile(addon)).subarray(0, 1_000_000)),
  },
  'it is from other sources': {
    because: /the prebuilt one is from other sources/,
    spoil: ({ describe }) => describe({ sources: 'another hash' }),
  },
  'it is no ELF file': {
    because: /cannot be used: it is no ELF file/,
    spoil: async ({ prebuilt, describe }) => {
      await writeFile(prebuilt, 'text');
      await describe({ sha256: createHash('sha256').update('text').digest('hex') });
    },
  },
  'the libtorch is of another version': {
    because: /is for libtorch 2\.13\.0\+cpu, and the one that is here is 2\.14\.0\+cpu/,
    spoil: ({ libtorch }) => writeFile(join(libtorch, 'build-version'), '2.14.0+cpu'),
  },
  'the libtorch is one for CUDA': {
    because: /and the one that is here is 2\.13\.0\+cpu with CUDA/,
    spoil: ({ libtorch }) => writeFile(join(libtorch, 'lib', 'libtorch_cuda.so'), ''),
  },
  'the package is a clone': {
    because: /a clone of the repository compiles its own sources/,
    spoil: ({ root }) => mkdir(join(root, '.git')),
  },
};

for (const [what, { because, spoil }] of Object.entries(refusals)) {
  nodeAlone(`when ${what} then it is to be compiled, and the error says why`, async (installed) => {
    await mkdir(join(installed.libtorch, 'include', 'ATen'), { recursive: true });
    await writeFile(join(installed.libtorch, 'include', 'ATen', 'ATen.h'), '');
    await spoil(installed);
    await expect(ensureAddon({ root: installed.root })).rejects.toMatchObject({
      code: 'ERR_BUILD',
      message: expect.stringMatching(`Expected a C\\+\\+20 compiler and CMake .*because .*${because.source}.*install`),
    });
    expect(existsSync(join(installed.home, 'addon'))).toBe(false);
  });
}

const compiler = process.env.PATH;

nodeAlone('when it does not fit and there is a compiler then it is compiled, and why is noted', async (all) => {
  await mkdir(join(all.libtorch, 'include', 'ATen'), { recursive: true });
  await writeFile(join(all.libtorch, 'include', 'ATen', 'ATen.h'), '');
  await all.describe({ sources: 'another hash' });
  await withEnvironment({ PATH: compiler }, async () => {
    const ready = await ensureAddon({ root: all.root });
    expect(ready.built).toBe(true);
    expect(readOrigin(ready.path)).toEqual({ from: 'compiler', because: 'the prebuilt one is from other sources' });
    await all.describe({});
    await ensureAddon({ root: all.root, force: true });
    expect(readOrigin(ready.path)).toMatchObject({ because: '`setup --force` asked for that' });
  });
});

nodeAlone('when the C library is older than it needs then the reason has both versions', async ({ folder, root }) => {
  const loaded = loadedLibraries();
  const old = join(folder, 'libc.so.6');
  const text = (await readFile(loaded.get('libc.so.6') ?? '')).toString('latin1');
  // As if it were of 2020.
  await writeFile(old, Buffer.from(text.replace(/GLIBC_2\.(?:3[2-9]|[4-9]\d)\0/g, 'GLIBC_2.00\0'), 'latin1'));
  const reason = reasonOf(root, new Map([...loaded, ['libc.so.6', old]]));
  expect(reason).toMatch(/^the prebuilt one needs GLIBC_2\.\d\d, and .*libc\.so\.6 has GLIBC_2\.31 at most$/);
});

nodeAlone('when libtorch lacks a library that it needs then the reason names it', async ({ root, libtorch }) => {
  // Other tests may have loaded libtorch into this process.
  const loaded = new Map([...loadedLibraries()].filter(([name]) => !/^lib(torch|c10)/.test(name)));
  const found = findPrebuilt(root, hashOfSources(root), loaded);
  const folder = { path: libtorch, version, hasHeaders: false, hasCuda: false };
  expect(fitTo(found, folder)).toBe(found);
  await rm(join(libtorch, 'lib', 'libc10.so'));
  expect(fitTo(found, folder)).toEqual({ reason: `the prebuilt one needs libc10.so, which is not in ${libtorch}` });
});

nodeAlone('when the C++ library has none of the versions then the reason says so', ({ root }) => {
  const loaded = loadedLibraries();
  const other = loaded.get('libgcc_s.so.1') ?? '';
  const reason = reasonOf(root, new Map([...loaded, ['libstdc++.so.6', other]]));
  expect(reason).toMatch(/needs GLIBCXX_3\.4\.\d+, and .*libgcc_s\.so\.1 has none of these$/);
  return Promise.resolve();
});

nodeAlone('when the C library is musl, or cannot be read, then it is not used', ({ root, folder }) => {
  const musl = new Map([['libc.musl-x86_64.so.1', '/lib/libc.musl-x86_64.so.1']]);
  expect(reasonOf(root, musl)).toMatch(/^the prebuilt one needs \S+, which this Node does not load$/);
  const gone = new Map([...loadedLibraries()].map(([name]) => [name, join(folder, name)]));
  expect(reasonOf(root, gone)).toMatch(/^the prebuilt one needs \S+, and \S+ cannot be read$/);
  return Promise.resolve();
});

nodeAlone('when the cache cannot be written then the error says so, and nothing is left', async ({ home, root }) => {
  await writeFile(home, 'a file');
  await expect(ensureAddon({ root })).rejects.toMatchObject({ code: 'ERR_OUTPUT' });
});

nodeAlone('when a Python has another torch and nothing can be compiled then one is fetched', async (all) => {
  const programs = join(all.folder, 'programs');
  const torch = await writeLibtorch(join(all.folder, 'torch'), { 'build-version': '2.14.0' });
  await writeProgram(
    programs,
    'python3',
    `case "$*" in *pip*) echo "no network"; exit 1;; esac; echo "torch: ${torch}"`,
  );
  const deadProxy = 'http://127.0.0.1:9';
  const environment = { IMDB_TORCH_LIBTORCH: undefined, https_proxy: deadProxy, HTTPS_PROXY: deadProxy };
  await withEnvironment({ ...environment, no_proxy: undefined, NO_PROXY: undefined }, async () => {
    await expect(ensureAddon({ root: all.root })).rejects.toMatchObject({
      code: 'ERR_LIBTORCH',
      message: expect.stringMatching(
        /torch: building the addon for it needs a C\+\+20 compiler and CMake\n.*pip download/,
      ),
    });
    const { findings, libtorch } = await inspectMachine({ root: all.root });
    expect(libtorch).toBeNull();
    expect(findings).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: 'C++ compiler', value: null, requiredToTrain: false }),
        expect.objectContaining({ name: 'CMake', value: null, requiredToTrain: false }),
        expect.objectContaining({
          name: 'libtorch',
          advice: expect.stringMatching(/fetches it .*torch: building the/),
        }),
      ]),
    );
  });
});
