/**
 * Packs the package and checks that it holds what it should and nothing else, that its `package.json` says what is there
 * (publint) and that TypeScript finds the types of every entry (arethetypeswrong). With `--prebuilt` it must hold the addon
 * for this platform; without, it may.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { bundles } from './bundle_exports.mjs';
import { entries } from './commonjs_entries.mjs';
import { compiled, filesIn, pageFiles, root } from './project.mjs';

const folder = mkdtempSync(join(tmpdir(), 'imdb-torch-pack-'));
try {
  const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const [{ filename, files }] = JSON.parse(execFileSync('npm', pack, { cwd: root, encoding: 'utf8' }));
  const tarball = join(folder, filename);
  // Not TypeScript's `moduleResolution: node10`, which knows no `exports`.
  const attw = [tarball, '--profile', 'node16', '--no-definitely-typed', '--format', 'ascii'];
  const passed = [
    await checkContents(files.map(({ path }) => path)),
    quietly('publint/src/cli.js', ['run', tarball, '--strict']),
    quietly('@arethetypeswrong/cli/dist/index.js', attw),
  ];
  process.exitCode = passed.every(Boolean) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function checkContents(packed) {
  const compiled = filesIn('src', /\.ts$/).flatMap((path) => {
    const name = path.replace(/^src/, 'dist').replace(/\.ts$/, '');
    // The page has no declarations, since nobody imports it.
    return path.startsWith(join('src', 'web')) ? [`${name}.js`] : [`${name}.js`, `${name}.d.ts`];
  });
  const page = [...filesIn('src/web', pageFiles).map((path) => path.replace(/^src/, 'dist')), ...bundles];
  const plain = [
    'package.json',
    'binding.d.ts',
    'CMakeLists.txt',
    'README.md',
    'CHANGELOG.md',
    'LICENSE',
    'CONTRIBUTING.md',
  ];
  const reference = [
    'scripts/make_reference.py',
    ...filesIn('scripts/reference', /\.py$/),
    ...filesIn('test/fixtures/reference', /(^index\.json|\.safetensors)$/),
  ];
  const expected = new Set([
    ...plain,
    ...compiled,
    ...entries.flatMap((entry) => [`${entry}.cjs`, `${entry}.d.cts`]),
    ...page,
    ...reference,
    ...filesIn('docs'),
    'bench/RESULTS.md',
    ...filesIn('examples', /^(?!tsconfig\.json$)/),
    ...filesIn('native', /\.(cpp|h|inl)$/),
    ...(await prebuilds()),
  ]);
  const missing = [...expected].filter((path) => !packed.includes(path));
  const surplus = packed.filter((path) => !expected.has(path));
  for (const path of missing) console.error(`not in the package: ${path}`);
  for (const path of surplus) console.error(`should not be in the package: ${path}`);
  return missing.length + surplus.length === 0;
}

/** Those that were made before, and those that are demanded. */
async function prebuilds() {
  const made = existsSync(join(root, 'prebuilds')) ? filesIn('prebuilds') : [];
  if (!process.argv.includes('--prebuilt')) return made;
  const { prebuiltDescriptionPath, prebuiltPath } = await compiled('setup/prebuilt.js');
  const addon = prebuiltPath(root);
  return [...made, ...[addon, prebuiltDescriptionPath(addon)].map((path) => relative(root, path))];
}

/** Runs a program of node_modules, whose output is shown only when it fails. */
function quietly(program, args) {
  const path = join(root, 'node_modules', program);
  const { status, stdout, stderr } = spawnSync(process.execPath, [path, ...args], { encoding: 'utf8' });
  if (status !== 0) console.error(`${stdout}${stderr}`);
  return status === 0;
}
