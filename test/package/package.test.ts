import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { installPackage } from '../support/packed_package.js';

const installMilliseconds = 180_000;

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'imdb-torch-packed-'));
  installPackage(folder);
}, installMilliseconds);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

// Building and training from the package is the work of scripts/check_package.mjs: it takes minutes.
test('when the packed package is installed in an empty folder then its command runs there', () => {
  const env = { ...process.env, IMDB_TORCH_HOME: join(folder, 'home'), IMDB_TORCH_LIBTORCH: '' };
  const doctor = spawnSync('npx', ['imdb-torch', 'doctor', '--json'], { cwd: folder, env, encoding: 'utf8' });
  expect(JSON.parse(doctor.stdout)).toMatchObject({ schema: 1, command: 'doctor', addon: null });
  // Nothing is built or fetched before something is asked for.
  expect(existsSync(join(folder, 'home'))).toBe(false);
});

// What was trained runs wherever Node does; `ERR_PLATFORM` says where training does not.
test('when npm reads for which platforms the package is then it refuses none', () => {
  const manifest = JSON.parse(readFileSync(join(folder, 'node_modules/imdb-torch/package.json'), 'utf8')) as object;
  expect(Object.keys(manifest)).not.toEqual(expect.arrayContaining([expect.stringMatching(/^(os|cpu|libc)$/)]));
});
