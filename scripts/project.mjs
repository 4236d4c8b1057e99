/** Functions of several scripts. They use only Node's own modules, for they run before anything is installed. */
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
export const cli = join(root, 'dist', 'cli', 'main.js');
/**
 * Loads a module of `dist`, for scripts that have prepared it.
 * @param {string} path
 */
export function compiled(path) {
  return import(join(root, 'dist', path));
}

/** These arguments of Node start jest. */
export const jest = [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  'node_modules/jest/bin/jest.js',
];

/** Installs the dependencies and compiles the TypeScript, each only when what it is made from has changed. */
export async function prepare() {
  // Its script downloads the parts for CUDA, hundreds of megabytes; an npm that does not know `allowScripts` runs it.
  process.env.ONNXRUNTIME_NODE_INSTALL = 'skip';
  if (!dependenciesAreThere()) await mustRun('npm', ['ci', '--no-audit', '--no-fund'], 'Installing the dependencies…');
  if (!compiledIsCurrent()) await mustRun(process.execPath, ['scripts/build.mjs'], 'Compiling the TypeScript…');
}

/**
 * Runs a program with the terminal of this one.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ stdout?: 'inherit' | NodeJS.WriteStream, env?: NodeJS.ProcessEnv }} options where its standard output goes
 * @returns {Promise<number>} its exit code
 */
export function run(command, args, { stdout = 'inherit', env = process.env } = {}) {
  // The terminal sends Ctrl-C to the program too, which ends in its own way; this one then ends with its code.
  const ignore = () => undefined;
  const child = spawn(command, args, { cwd: root, stdio: ['inherit', stdout, 'inherit'], env });
  const forward = () => child.kill('SIGTERM');
  process.on('SIGINT', ignore).on('SIGTERM', forward);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      process.off('SIGINT', ignore).off('SIGTERM', forward);
      resolve(code ?? 130);
    });
  });
}

/**
 * Runs a program with its output on stderr; ends this process with its exit code when that is not 0.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {string} message
 */
export async function mustRun(command, args, message) {
  process.stderr.write(`${message}\n`);
  const code = await run(command, args, { stdout: process.stderr });
  if (code !== 0) process.exit(code);
}

/**
 * Returns the files below a folder, sorted, with their paths from the root of the project.
 * @param {string} folder
 */
export function filesIn(folder, pattern = /./) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

/** Returns the files that Git tracks, with their paths from the root of the project. */
export function trackedFiles(pattern = /./) {
  const listed = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' });
  return listed.split('\0').filter((path) => path !== '' && pattern.test(path) && existsSync(join(root, path)));
}

/** Returns whether npm has installed what the lock file asks for; optional packages may be for other platforms. */
function dependenciesAreThere() {
  const installedPath = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedPath)) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(installedPath, 'utf8')).packages;
  return Object.entries(wanted).every(
    ([path, { version, optional }]) => path === '' || optional || installed[path]?.version === version,
  );
}

const stampPath = join(root, 'dist', '.sources');

function compiledIsCurrent() {
  return existsSync(cli) && existsSync(stampPath) && readFileSync(stampPath, 'utf8') === hashOfTypeScript();
}

/**
 * Notes from which sources dist was compiled.
 * @param {string} hash
 */
export function stampCompiled(hash) {
  writeFileSync(stampPath, hash);
}

export function hashOfTypeScript() {
  const hash = createHash('sha256');
  const settings = ['tsconfig.json', 'tsconfig.build.json', 'binding.d.ts', 'package-lock.json'];
  const builders = ['build.mjs', 'bundle_exports.mjs', 'commonjs_entries.mjs'].map((name) => `scripts/${name}`);
  for (const path of [...settings, ...builders, ...filesIn('src')])
    hash.update(`\0${path}\0`).update(readFileSync(join(root, path)));
  return hash.digest('hex');
}

/** The page has these files besides its scripts; they are copied as they are. */
export const pageFiles = /\.(html|css|svg)$/;

/** Removes what was compiled from sources that are no longer there. */
export function removeOrphans() {
  for (const path of filesIn('dist', /\.(js|d\.ts|html|css|svg)$/)) {
    const source = join('src', relative('dist', path)).replace(/(\.js|\.d\.ts)$/, '.ts');
    if (!existsSync(join(root, source))) rmSync(join(root, path));
  }
}
