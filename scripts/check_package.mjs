/**
 * Packs the package, installs it in an empty folder and trains there, from two processes at once and with nothing
 * built: the addon must be built exactly once. Then verifies it, which takes minutes.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepare, root } from './project.mjs';

await prepare();
const { homepage } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
if (homepage.includes('/OWNER/'))
  console.log('package.json has OWNER as a placeholder: see Publishing in CONTRIBUTING.md.');
const folder = mkdtempSync(join(tmpdir(), 'imdb-torch-package-'));
try {
  await checkIn(folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function checkIn(folder) {
  const [{ filename }] = JSON.parse(npm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder], root));
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  npm(['install', '--no-audit', '--no-fund', join(folder, filename)], folder);
  const home = join(folder, 'home');
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...process.env, IMDB_TORCH_HOME: home };
  if (!env.IMDB_TORCH_LIBTORCH && existsSync(knownLibtorch())) env.IMDB_TORCH_LIBTORCH = knownLibtorch();
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

/** Returns where `npm test` keeps the libtorch that it has fetched, so that it need not be fetched again. */
function knownLibtorch() {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  return join(process.env.IMDB_TORCH_HOME ?? join(cache, 'imdb-torch'), 'libtorch', '2.13.0');
}

function npm(args, cwd) {
  return execFileSync('npm', args, { cwd, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });
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
