import { spawnSync } from 'node:child_process';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { withTemporaryFolder } from '../helpers.js';
import type { Finding } from '../../src/setup/inspect.js';
import { writeLibtorch } from './fakes.js';

const cli = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

interface Result {
  status: number | null;
  stdout: string;
  stderr: string;
}

function imdbTorch(args: readonly string[], env: Readonly<Record<string, string>> = {}): Result {
  const all = { ...process.env, ...env };
  return spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8', env: all });
}

interface Report {
  ok: boolean;
  canTrain: boolean;
  findings: Finding[];
  libtorch: { version: string; path: string } | null;
  addon: { path: string; facts: { devices: string[]; threads: number; kernels: string } | null } | null;
  prebuilt: { path: string | null; reason: string | null };
  cache: { path: string; bytes: Record<string, number> };
}

function findingOf(report: Report, name: string): Finding | undefined {
  return report.findings.find((finding) => finding.name === name);
}

test('when all is there then doctor says so, and what the addon says of the machine', () => {
  const { status, stdout } = imdbTorch(['doctor', '--json']);
  const report = JSON.parse(stdout) as Report;
  expect(status).toBe(0);
  expect([report.ok, report.canTrain]).toEqual([true, true]);
  expect(findingOf(report, 'engine for trained models')?.value).toMatch(/^fused, as the addon is there; portable for/);
  expect(findingOf(report, 'Node')?.value).toBe(process.versions.node);
  expect(report.addon?.facts?.devices[0]).toBe('cpu');
  expect(['avx512', 'avx2', 'portable']).toContain(report.addon?.facts?.kernels);
  const { stdout: text } = imdbTorch(['doctor']);
  expect(text).toMatch(/^imdb-torch \d+\.\d+\.\d+\n/);
  expect(text).toMatch(/libtorch: 2\.\d+/);
  expect(text).toMatch(/Devices: cpu/);
  expect(text).toMatch(/native addon: .*imdb_torch\.node, compiled here/);
  expect(report.prebuilt).toEqual({ path: null, reason: 'a clone of the repository compiles its own sources' });
});

test('when nothing is there then doctor ends with 0, says what training needs and has advice for each', () =>
  withTemporaryFolder(async (folder) => {
    await mkdir(join(folder, 'empty'));
    const env = {
      PATH: join(folder, 'empty'),
      IMDB_TORCH_HOME: join(folder, 'home'),
      IMDB_TORCH_LIBTORCH: '',
    };
    const { status, stdout } = imdbTorch(['doctor', '--json'], { ...env, VIRTUAL_ENV: '', CXX: '' });
    const report = JSON.parse(stdout) as Report;
    expect(status).toBe(0);
    expect([report.ok, report.canTrain]).toEqual([true, false]);
    for (const name of ['C++ compiler', 'CMake', 'Python', 'libtorch', 'native addon']) {
      expect(findingOf(report, name)).toMatchObject({
        value: null,
        advice: expect.stringMatching(/install|setup|pip/),
      });
    }
    expect(findingOf(report, 'libtorch')).toMatchObject({ required: false, requiredToTrain: true });
    const engine = 'engine for trained models: portable, which is all in TypeScript, as there is no addon\n';
    const { stdout: text } = imdbTorch(['doctor'], { ...env, VIRTUAL_ENV: '', CXX: '' });
    expect(text).toContain(engine);
    expect(text).toMatch(/[·-] libtorch: none - only training needs it; run `npx imdb-torch setup`/);
    expect(report.cache).toEqual({ path: join(folder, 'home'), bytes: {} });
  }));

test('when libtorch is too old then doctor and setup end with 3 and name both versions', () =>
  withTemporaryFolder(async (folder) => {
    const old = await writeLibtorch(join(folder, 'old'), { 'build-version': '2.4.1+cpu' });
    const doctor = imdbTorch(['doctor', '--libtorch', old]);
    expect(doctor.status).toBe(3);
    expect(doctor.stdout).toMatch(/libtorch: none .* 2\.7 or newer but .* is libtorch 2\.4\.1\+cpu/);
    const setup = imdbTorch(['setup', '--json'], { IMDB_TORCH_LIBTORCH: old });
    expect(setup.status).toBe(3);
    expect(setup.stdout).toBe('');
    expect(setup.stderr).toMatch(/^error: Expected .* 2\.7 or newer but .* is libtorch 2\.4\.1\+cpu/);
  }));

test('when the addon crashes or does not load then doctor reports it and lives', () =>
  withTemporaryFolder(async (folder) => {
    const report = JSON.parse(imdbTorch(['doctor', '--json']).stdout) as Report;
    const addon = report.addon?.path ?? '';
    const home = join(folder, 'home');
    // The same selection in another cache, with a file in the addon's place that is no addon.
    await cp(join(addon, '..', '..'), join(home, 'addon'), { recursive: true });
    const copy = addon.replace(report.cache.path, home);
    await writeFile(copy, 'not an addon');
    // Where setup has fetched libtorch, it is in the cache that is left behind.
    const places = { IMDB_TORCH_HOME: home, IMDB_TORCH_LIBTORCH: report.libtorch?.path ?? '' };
    const { status, stdout } = imdbTorch(['doctor'], places);
    expect(status).toBe(3);
    expect(stdout).toMatch(/native addon: .* does not load .*setup --force/);
  }));

test('when setup finds all done then it says where, in text and as JSON', () => {
  const { status, stdout } = imdbTorch(['setup', '--json']);
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ schema: 1, command: 'setup', built: false });
  expect(imdbTorch(['setup', '--quiet']).stderr).toBe('');
});
