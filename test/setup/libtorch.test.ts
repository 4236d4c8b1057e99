import { execFileSync } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ensureLibtorch, findLibtorch } from '../../src/setup/libtorch.js';
import { withEnvironment, withTemporaryFolder } from '../helpers.js';
import { writeLibtorch, writeProgram, writeTree } from './fakes.js';

interface Places {
  folder: string;
  home: string;
  /** The only folder on PATH besides the system's. */
  programs: string;
}

const noPython = 'exit 1';

/** Nothing is found or fetched here, but for what the body puts into the places. */
function nowhere(name: string, body: (places: Places) => Promise<void>): void {
  test(name, () =>
    withTemporaryFolder(async (folder) => {
      const places = { folder, home: join(folder, 'home'), programs: join(folder, 'programs') };
      await writeProgram(places.programs, 'python3', noPython);
      const deadProxy = 'http://127.0.0.1:9';
      const environment = {
        PATH: `${places.programs}:${process.env.PATH ?? ''}`,
        IMDB_TORCH_HOME: places.home,
        IMDB_TORCH_LIBTORCH: undefined,
        VIRTUAL_ENV: undefined,
        https_proxy: deadProxy,
        HTTPS_PROXY: deadProxy,
        no_proxy: undefined,
        NO_PROXY: undefined,
      };
      await withEnvironment(environment, () => body(places));
    }),
  );
}

const withHeaders = { hasHeaders: true, hasCuda: false };
const usable = { 'version.py': "__version__ = '2.13.0+cpu'" };

nowhere('when a folder is given then it is taken before all others', async ({ folder, home }) => {
  await writeLibtorch(join(home, 'libtorch', '2.14.0'), usable);
  const path = await writeLibtorch(join(folder, 'given'), usable);
  const expected = { found: { path, version: '2.13.0+cpu', foundBy: 'given', ...withHeaders }, tried: [] };
  expect(await findLibtorch({ libtorch: path })).toEqual(expected);
  await withEnvironment({ IMDB_TORCH_LIBTORCH: path }, async () => {
    expect(await findLibtorch({})).toEqual(expected);
  });
});

nowhere('when the folder given is too old then the error names what came and what is needed', async ({ folder }) => {
  const path = await writeLibtorch(join(folder, 'old'), { 'build-version': '2.6.0+cpu' });
  await expect(ensureLibtorch({ libtorch: path })).rejects.toMatchObject({
    code: 'ERR_LIBTORCH',
    message: expect.stringMatching(`libtorch 2\\.7 or newer but ${path} is libtorch 2\\.6\\.0\\+cpu`),
  });
});

nowhere('when the folder given has no libtorch then no other place is looked at', async ({ folder, home }) => {
  await writeLibtorch(join(home, 'libtorch', '2.13.0'), usable);
  await expect(ensureLibtorch({ libtorch: join(folder, 'missing') })).rejects.toMatchObject({
    code: 'ERR_LIBTORCH',
    message: expect.stringMatching('missing does not exist; name another folder'),
  });
});

nowhere('when the cache holds several then the newest usable one is taken', async ({ home }) => {
  await writeLibtorch(join(home, 'libtorch', '2.9.0'), { 'build-version': '2.9.0' });
  await writeLibtorch(join(home, 'libtorch', '2.10.0'), { 'build-version': '2.10.0' });
  await writeTree(join(home, 'libtorch', '2.11.0'), { 'version.py': 'broken' });
  const { found } = await findLibtorch({});
  expect(found).toEqual({
    path: join(home, 'libtorch', '2.10.0'),
    version: '2.10.0',
    foundBy: 'cache',
    ...withHeaders,
  });
});

nowhere('when only Python has a torch then that is taken', async ({ folder, programs }) => {
  const path = await writeLibtorch(join(folder, 'site-packages', 'torch'), usable);
  await writeProgram(programs, 'python3', `echo "torch: ${path}"`);
  const { found } = await findLibtorch({});
  expect(found).toEqual({ path, version: '2.13.0+cpu', foundBy: 'python', ...withHeaders });
});

nowhere("when Python's torch is too old then it is passed over with the reason", async ({ folder, programs }) => {
  const path = await writeLibtorch(join(folder, 'torch'), { 'build-version': '2.1.0' });
  await writeProgram(programs, 'python3', `echo "torch: ${path}"`);
  const { found, tried } = await findLibtorch({});
  expect(found).toBeNull();
  expect(tried[1]).toEqual({
    place: "this machine's Python",
    reason: `${path} is libtorch 2.1.0, older than 2.7`,
  });
});

