/**
 * `npm run check` runs formats, linters, types and checks of the package, and reports all that fail. It runs two at a
 * time, of which each is one thread.
 */
import { spawn } from 'node:child_process';
import { filesIn, prepare, root } from './project.mjs';

await prepare();
const node = process.execPath;
// It is no dependency, since its parts for other platforms are not in every registry, and then `npm ci` refuses all.
const cpplint = '@cpplint/cli@0.1.0';
const cppSources = filesIn('native', /\.(cpp|h)$/);
const tsc = [node, 'node_modules/typescript/bin/tsc'];
const textChecks = {
  'format of TypeScript (prettier)': [
    node,
    'node_modules/prettier/bin/prettier.cjs',
    '--check',
    '--log-level',
    'warn',
    '.',
  ],
  'format of C++ (clang-format)': [node, 'scripts/clang_format.mjs'],
  'rules for TypeScript (eslint)': [node, 'node_modules/eslint/bin/eslint.js', '--max-warnings', '0', '.'],
  'rules for C++ (cpplint)': ['npx', '--yes', `--package=${cpplint}`, 'cpplint', '--quiet', ...cppSources],
  'sizes of files and functions': [node, 'scripts/check_sizes.mjs'],
  'no leftovers in Git': [node, 'scripts/check_tracked.mjs'],
  'the page of options': [node, 'scripts/options_page.mjs', '--check'],
  'the planted errors (test:mutations)': [node, 'scripts/check_mutations.mjs'],
};
/** In this order: the first compiles what the others read. */
const typeChecks = {
  'types (tsc)': [...tsc, '--build'],
  'types of the page (tsc)': [...tsc, '--noEmit', '-p', 'src/web'],
  'types of the benchmarks (tsc)': [...tsc, '--noEmit', '-p', 'bench'],
  'types of the scripts (tsc)': [...tsc, '--noEmit', '-p', 'scripts'],
  'types of the examples (tsc)': [...tsc, '--noEmit', '-p', 'examples'],
  'types that users see (tsc)': [...tsc, '--noEmit', '-p', 'test/types'],
  'API reference (typedoc)': [node, 'node_modules/typedoc/bin/typedoc', '--logLevel', 'Warn'],
  'the package (npm pack, publint, attw)': [node, 'scripts/check_pack.mjs'],
};

let failures = 0;
await Promise.all([textChecks, typeChecks].map(runAll));
process.exitCode = failures === 0 ? 0 : 1;

async function runAll(checks) {
  for (const [name, [command, ...args]] of Object.entries(checks)) {
    const { code, output } = await runCaptured(command, args);
    if (code !== 0) failures += 1;
    process.stdout.write(`${output}${code === 0 ? 'ok    ' : 'FAILED'} ${name}\n`);
  }
}

/** Runs a program and returns what it said, whole, since another runs beside it. */
function runCaptured(command, args) {
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('close', (code) => resolve({ code, output }));
  });
}
