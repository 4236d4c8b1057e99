import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from '@jest/globals';
import { findRoot, packageFile, packageRoot, threadFile } from '../../src/setup/package_root.js';
import { withTemporaryFolder } from '../helpers.js';
import { writeTree } from './fakes.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

test('when the code lies in its package then that is found', () => {
  expect(packageRoot()).toBe(root);
  expect(packageFile('native/addon.cpp')).toBe(join(root, 'native/addon.cpp'));
  const script = new URL('../../src/cli/main.ts', import.meta.url);
  expect(threadFile(script)).toBe(script);
});

test('when the code has become part of a bundle then the error says so and what to do', () =>
  withTemporaryFolder(async (folder) => {
    await writeTree(folder, { 'package.json': '{ "name": "app" }' });
    const bundle = pathToFileURL(join(folder, 'build', 'server', 'main.js')).href;
    expect(() => findRoot(bundle)).toThrow(
      expect.objectContaining({
        code: 'ERR_PACKAGE',
        exitCode: 3,
        message: expect.stringMatching(
          new RegExp(
            `^Expected this code to lie .* below ${folder}/; .*out of what is bundled .*--external:imdb-torch`,
          ),
        ),
      }),
    );
  }));

test('when a file of the package is missing then the error names it and where it should be', () => {
  const error = {
    code: 'ERR_PACKAGE',
    message: expect.stringContaining(`dist/absent in the package imdb-torch in ${root}`),
  };
  expect(() => packageFile('dist/absent')).toThrow(expect.objectContaining(error));
  expect(() => threadFile(new URL('../../dist/absent', import.meta.url))).toThrow(expect.objectContaining(error));
});
