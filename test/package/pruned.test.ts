import { execFileSync, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ensureAddon, type ReadyAddon } from '../../src/setup/addon.js';
import { cacheHome } from '../../src/system/cache_home.js';
import { installPackage, tools } from '../support/packed_package.js';

const preparationMilliseconds = 240_000;

let folder = '';
let installed = '';
let addon: ReadyAddon;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'imdb-torch-pruned-'));
  addon = await ensureAddon();
  installed = installPackage(folder);
}, preparationMilliseconds);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Runs Node in the folder of an image: without a compiler and Python, and with nothing of this run of Jest. */
function node(args: readonly string[], env: NodeJS.ProcessEnv = {}): SpawnSyncReturns<string> {
  const untold = { JEST_WORKER_ID: undefined, NODE_OPTIONS: undefined, IMDB_TORCH_LIBTORCH: undefined };
  const image = { ...process.env, ...untold, PATH: join(folder, 'no programs'), VIRTUAL_ENV: '', CXX: '' };
  return spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', env: { ...image, ...env } });
}

/** Prints what an import of the library throws. */
function errorOfImport(entry: string, env: NodeJS.ProcessEnv = {}): string {
  const script = `import(process.argv[1]).then(
    () => console.log('no error'),
    ({ name, code, message }) => console.log([name, code, message].join(' ')),
  )`;
  return node(['-e', script, entry], env).stdout;
}

/** The package without some file, as an image may have it. */
function without(path: string): string {
  const copy = join(folder, 'node_modules', `without-${path.replaceAll('/', '-')}`);
  cpSync(installed, copy, { recursive: true });
  rmSync(join(copy, path), { recursive: true });
  return copy;
}

test.each(['native', 'CMakeLists.txt'])('when %s is missing then the import says so', (path) => {
  const copy = without(path);
  const sentence = `ImdbTorchError ERR_PACKAGE Expected ${path} in the package imdb-torch in ${copy}/ but there is none; install`;
  expect(errorOfImport(join(copy, 'dist/index.js'))).toContain(sentence);
  const { status, stderr } = node([join(copy, 'dist/cli/main.js'), 'doctor']);
  expect([status, stderr]).toEqual([3, expect.stringMatching(`^error: Expected ${path} in the package`)]);
});

test('when package.json is missing then the import says so', () => {
  const copy = without('package.json');
  expect(errorOfImport(join(copy, 'dist/index.js'))).toMatch(
    /^ImdbTorchError ERR_PACKAGE Expected .* with its package.json/,
  );
});

test('when the files of the page are missing then what serves it says so', () => {
  const { stdout } = node([
    '-e',
    'import(process.argv[1]).then(({ addPage }) => addPage({})).catch(({ code, message }) => console.log(code, message))',
    join(without('dist/web'), 'dist/serve/page_files.js'),
  ]);
  expect(stdout).toMatch(/^ERR_PACKAGE Expected dist\/web in the package/);
});

test.each(['cjs', 'esm'])('when all is bundled into one file (%s) then the import says so', (format) => {
  const bundle = join(folder, 'bundles', `${format}.${format === 'cjs' ? 'cjs' : 'mjs'}`);
  const entry = join(folder, 'entry.mjs');
  writeFileSync(entry, "import { Tensor } from 'imdb-torch';\nconsole.log(Tensor.ones([1]));\n");
  const options = ['--bundle', '--platform=node', `--format=${format}`, `--outfile=${bundle}`, '--log-level=error'];
  execFileSync(join(tools, 'esbuild'), [entry, ...options]);
  expect(errorOfImport(bundle)).toMatch(/^ImdbTorchError ERR_PACKAGE Expected .*--external:imdb-torch/);
});

test('when nothing is built then the import and the setup without a compiler say what to do', () => {
  const env = { IMDB_TORCH_HOME: join(folder, 'empty home'), IMDB_TORCH_LIBTORCH: addon.libtorch.path };
  expect(errorOfImport(join(installed, 'dist/index.js'), env)).toMatch(
    /^ImdbTorchError ERR_ADDON_LOAD .*imdb-torch setup/,
  );
  const { status, stderr } = node([join(installed, 'dist/cli/main.js'), 'setup', '--quiet'], env);
  expect([status, stderr]).toEqual([3, expect.stringMatching(/^error: Expected a C\+\+20 compiler and CMake/)]);
});

test('when the cache is copied elsewhere without headers then the package computes with it, without a compiler', () => {
  const home = join(folder, 'image');
  const inside = relative(cacheHome(), addon.path);
  cpSync(dirname(addon.path), join(home, dirname(inside)), { recursive: true, verbatimSymlinks: true });
  mkdirSync(join(home, 'libtorch', 'one'), { recursive: true });
  for (const name of ['lib', 'version.py'])
    symlinkSync(join(addon.libtorch.path, name), join(home, 'libtorch/one', name));
  const moved = join(folder, 'moved image');
  renameSync(home, moved);
  const program = `const { Tensor } = require(process.argv[1]);
    console.log(Tensor.ones([2, 2]).sum().item(), require('node:fs').realpathSync(process.argv[2]));`;
  const link = join(moved, dirname(inside), 'libtorch');
  const { stdout, stderr } = node(['-e', program, join(installed, 'dist/index.cjs'), link], { IMDB_TORCH_HOME: moved });
  expect(stderr).toBe('');
  expect(stdout).toBe(`4 ${join(moved, 'libtorch', 'one')}\n`);
  const doctor = node([join(installed, 'dist/cli/main.js'), 'doctor'], { IMDB_TORCH_HOME: moved });
  expect([doctor.status, doctor.stdout]).toEqual([0, expect.stringContaining('without headers: it runs the addon')]);
  expect(doctor.stdout).toContain('only needed to build the addon');
});
