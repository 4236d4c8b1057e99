import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ImdbTorchError } from '../errors.js';

const name = 'imdb-torch';
const remedy =
  `install ${name} whole, leave it out of what is bundled (esbuild: --external:${name}) ` +
  'and keep all of its folder in an image';

/** What was found to be the folder of this package; it does not change while a process runs. */
let found: string | undefined;

/**
 * Returns the folder of this package: the one above `src` in a checkout and above `dist` where it is installed.
 * @throws ImdbTorchError ERR_PACKAGE when it is not there, as where this code has become part of a bundle
 */
export function packageRoot(): string {
  return (found ??= findRoot());
}

/** @param module the URL of this module; a bundler may leave none */
export function findRoot(module: string | undefined = urlOfThisModule()): string {
  const root = module === undefined ? null : fileURLToPath(new URL('../../', module));
  if (root !== null && nameIn(join(root, 'package.json')) === name) return root;
  throw new ImdbTorchError(
    'ERR_PACKAGE',
    `Expected this code to lie in the folder of ${name}, with its package.json, but it lies ` +
      `${root === null ? 'where no path leads' : `below ${root}`}; ${remedy}.`,
  );
}

function urlOfThisModule(): string | undefined {
  const url: unknown = import.meta.url;
  return typeof url === 'string' && url.startsWith('file:') ? url : undefined;
}

function nameIn(manifest: string): unknown {
  try {
    return (JSON.parse(readFileSync(manifest, 'utf8')) as { name?: unknown }).name;
  } catch {
    return undefined;
  }
}

/**
 * Returns the path of a file or folder of this package, named from the package's own folder.
 * @throws ImdbTorchError ERR_PACKAGE when it is not there
 */
export function packageFile(path: string, root = packageRoot()): string {
  const file = join(root, path);
  if (existsSync(file)) return file;
  throw new ImdbTorchError(
    'ERR_PACKAGE',
    `Expected ${path} in the package ${name} in ${root} but there is none; ${remedy}.`,
  );
}

/**
 * Returns the address of a script that a thread runs, when it is there.
 * @throws ImdbTorchError ERR_PACKAGE
 */
export function threadFile(script: URL): URL {
  packageFile(relative(packageRoot(), fileURLToPath(script)));
  return script;
}

/** Says whether a folder is a clone of the repository, rather than an installed package. */
export function isCheckout(root: string): boolean {
  return existsSync(join(root, '.git'));
}

export function packageVersion(root = packageRoot()): string {
  const manifest = JSON.parse(readFileSync(packageFile('package.json', root), 'utf8')) as { version: string };
  return manifest.version;
}
