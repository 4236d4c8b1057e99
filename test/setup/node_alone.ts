import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { release } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ensureAddon } from '../../src/setup/addon.js';
import { hashOfSources } from '../../src/setup/addon_cache.js';
import { prebuiltDescriptionPath, prebuiltPath } from '../../src/setup/prebuilt.js';
import { withEnvironment, withTemporaryFolder } from '../helpers.js';
import { writeLibtorch, writeToyPackage } from './fakes.js';

// The files of C, C++ and libtorch that it needs are those that the addon of a package needs.
export const addon = (await ensureAddon()).path;

export const version = process.platform === 'linux' ? '2.13.0+cpu' : '2.13.0';

export interface Installed {
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
export function nodeAlone(name: string, body: (installed: Installed) => Promise<void>): void {
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
      const system = process.platform === 'darwin' ? { kernel: release() } : {};
      const whole = { sources: hashOfSources(root), libtorch: version, sha256, ...system };
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

export interface Refusal {
  because: RegExp;
  spoil: (installed: Installed) => Promise<unknown>;
}

/** Defines a test for each way in which the prebuilt addon may not fit. */
export function refuseEach(refusals: Readonly<Record<string, Refusal>>, define = nodeAlone): void {
  for (const [what, { because, spoil }] of Object.entries(refusals)) {
    define(`when ${what} then it is to be compiled, and the error says why`, async (installed) => {
      await mkdir(join(installed.libtorch, 'include', 'ATen'), { recursive: true });
      await writeFile(join(installed.libtorch, 'include', 'ATen', 'ATen.h'), '');
      await spoil(installed);
      await expect(ensureAddon({ root: installed.root })).rejects.toMatchObject({
        code: 'ERR_BUILD',
        message: expect.stringMatching(
          `Expected a C\\+\\+20 compiler and CMake .*because .*${because.source}.*install`,
        ),
      });
      expect(existsSync(join(installed.home, 'addon'))).toBe(false);
    });
  }
}
