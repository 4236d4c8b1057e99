import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, jest, test } from '@jest/globals';
import { loadedLibraries } from '../../src/setup/c_libraries.js';
import { findPrebuilt } from '../../src/setup/prebuilt.js';
import { withTemporaryFolder } from '../helpers.js';

const report: typeof process.report & { excludeNetwork?: boolean } = process.report;

afterEach(() => {
  jest.restoreAllMocks();
});

test('when the libraries of the process are asked for then names in the network are not, and later reports have them', () => {
  const before = report.excludeNetwork;
  const excluded: unknown[] = [];
  jest.spyOn(report, 'getReport').mockImplementation(() => {
    excluded.push(report.excludeNetwork);
    return { sharedObjects: ['/lib/libm.so.6'] };
  });
  expect([...loadedLibraries()]).toEqual([['libm.so.6', '/lib/libm.so.6']]);
  expect(excluded).toEqual([true]);
  expect(report.excludeNetwork).toBe(before);
});

test('when there can be no addon in the package then the libraries of the process are not asked for', async () => {
  const getReport = jest.spyOn(report, 'getReport');
  await withTemporaryFolder(async (folder) => {
    expect(findPrebuilt(folder, 'hash')).toMatchObject({ reason: expect.stringContaining('no prebuilt one for') });
    await mkdir(join(folder, '.git'));
    expect(findPrebuilt(folder, 'hash')).toMatchObject({ reason: expect.stringContaining('clone') });
  });
  expect(getReport).not.toHaveBeenCalled();
});
