/**
 * `npm run test:newest` runs the tests of the addon and of data on the newest Node, which an npm package brings, since
 * V8 changes what native code and buffers may do. Arguments go to jest.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mustRun, run } from './project.mjs';

const version = '26';
const name = `node-linux-${process.arch}`;
const folder = mkdtempSync(join(tmpdir(), 'imdb-torch-node-'));
process.once('exit', () => rmSync(folder, { recursive: true }));

const install = ['install', '--prefix', folder, '--no-audit', '--no-fund', `${name}@${version}`];
await mustRun('npm', install, `Getting Node ${version}…`);
const newest = join(folder, 'node_modules', name, 'bin', 'node');
const given = process.argv.slice(2);
const tests = given.length > 0 ? given : ['test/native', 'test/data'];
process.exitCode = await run(newest, ['scripts/test.mjs', ...tests]);
