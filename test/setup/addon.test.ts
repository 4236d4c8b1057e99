import { execFileSync, spawnSync } from 'node:child_process';
import { cp, mkdir, readFile, readdir, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ensureAddon, type ReadyAddon } from '../../src/setup/addon.js';
import { withEnvironment, withTemporaryFolder } from '../helpers.js';
import { toySource as source, writeLibtorch, writeProgram, writeToyPackage, writeTree } from './fakes.js';

const require = createRequire(import.meta.url);

interface Toy {
  folder: string;
  home: string;
  root: string;
  libtorch: string;
  /** What the build said, in order. */
  lines: string[];
  build: (options?: { libtorch?: string; force?: boolean }) => Promise<ReadyAddon>;
}

function withToy(name: string, body: (toy: Toy) => Promise<void>): void {
  test(name, () =>
    withTemporaryFolder(async (folder) => {
      const root = join(folder, 'package/');
      const home = join(folder, 'home');
      const libtorch = await writeLibtorch(join(folder, 'libtorch'), { 'build-version': '2.13.0' });
      await writeToyPackage(root);
      const lines: string[] = [];
      const build: Toy['build'] = (options) =>
        ensureAddon({ root, onProgress: (line) => lines.push(line), ...options });
      const environment = { IMDB_TORCH_HOME: home, IMDB_TORCH_LIBTORCH: libtorch };
      await withEnvironment(environment, () => body({ folder, home, root, libtorch, lines, build }));
    }),
  );
}

withToy('when nothing is built then it is, with progress, and the next call answers at once', async (toy) => {
  const first = await toy.build();
  expect(first).toMatchObject({ built: true, libtorch: { version: '2.13.0', path: toy.libtorch } });
  expect(require(first.path)).toEqual({ libtorch: toy.libtorch, number: 1 });
  expect(toy.lines.filter((line) => line.startsWith('Compiling'))).not.toEqual([]);
  expect(await readdir(join(toy.home, 'build'))).toEqual([]);
  toy.lines.length = 0;
  const begun = performance.now();
  expect(await toy.build()).toMatchObject({ path: first.path, built: false });
  expect(performance.now() - begun).toBeLessThan(500);
  expect(toy.lines).toEqual([]);
});

withToy('when a source changes then it is built anew, and the old one is still there', async (toy) => {
  const first = await toy.build();
  await writeFile(join(toy.root, 'native/addon.cpp'), source(2));
  const second = await toy.build();
  expect(second.path).not.toBe(first.path);
  expect(require(second.path)).toEqual({ libtorch: toy.libtorch, number: 2 });
  await writeFile(join(toy.root, 'native/addon.cpp'), source(1));
  expect(await toy.build()).toMatchObject({ path: first.path, built: false });
});

/** Returns where an addon looks for libtorch. */
const libtorchOf = ({ path }: ReadyAddon): Promise<string> => realpath(join(path, '..', 'libtorch'));

withToy('when another libtorch of that version is asked for then the addon is led to it', async (toy) => {
  const first = await toy.build();
  expect(await libtorchOf(first)).toBe(toy.libtorch);
  const other = join(toy.folder, 'other');
  await cp(toy.libtorch, other, { recursive: true });
  const second = await toy.build({ libtorch: other });
  expect(second).toEqual({ path: first.path, built: false, libtorch: { version: '2.13.0', path: other } });
  expect(await libtorchOf(second)).toBe(other);
  await withEnvironment({ IMDB_TORCH_LIBTORCH: undefined }, async () => {
    expect(await toy.build()).toEqual(second);
  });
});

withToy('when the libtorch asked for is one for CUDA then there are two, and each is found again', async (toy) => {
  const first = await toy.build();
  const cuda = join(toy.folder, 'cuda');
  await cp(toy.libtorch, cuda, { recursive: true });
  await writeFile(join(cuda, 'lib', 'libtorch_cuda.so'), '');
  const second = await toy.build({ libtorch: cuda });
  expect(require(second.path)).toEqual({ libtorch: cuda, number: 1 });
  expect(second.path).not.toBe(first.path);
  expect(await toy.build()).toMatchObject({ path: first.path, built: false });
});

withToy(
  'when the cache with libtorch has moved, and so has the package, then the addon is found there',
  async (toy) => {
    const fetched = join(toy.home, 'libtorch', '2.13.0');
    await cp(toy.libtorch, fetched, { recursive: true });
    const [image, root] = [join(toy.folder, 'image'), join(toy.folder, 'elsewhere')];
    await withEnvironment({ IMDB_TORCH_LIBTORCH: undefined }, async () => {
      expect(await toy.build()).toMatchObject({ built: true });
      await rename(toy.root, root);
      await rename(toy.home, image);
      await rm(join(image, 'libtorch', '2.13.0', 'include'), { recursive: true });
      await withEnvironment({ IMDB_TORCH_HOME: image, PATH: '' }, async () => {
        const moved = await ensureAddon({ root });
        expect(moved).toMatchObject({ built: false, libtorch: { path: join(image, 'libtorch', '2.13.0') } });
        expect(moved.path.startsWith(image)).toBe(true);
        expect(await libtorchOf(moved)).toBe(moved.libtorch.path);
      });
    });
  },
);

withToy(
  'when nothing was selected but the addon is in the cache then it is found for the libtorch given',
  async (toy) => {
    const first = await toy.build();
    const selections = (await readdir(join(toy.home, 'addon'))).filter((name) => name.endsWith('.json'));
    for (const name of selections) await rm(join(toy.home, 'addon', name));
    expect(await toy.build()).toEqual({ ...first, built: false });
  },
);

