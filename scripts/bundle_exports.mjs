/** Makes, beside what is compiled, the files in one piece that `export` puts into what it writes. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as esbuild from 'esbuild';
import { root } from './project.mjs';

export const bundleFolder = 'dist/export/bundled';
export const bundles = [
  ...['classifier.js', 'classifier.d.ts', 'page.js', 'page.css', 'worker.js', 'worker_with_classifier.js', 'icon.svg'],
].map((name) => `${bundleFolder}/${name}`);

const banner = '/*! imdb-torch: answers with the model in model.bin; see README.md. */';
const worker = "import { answerMessages } from './src/web/exported/worker.ts';";

export async function bundleExports() {
  mkdirSync(join(root, bundleFolder), { recursive: true });
  await Promise.all([
    bundle('classifier.js', {
      entryPoints: ['src/portable/index.ts'],
      format: 'esm',
      platform: 'neutral',
      banner: { js: banner },
    }),
    bundle('page.js', { entryPoints: ['src/web/exported/main.ts'] }),
    bundle('worker.js', fromText(`${worker} answerMessages();`)),
    bundle(
      'worker_with_classifier.js',
      fromText(`${worker} import { load } from './src/portable/load.ts'; answerMessages(load);`),
    ),
    bundle('page.css', fromText("@import './src/web/page.css'; @import './src/web/result.css';", 'css')),
  ]);
  for (const name of ['page.js', 'page.css', 'worker.js', 'worker_with_classifier.js'])
    assertFitsIntoPage(name, readFileSync(join(root, bundleFolder, name), 'utf8'));
  writeFileSync(join(root, bundleFolder, 'classifier.d.ts'), declarations());
  copyFileSync(join(root, 'src/web/icon.svg'), join(root, bundleFolder, 'icon.svg'));
}

/**
 * @param {string} name
 * @param {esbuild.BuildOptions} options
 */
async function bundle(name, options) {
  await esbuild.build({
    ...{ bundle: true, minify: true, format: 'iife', target: 'es2022', charset: 'utf8', logLevel: 'warning' },
    absWorkingDir: root,
    outfile: join(bundleFolder, name),
    // The settings of the compiler have nothing for esbuild, which would look for them beside each file.
    tsconfigRaw: {},
    ...options,
  });
}

/**
 * @param {string} contents
 * @param {'ts' | 'css'} loader
 */
function fromText(contents, loader = 'ts') {
  return { stdin: { contents, loader, resolveDir: root } };
}

/**
 * Pages have these files in their elements as they are, so that none may have what ends such an element.
 * @param {string} name
 * @param {string} text
 */
export function assertFitsIntoPage(name, text) {
  const found = /<\/(?:script|style)|<!--/i.exec(text);
  if (found !== null)
    throw new Error(`${name} has ${found[0]} at ${found.index}, which would end its element in a page.`);
}

/** Returns the types of `classifier.js`: those of the modules that its entry exports from, without what they import and what it does not export. */
function declarations() {
  const modules = ['errors', 'portable/portable_model', 'portable/load'];
  const typesOf = (module) => readFileSync(join(root, 'dist', `${module}.d.ts`), 'utf8');
  const exported = typesOf('portable/index')
    .match(/^export [^;]* from /gm)
    .map((list) => `${list.slice(0, -' from '.length)};\n`);
  const text = modules
    .map(typesOf)
    .join('')
    .replace(/^import .*;\n/gm, '');
  const isNamed = (name) => exported.some((list) => new RegExp(`\\b${name}\\b`).test(list));
  const declared = text.replace(
    /(?:\/\*\*(?:(?!\*\/)[^])*\*\/\n)?export declare function (\w+)\(.*\n/g,
    (found, name) => (isNamed(name) ? found : ''),
  );
  return declared.replace(/^export /gm, '') + exported.join('');
}
