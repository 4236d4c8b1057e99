import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { installPackage, linkTools, tools } from '../support/packed_package.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const projects = readdirSync(here, { withFileTypes: true }).filter((entry) => entry.isDirectory());
const preparationMilliseconds = 240_000;

/** What this run of Jest has told its process and should not tell those of the projects. */
const untold = { JEST_WORKER_ID: undefined, NODE_OPTIONS: undefined };

/** Holds the projects, with the packed package installed above them and a trained run beside them. */
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'imdb-torch-consumers-'));
  installPackage(folder);
  linkTools(folder);
  const train = ['imdb-torch', 'train', '--data', 'sample', '--preset', 'notebook', '--out', 'run', '--quiet'];
  for (const command of [train, ['imdb-torch', 'export', 'run', '--out', 'export', '--quiet']])
    execFileSync('npx', command, { cwd: folder, stdio: 'pipe' });
  for (const { name } of projects) cpSync(join(here, name), join(folder, name), { recursive: true });
}, preparationMilliseconds);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

test.each(projects.map(({ name }) => name))('when the project %s starts then it prints what it should', (name) => {
  const { status, stdout, stderr } = spawnSync('npm', ['start', '--silent'], {
    cwd: join(folder, name),
    encoding: 'utf8',
    env: { ...process.env, PATH: `${tools}:${process.env.PATH ?? ''}`, ...untold },
  });
  const expected = readFileSync(join(here, name, 'expected.txt'), 'utf8');
  expect({ status, stdout, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stdout: expected, stderr: '' });
});
