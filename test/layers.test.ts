import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const source = fileURLToPath(new URL('../src', import.meta.url));

/** From top to bottom: a layer may import itself and those after it. */
const layers = [
  // Runs in the browser: what it imports from the others are types only, and no other imports it.
  'web',
  'cli',
  // Answers over HTTP with what is below, in a process of its own or as a part of somebody's app.
  'serve',
  // The calls of the library: what the commands do, without what they print.
  'library',
  // What runs elsewhere: files of a trained model in other formats.
  'export',
  'report',
  // The options that experiments have, their kinds and defaults, wherever they are given.
  'settings',
  'experiments',
  'training',
  'model',
  // Inference in plain TypeScript: free of Node and of the addon, so that browsers can have it.
  'portable',
  'storage',
  'data',
  'text',
  'setup',
  'system',
] as const;

/** Layers that work without the native addon. */
const withoutAddon = ['export', 'portable', 'storage', 'data', 'text', 'setup', 'system'];

interface Import {
  from: string;
  to: string;
  typeOnly: boolean;
  /** Says whether it is loaded only when it is called for. */
  isDynamic: boolean;
}

const imports: Import[] = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .flatMap((path) => {
    const text = readFileSync(join(source, path), 'utf8');
    const specifiers = text.matchAll(/(\b(?:import|export) type [^']*)?(?:from|import)\s*(\(?)\s*'(\.{1,2}\/[^']+)'/g);
    return [...specifiers].map(([, typeImport, bracket, specifier = '']) => ({
      from: path,
      typeOnly: typeImport !== undefined,
      isDynamic: bracket === '(',
      to: relative(source, join(source, dirname(path), specifier)).replace(/\.js$/, '.ts'),
    }));
  });

/** Where a file stands; index.ts and portable_node.ts are above all layers, the errors below all, the binding beside the setup. */
function rank(path: string): number {
  if (path === 'index.ts' || path === 'portable_node.ts') return -1;
  if (path === 'errors.ts' || path === 'arguments.ts') return layers.length;
  const layer = path === 'binding.ts' ? 'setup' : path.split('/')[0];
  return layers.findIndex((name) => name === layer);
}

test('when all imports are read then each is of a known layer', () => {
  expect(imports.length).toBeGreaterThan(100);
  const unknown = imports.filter(({ to }) => to !== '../binding.ts' && rank(to) === -1);
  expect(unknown).toEqual([]);
});

test('when a file imports another then that is in the same layer or one below', () => {
  const upwards = imports.filter(({ from, to }) => to !== '../binding.ts' && rank(from) > rank(to));
  expect(upwards).toEqual([]);
});

test('when the page is read then it imports nothing but types from elsewhere, and is imported by none', () => {
  const isPage = (path: string): boolean => path.startsWith('web/');
  const across = imports.filter(({ from, to }) => isPage(from) !== isPage(to));
  expect(across.filter(({ from, typeOnly }) => !isPage(from) || !typeOnly)).toEqual([]);
});

test('when the errors are read then they import nothing', () => {
  expect(imports.filter(({ from }) => from === 'errors.ts')).toEqual([]);
});

test('when a layer works without the native addon then it does not import the binding', () => {
  const binding = imports.filter(
    ({ from, to }) => to === 'binding.ts' && withoutAddon.includes(from.split('/')[0] ?? ''),
  );
  expect(binding).toEqual([]);
});

/** The files that are loaded with `file`, and how. */
function loadedWith(file: string, trail: readonly string[] = [file], known = new Set<string>()): string[][] {
  if (known.has(file)) return [];
  known.add(file);
  const loaded = imports.filter(({ from, typeOnly, isDynamic }) => from === file && !typeOnly && !isDynamic);
  return [[...trail], ...loaded.flatMap(({ to }) => loadedWith(to, [...trail, to], known))];
}

test('when a command is loaded then the addon is not, which may have to be built first', () => {
  const commands = new Set(imports.map(({ from }) => from).filter((path) => /^cli\/(commands\/|program)/.test(path)));
  const withAddon = [...commands].flatMap((command) =>
    loadedWith(command).filter((trail) => trail.at(-1) === 'binding.ts'),
  );
  expect(commands.size).toBeGreaterThan(10);
  expect(withAddon).toEqual([]);
});

test('when a command uses a model with the portable engine then nothing that it may load asks for the addon', () => {
  const isForAddon = ({ from, to, isDynamic }: Import): boolean =>
    isDynamic &&
    (['cli/addon/prepare_addon.ts', 'model/chosen_engine.ts'].includes(from) || to === 'model/text_classifier.ts');
  const others = imports.filter((each) => !each.typeOnly && !isForAddon(each));
  const files = new Set(
    ['predict', 'explain', 'evaluate', 'serve', 'export'].map((command) => `cli/commands/${command}.ts`),
  );
  for (const file of [...files, 'serve/opening_worker.ts', 'cli/text_input/encoding_worker.ts']) files.add(file);
  // A set that grows is gone through to its end.
  for (const file of files) for (const { from, to } of others) if (from === file) files.add(to);
  expect(files.size).toBeGreaterThan(150);
  expect([...files]).not.toContain('binding.ts');
});

/** Every circle of imports that a walk along them finds, as the files on the way. */
function circles(): string[][] {
  const finished = new Set<string>();
  const walk = (file: string, trail: readonly string[]): string[][] => {
    if (finished.has(file)) return [];
    if (trail.includes(file)) return [[...trail.slice(trail.indexOf(file)), file]];
    const targets = imports.filter(({ from }) => from === file);
    const found = targets.flatMap(({ to }) => walk(to, [...trail, file]));
    finished.add(file);
    return found;
  };
  return imports.flatMap(({ from }) => walk(from, []));
}

test('when files import each other, be it types alone, then there is no circle', () => {
  expect(circles()).toEqual([]);
});

/** Code, without what comments say. */
function codeOf(path: string): string {
  return readFileSync(join(source, path), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
}

test('when texts are encoded, or answered by the portable engine, then what is loaded for that needs nothing of Node', () => {
  const roots = imports.map(({ from }) => from).filter((path) => path.startsWith('portable/'));
  const loaded = ['text/feature_encoder.ts', ...roots].flatMap((root) => loadedWith(root));
  const files = [...new Set(loaded.map((trail) => trail.at(-1) ?? ''))];
  expect(files.length).toBeGreaterThan(20);
  const ofNode = files.filter((path) => /'node:|\b(?:Buffer|process|setImmediate|require)\b/.test(codeOf(path)));
  expect(ofNode).toEqual([]);
});
