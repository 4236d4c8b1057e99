/** Checks that the package holds what it should and nothing else. */
import { execFileSync } from 'node:child_process';
import { filesIn, root } from './project.mjs';

const output = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: root });
const packed = JSON.parse(output)[0].files.map(({ path }) => path);
const compiled = filesIn('src', /\.ts$/).flatMap((path) => {
  const name = path.replace(/^src/, 'dist').replace(/\.ts$/, '');
  return [`${name}.js`, `${name}.d.ts`];
});
const plain = ['package.json', 'binding.d.ts', 'CMakeLists.txt', 'README.md', 'CHANGELOG.md', 'LICENSE'];
const reference = [
  'scripts/make_reference.py',
  ...filesIn('scripts/reference', /\.py$/),
  ...filesIn('test/fixtures/reference', /(^index\.json|\.safetensors)$/),
];
const expected = new Set([...plain, ...compiled, ...reference, ...filesIn('native', /\.(cpp|h|inl)$/)]);
const missing = [...expected].filter((path) => !packed.includes(path));
const surplus = packed.filter((path) => !expected.has(path));
for (const path of missing) console.error(`not in the package: ${path}`);
for (const path of surplus) console.error(`should not be in the package: ${path}`);
process.exitCode = missing.length + surplus.length === 0 ? 0 : 1;
