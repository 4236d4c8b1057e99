/**
 * `npm run test:mutations`: plants errors in the native code and in the portable engine, one at a time, and has
 * `imdb-torch verify` find each. It works on a copy in the cache folder, which is kept so that less is compiled the next
 * time. Arguments choose the errors whose description has one of them. Each takes about half a minute.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assertPlaces, copyProject, mutations, withPlanted } from './mutations.mjs';
import { cli, prepare, root } from './project.mjs';

const checkFailed = 5;

await prepare();
const { cacheHome } = await import('../dist/system/cache_home.js');
const copy = join(cacheHome(), 'mutations');
const home = join(copy, 'home');
const wanted = process.argv.slice(2);
const chosen = mutations.filter(({ what }) => wanted.length === 0 || wanted.some((word) => what.includes(word)));
if (chosen.length === 0) throw new Error('Expected words of the descriptions of errors but none has them.');
assertPlaces(root, chosen);

makeCopy();
const setup = [cli, 'setup', '--json', '--quiet'];
const { libtorch } = JSON.parse(execFileSync(process.execPath, setup, { encoding: 'utf8' }));
const untouched = verify();
if (untouched.status !== 0) throw new Error(`verify finds errors where none are planted:\n${untouched.stderr}`);
const missed = [];
for (const mutation of chosen) if (!(await isFound(mutation))) missed.push(mutation);
console.log(`${chosen.length - missed.length} of ${chosen.length} planted errors are found.`);
process.exitCode = missed.length === 0 ? 0 : 1;

function makeCopy() {
  mkdirSync(home, { recursive: true });
  copyProject(root, copy, ['native', 'dist', 'test/fixtures/reference', 'package.json']);
  // With -O1 it compiles faster, to the same numbers.
  const cmake = read(root, 'CMakeLists.txt')
    .replaceAll('-O3', '-O1')
    .replace(/^project\(.*\)$/m, '$&\nset(CMAKE_CXX_FLAGS_RELEASE -O1)');
  const cmakePath = join(copy, 'CMakeLists.txt');
  if (!existsSync(cmakePath) || read(copy, 'CMakeLists.txt') !== cmake) writeFileSync(cmakePath, cmake);
  // With a .git folder it is a checkout, which keeps its build folder.
  mkdirSync(join(copy, '.git'), { recursive: true });
}

async function isFound(mutation) {
  const { status, stdout, stderr } = await withPlanted(copy, mutation, verify);
  if (status === checkFailed) console.log(`found: ${mutation.what}\n       ${describe(JSON.parse(stdout))}`);
  else console.log(`MISSED (exit code ${status}): ${mutation.what}\n${stderr}`);
  return status === checkFailed;
}

/** Builds the addon of the copy, as far as it has changed, and verifies with it. */
function verify() {
  rmSync(join(home, 'addon'), { recursive: true, force: true });
  const env = { ...process.env, IMDB_TORCH_HOME: home, IMDB_TORCH_LIBTORCH: libtorch.path };
  const args = [join(copy, 'dist/cli/main.js'), 'verify', '--json', '--quiet'];
  return spawnSync(process.execPath, args, { cwd: copy, env, encoding: 'utf8', maxBuffer: 2 ** 28 });
}

function describe({ rows, cases }) {
  const crosses = rows.filter(({ passed }) => !passed);
  const places = crosses.map(({ group, dtype, engine }) => `${group} ${dtype} ${engine}`);
  const failed = cases.filter(({ comparisons }) => comparisons.some(({ passed }) => !passed));
  return `${failed.length} of ${cases.length} cases: ${places.join(', ')}`;
}

function read(folder, file) {
  return readFileSync(join(folder, file), 'utf8');
}
