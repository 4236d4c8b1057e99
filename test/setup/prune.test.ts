import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { pruneCache } from '../../src/setup/prune.js';
import { withEnvironment, withTemporaryFolder } from '../helpers.js';
import { writeTree } from './fakes.js';

const needed = {
  'addon/0/imdb_torch.node': 'addon',
  'libtorch/2.13.0/version.py': "__version__ = '2.13.0'",
  'libtorch/2.13.0/lib/libc10.so': 'c10',
  'libtorch/2.13.0/lib/libgomp.so.1': 'gomp',
  'libtorch/2.13.0/lib/libtorch.so': 'torch',
  'libtorch/2.13.0/lib/libtorch_cpu.so': 'cpu',
};

const unneeded = {
  'build/0/build.ninja': '1',
  'logs/build.log': '22',
  'libtorch/2.13.0/include/ATen/ATen.h': '333',
  'libtorch/2.13.0/share/cmake/torch.cmake': '4444',
  'libtorch/2.13.0/lib/libtorchbind_test.so': '55555',
  'libtorch/2.13.0/lib/libshm/manager': '666666',
};

test('when the cache is pruned then what the addon runs with stays, and the rest is counted', () =>
  withTemporaryFolder(async (home) => {
    await writeTree(home, { ...needed, ...unneeded });
    await withEnvironment({ IMDB_TORCH_HOME: home }, async () => {
      expect(await pruneCache()).toBe(1 + 2 + 3 + 4 + 5 + 6);
      expect(await pruneCache()).toBe(0);
    });
    const left = await readdir(home, { recursive: true, withFileTypes: true });
    const files = left.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    expect(files.sort()).toEqual(
      Object.keys(needed)
        .map((path) => join(home, path))
        .sort(),
    );
  }));
