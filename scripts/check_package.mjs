/**
 * Packs the package, installs it in an empty folder and uses it there: first where there is Node and no other program
 * (`check_node_alone.mjs`). Then without the addon that it brings, from two processes at once and with nothing built: the
 * addon must be built exactly once. Then verifies it, which takes minutes.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkNodeAlone } from './check_node_alone.mjs';
import { pinnedLibtorch } from './pinned_libtorch.mjs';
import { compiled, mustRun, prepare, root } from './project.mjs';

await prepare();
await mustRun(process.execPath, ['scripts/prebuild.mjs'], 'Getting the addon of the package ready…');
await mustRun(process.execPath, ['scripts/check_pack.mjs', '--prebuilt'], 'Checking what the package holds…');
const libtorch = (await pinnedLibtorch()).path;
const { fetchedVersion: version } = await compiled('setup/libtorch_folder.js');
const { homepage } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
if (homepage.includes('/OWNER/'))
  console.log('package.json has OWNER as a placeholder: see Publishing in CONTRIBUTING.md.');
const folder = mkdtempSync(join(tmpdir(), 'imdb-torch-package-'));
try {
  const installed = installIn(folder);
  await checkNodeAlone({ folder, installed, libtorch, version, programs: programsIn(folder) });
  rmSync(join(installed, 'prebuilds'), { recursive: true });
  await checkBuild(folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Makes a folder for PATH that has Node and nothing else. */
function programsIn(folder) {
  const programs = join(folder, 'programs');
  if (!readdirSync(folder).includes('programs')) {
    mkdirSync(programs);
    symlinkSync(process.execPath, join(programs, 'node'));
  }
  return programs;
}

/** Installs the packed package with no other program than Node, and returns its folder. */
function installIn(folder) {
  const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const [{ filename, size }] = JSON.parse(execFileSync('npm', pack, { cwd: root, encoding: 'utf8' }));
  console.log(`The package has ${(size / 1e6).toFixed(2)} MB.`);
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  const globals = execFileSync('npm', ['root', '--global'], { encoding: 'utf8' }).trim();
  const npm = join(globals, 'npm', 'bin', 'npm-cli.js');
  const install = ['install', '--prefer-offline', '--no-audit', '--no-fund', join(folder, filename)];
  const env = { ...process.env, PATH: programsIn(folder) };
  execFileSync(process.execPath, [npm, ...install], { cwd: folder, env, stdio: ['ignore', 'ignore', 'inherit'] });
  return join(folder, 'node_modules', 'imdb-torch');
}

async function checkBuild(folder) {
  const home = join(folder, 'home');
  const env = { ...process.env, IMDB_TORCH_HOME: home, IMDB_TORCH_LIBTORCH: libtorch };
  const runs = await Promise.all(['one', 'two'].map((name) => train(folder, name, env)));
  for (const { code, stdout, stderr } of runs) {
    if (code !== 0) throw new Error(`train ended with code ${code}:\n${stderr}`);
    const { epochs, test } = JSON.parse(stdout);
    console.log(`${epochs.length} epochs, test accuracy ${test.accuracy}`);
  }
  const builds = runs.filter(({ stderr }) => stderr.includes('Compiling the native addon')).length;
  if (builds !== 1) throw new Error(`Expected one process to build the addon but ${builds} did.`);
  const leftovers = readdirSync(join(home, 'build'));
  if (leftovers.length > 0) throw new Error(`Left in the build folder: ${leftovers.join(', ')}`);
  const verify = ['imdb-torch', 'verify', '--quiet'];
  const verified = spawnSync('npx', verify, { cwd: folder, env, encoding: 'utf8' });
  if (verified.status !== 0) throw new Error(`verify ended with code ${verified.status}:\n${verified.stderr}`);
  console.log("The package installs, builds once for two processes, trains and has PyTorch's numbers.");
}

function train(folder, name, env) {
  const args = ['imdb-torch', 'train', '--data', 'sample', '--out', name, '--json'];
  const child = spawn('npx', args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr']) {
    child[stream].setEncoding('utf8').on('data', (text) => (output[stream] += text));
  }
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, ...output })));
}