withToy('when the libtorch given has no headers then a build says that it needs them', async (toy) => {
  await rm(join(toy.libtorch, 'include'), { recursive: true });
  await expect(toy.build()).rejects.toMatchObject({
    code: 'ERR_LIBTORCH',
    message: expect.stringContaining('has no include/ATen, which building the addon needs; name another folder'),
  });
});

test.each(['native', 'CMakeLists.txt', 'package.json'])('when %s is missing then the error names it', (name) =>
  withTemporaryFolder(async (root) => {
    await writeTree(root, { 'package.json': '{ "version": "1.0.0" }', 'CMakeLists.txt': '', 'native/addon.cpp': '' });
    await rm(join(root, name), { recursive: true });
    await expect(ensureAddon({ root })).rejects.toMatchObject({
      code: 'ERR_PACKAGE',
      message: expect.stringMatching(
        `^Expected ${name} in the package imdb-torch in ${root} but there is none; install`,
      ),
    });
  }),
);

withToy('when the libtorch becomes another version then it is built anew', async (toy) => {
  const first = await toy.build();
  await writeFile(join(toy.libtorch, 'build-version'), '2.14.0');
  const second = await toy.build();
  expect(second).toMatchObject({ built: true, libtorch: { version: '2.14.0' } });
  expect(second.path).not.toBe(first.path);
});

withToy('when two calls come at once then one builds and the other waits', async (toy) => {
  const both = await Promise.all([toy.build(), toy.build()]);
  expect(both.map(({ built }) => built).sort()).toEqual([false, true]);
  expect(both[0].path).toBe(both[1].path);
  expect(toy.lines).toContain('Waiting for another process that builds the native addon…');
});

withToy('when it is forced then it is built although it is there', async (toy) => {
  await toy.build();
  expect(await toy.build({ force: true })).toMatchObject({ built: true });
});

withToy('when the package is a checkout then the build folder is kept', async (toy) => {
  await mkdir(join(toy.root, '.git'));
  await toy.build();
  expect((await readdir(join(toy.home, 'build'))).length).toBe(1);
});

withToy('when the source is wrong then the error has the last lines and where the log is', async (toy) => {
  await writeFile(join(toy.root, 'native/addon.cpp'), `${source(1)}\nint broken = "text";\n`);
  const log = join(toy.home, 'logs', 'build.log');
  await expect(toy.build()).rejects.toMatchObject({
    code: 'ERR_BUILD',
    message: expect.stringMatching(new RegExp(`libtorch 2\\.13\\.0 in .*the whole output is in ${log}[^]*broken`)),
  });
  expect(await readFile(log, 'utf8')).toContain('int broken');
  expect(await readdir(join(toy.home, 'build'))).toEqual([]);
});

withToy('when the compiler fails then the error shows what it said', async (toy) => {
  const programs = join(toy.folder, 'programs');
  for (const name of ['c++', 'g++', 'clang++']) {
    const script =
      'case "$*" in *--version*) echo "c++ 12.2.0"; exit 0;; esac; echo "the compiler is on strike"; exit 1';
    await writeProgram(programs, name, script);
  }
  const path = `${programs}:${process.env.PATH ?? ''}`;
  await withEnvironment({ PATH: path, CXX: join(programs, 'c++') }, async () => {
    await expect(toy.build()).rejects.toMatchObject({ code: 'ERR_BUILD' });
  });
  expect(await readFile(join(toy.home, 'logs', 'build.log'), 'utf8')).toContain('the compiler is on strike');
});

withToy('when compiler and CMake are missing then the error says what to install', async (toy) => {
  const programs = join(toy.folder, 'programs');
  await mkdir(programs);
  await withEnvironment({ PATH: programs, CXX: undefined }, async () => {
    await expect(toy.build()).rejects.toMatchObject({
      code: 'ERR_BUILD',
      message: expect.stringMatching(/^Expected a C\+\+20 compiler and CMake to build .*install/),
    });
  });
});

withToy('when CMake is too old then the error says which one is there', async (toy) => {
  const programs = join(toy.folder, 'programs');
  await writeProgram(programs, 'cmake', 'echo "cmake version 3.10.2"');
  await withEnvironment({ PATH: `${programs}:${process.env.PATH ?? ''}` }, async () => {
    await expect(toy.build()).rejects.toMatchObject({
      code: 'ERR_BUILD',
      message: expect.stringMatching('Expected CMake 3.18 \\(found 3.10.2\\)'),
    });
  });
});

withToy('when the cache cannot be written then the error says where and why', async (toy) => {
  await writeFile(toy.home, 'a file');
  await expect(toy.build()).rejects.toMatchObject({
    code: 'ERR_OUTPUT',
    message: expect.stringMatching(`^Could not write ${toy.home}/build/.*choose another`),
  });
});

withToy('when the disk of the cache is full then the build fails with a reason and leaves no addon', async (toy) => {
  await mkdir(toy.home);
  const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', toy.home]);
  if (mount.status !== 0) {
    console.warn('Skipped: a small file system cannot be mounted here.');
    return;
  }
  try {
    await expect(toy.build()).rejects.toMatchObject({
      message: expect.stringMatching(/disk is full|No space left/),
    });
    expect(await readdir(toy.home)).not.toContain('addon');
  } finally {
    execFileSync('umount', [toy.home]);
  }
});

withToy('when it is aborted then its reason is thrown and the next call builds', async (toy) => {
  const controller = new AbortController();
  const reason = new Error('stop');
  const onProgress = (line: string): void => {
    if (line.startsWith('Configuring')) controller.abort(reason);
  };
  await expect(ensureAddon({ root: toy.root, onProgress, signal: controller.signal })).rejects.toBe(reason);
  expect(await readdir(join(toy.home, 'build'))).toEqual([]);
  expect(await toy.build()).toMatchObject({ built: true });
});
