import { cp, mkdir, readFile, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect } from '@jest/globals';
import { ensureAddon } from '../../src/setup/addon.js';
import { readOrigin } from '../../src/setup/addon_origin.js';
import { inspectMachine, type Finding } from '../../src/setup/inspect.js';
import { prebuiltDescriptionPath } from '../../src/setup/prebuilt.js';
import { withEnvironment } from '../helpers.js';
import { writeLibtorch, writeProgram } from './fakes.js';
import { addon, nodeAlone, refuseEach, version, type Refusal } from './node_alone.js';

/** Says whether a file is that addon, byte for byte; `toEqual` takes seconds for it. */
async function isAddon(path: string): Promise<boolean> {
  return (await readFile(path)).equals(await readFile(addon));
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
  const value = expect.stringMatching(/imdb_torch\.node, prebuilt for libtorch 2\.13\.0(?:\+cpu)?, from this package$/);
  expect(await findingOf(addonFinding)).toMatchObject({ value });
  expect((await inspectMachine({ root })).addon?.origin).toEqual({ from: 'package' });
});

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
  'the libtorch is of another version': {
    because: /is for libtorch 2\.13\.0(?:\+cpu)?, and the one that is here is 2\.14\.0\+cpu/,
    spoil: ({ libtorch }) => writeFile(join(libtorch, 'build-version'), '2.14.0+cpu'),
  },
  'the libtorch is one for CUDA': {
    because: /and the one that is here is 2\.13\.0(?:\+cpu)? with CUDA/,
    spoil: ({ libtorch }) => writeFile(join(libtorch, 'lib', 'libtorch_cuda.so'), ''),
  },
  'the package is a clone': {
    because: /a clone of the repository compiles its own sources/,
    spoil: ({ root }) => mkdir(join(root, '.git')),
  },
};

refuseEach(refusals);

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