nowhere('when nothing is usable then the error lists each place with its reason and the remedies', async () => {
  const begun = performance.now();
  await expect(ensureLibtorch({})).rejects.toMatchObject({
    code: 'ERR_LIBTORCH',
    message: expect.stringMatching(
      /the cache: nothing in .*\n.*Python: python3 has no torch\n.*pip download torch==.*\n.*download\.pytorch\.org: .*127\.0\.0\.1:9.*\n.*option libtorch/,
    ),
  });
  expect(performance.now() - begun).toBeLessThan(10_000);
});

nowhere('when the network is silent then all ways together cost about ten seconds', async ({ programs }) => {
  await writeProgram(programs, 'python3', 'case "$*" in *pip*) sleep 60;; esac; exit 1');
  const begun = performance.now();
  await expect(ensureLibtorch({})).rejects.toMatchObject({
    code: 'ERR_LIBTORCH',
    message: expect.stringMatching('no answer in time.*\n.*not asked: the network did not answer'),
  });
  expect(performance.now() - begun).toBeLessThan(12_000);
});

/** A python3 whose `pip download --dest FOLDER` makes a wheel that holds `files`. */
async function writePip({ programs }: Places, files: Readonly<Record<string, string>>): Promise<void> {
  const python = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], {
    encoding: 'utf8',
  }).trim();
  const script = `import json, sys, zipfile
args = sys.argv[1:]
wheel = args[args.index('--dest') + 1] + '/torch-2.13.0+cpu-test.whl'
with zipfile.ZipFile(wheel, 'w', zipfile.ZIP_DEFLATED) as file:
    for name, content in json.loads(${JSON.stringify(JSON.stringify(files))}).items():
        file.writestr(name, content)
print('Processing', wheel)
`;
  await writeTree(programs, { 'pip.py': script });
  await writeProgram(
    programs,
    'python3',
    `case "$*" in *pip*) exec ${python} ${join(programs, 'pip.py')} "$@";; esac; exit 1`,
  );
}

const wheel = {
  'torch/version.py': "__version__ = '2.13.0+cpu'\n",
  'torch/include/ATen/ATen.h': 'header',
  'torch/lib/libtorch_cpu.so': 'library',
  'torch/lib/libtorch_python.so': 'not needed',
  'torch/nn/linear.py': 'not needed',
  'torch-2.13.0.dist-info/RECORD': 'not needed',
};

const real = process.env.PATH ?? '';

nowhere(
  'when pip brings a wheel then its libtorch lands in the cache, and next time is found there',
  async (places) => {
    await withEnvironment({ PATH: real }, () => writePip(places, wheel));
    const path = join(places.home, 'libtorch', '2.13.0');
    expect(await ensureLibtorch({})).toEqual({ path, version: '2.13.0+cpu', foundBy: 'fetched', ...withHeaders });
    expect((await readdir(path, { recursive: true })).sort()).toEqual(
      ['include', 'include/ATen', 'include/ATen/ATen.h', 'lib', 'lib/libtorch_cpu.so', 'version.py'].sort(),
    );
    expect(await readFile(join(path, 'lib/libtorch_cpu.so'), 'utf8')).toBe('library');
    expect(await readdir(join(places.home, 'libtorch'))).toEqual(['2.13.0']);
    expect((await ensureLibtorch({})).foundBy).toBe('cache');
  },
);

nowhere('when a wheel has a path that leads outside then nothing is unpacked', async (places) => {
  await withEnvironment({ PATH: real }, () => writePip(places, { 'torch/lib/../../../../outside': 'x', ...wheel }));
  await expect(ensureLibtorch({})).rejects.toMatchObject({
    code: 'ERR_LIBTORCH',
    message: expect.stringMatching('invalid relative path: torch/lib/'),
  });
  expect(await readdir(join(places.home, 'libtorch'))).toEqual([]);
  expect((await readdir(places.folder)).sort()).toEqual(['home', 'programs']);
});

nowhere('when the cache cannot be written then the error says so', async ({ folder, home }) => {
  await writeTree(folder, { home: 'a file' });
  await expect(ensureLibtorch({})).rejects.toMatchObject({
    code: 'ERR_OUTPUT',
    message: expect.stringMatching(`Could not write ${home}/libtorch`),
  });
});
