import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The folder of the programs of this project's development, for PATH. */
export const tools = join(root, 'node_modules', '.bin');

/** Packs the package into a folder and returns the path of the tarball. */
function packPackage(folder: string): string {
  const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const packed = execFileSync('npm', pack, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
  return join(folder, filename);
}

/**
 * Packs the package and installs the tarball into a folder, as its user would.
 * @returns the folder of the installed package
 */
export function installPackage(folder: string): string {
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  const install = ['install', '--prefer-offline', '--no-audit', '--no-fund', packPackage(folder)];
  execFileSync('npm', install, { cwd: folder, stdio: 'ignore' });
  const installed = join(folder, 'node_modules', 'imdb-torch');
  // Only where the clone was packed before; whether it fits is not what these tests are about.
  rmSync(join(installed, 'prebuilds'), { recursive: true, force: true });
  return installed;
}

/** Has code in a folder find the packages of this project's development that it imports, without fetching them. */
export function linkTools(folder: string, names: readonly string[] = ['@types/node']): void {
  for (const name of names) {
    const link = join(folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), link);
  }
}
