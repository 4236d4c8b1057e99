import { realpathSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readLibtorch, usableFor } from '../../src/setup/libtorch_folder.js';
import { withTemporaryFolder } from '../helpers.js';
import { writeLibtorch } from './fakes.js';

const withHeaders = { hasHeaders: true, hasCuda: false };
const header = '#define TORCH_VERSION_MAJOR 2\n#define TORCH_VERSION_MINOR 11\n#define TORCH_VERSION_PATCH 3\n';

test.each([
  ['version.py', { 'version.py': "__version__ = '2.13.0+cpu'\ndebug = False\n" }, '2.13.0+cpu'],
  ['build-version', { 'build-version': '2.7.0+cu126\n' }, '2.7.0+cu126'],
  ['the old header', { 'include/torch/version.h': header }, '2.11.3'],
  ['the new header', { 'include/torch/headeronly/version.h': header }, '2.11.3'],
])('when the version is in %s then it is read', (_, files, version) =>
  withTemporaryFolder(async (folder) => {
    await writeLibtorch(folder, files);
    expect(readLibtorch(folder)).toEqual({ path: realpathSync(folder), version, ...withHeaders });
  }),
);

test.each(['libtorch', 'torch'])('when the folder holds %s then that is taken', (name) =>
  withTemporaryFolder(async (folder) => {
    await writeLibtorch(join(folder, name), { 'build-version': '2.8.0' });
    expect(readLibtorch(folder)).toEqual({ path: join(realpathSync(folder), name), version: '2.8.0', ...withHeaders });
  }),
);

test.each([
  ['2.6.1+cpu', '2.6.1+cpu, older than 2.7'],
  ['1.13.0', '1.13.0, older than 2.7'],
])('when it is libtorch %s then it is too old', (version, reason) =>
  withTemporaryFolder(async (folder) => {
    await writeLibtorch(folder, { 'build-version': version });
    expect(readLibtorch(folder)).toEqual({ reason: `${folder} is libtorch ${reason}`, version });
  }),
);

test('when there are no headers then it serves to run, and not to build', () =>
  withTemporaryFolder(async (folder) => {
    await writeLibtorch(folder, { 'build-version': '2.8.0' });
    await rm(join(folder, 'include'), { recursive: true });
    const read = readLibtorch(folder);
    expect(read).toEqual({ path: realpathSync(folder), version: '2.8.0', hasHeaders: false, hasCuda: false });
    expect(usableFor(read, {})).toBe(read);
    const reason = `${realpathSync(folder)} has no include/ATen, which building the addon needs`;
    expect(usableFor(read, { forBuilding: true })).toEqual({ reason });
  }));

test('when there is no libtorch then the reason says what is missing', () =>
  withTemporaryFolder(async (folder) => {
    await mkdir(join(folder, 'lib'));
    expect(readLibtorch(folder)).toEqual({ reason: `${folder} has no lib/libtorch_cpu` });
    expect(readLibtorch(join(folder, 'x'))).toEqual({ reason: `${join(folder, 'x')} does not exist` });
    await writeLibtorch(folder, {});
    expect(readLibtorch(folder)).toEqual({ reason: `${folder} does not say which version it is` });
  }));
