/** The addon built with AddressSanitizer and UndefinedBehaviorSanitizer, for test_sanitize.mjs. */
import { copyFileSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { mustRun, root } from './project.mjs';

const folder = join(root, 'build', 'sanitize');

/**
 * Builds it, and once more with the planted read, into a cache folder of its own, unless it is there for these sources.
 * `findAddon` of this process and its children then finds it.
 * @returns the paths of both
 */
export async function buildSanitizedAddons() {
  const { addonPath, hashOfSources, selectAddon } = await compiled('setup/addon_cache.js');
  const { ensureLibtorch } = await compiled('setup/libtorch.js');
  const { cacheHome } = await compiled('system/cache_home.js');
  const libtorch = await ensureLibtorch({ onProgress: (line) => process.stderr.write(`${line}\n`) });
  process.env.IMDB_TORCH_HOME = join(cacheHome(), 'sanitize');
  const sources = hashOfSources(root);
  const clean = addonPath(sources, libtorch);
  const planted = join(dirname(clean), 'planted.node');
  // In this order a second build compiles the kernels only.
  await build(clean, libtorch, { IMDB_SANITIZE: 'ON', IMDB_PLANTED_READ: 'OFF' });
  await build(planted, libtorch, { IMDB_SANITIZE: 'ON', IMDB_PLANTED_READ: 'ON' });
  await selectAddon(sources, libtorch);
  return { clean, planted };
}

async function build(to, libtorch, settings) {
  if (existsSync(to)) return;
  const cmakeJs = createRequire(import.meta.url).resolve('cmake-js/bin/cmake-js');
  const places = ['--directory', root, '--out', folder, '--config', 'Release', '--parallel', '2'];
  const definitions = Object.entries({ LIBTORCH: libtorch.path, ...settings }).map(
    ([name, value]) => `--CD${name}=${value}`,
  );
  for (const command of ['configure', 'build']) {
    const message = `Building the addon with the sanitizers (${command})…`;
    await mustRun(process.execPath, [cmakeJs, command, ...places, ...definitions], message);
  }
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(join(folder, 'Release', 'imdb_torch.node'), `${to}.${process.pid}`);
  renameSync(`${to}.${process.pid}`, to);
}

function compiled(path) {
  return import(join(root, 'dist', path));
}
