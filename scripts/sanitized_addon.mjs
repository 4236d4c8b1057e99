/** Builds the addon with AddressSanitizer and UndefinedBehaviorSanitizer, for test_sanitize.mjs. */
import { copyFileSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { copyProject, withPlanted } from './mutations.mjs';
import { plantedRead } from './planted_in_kernels.mjs';
import { compiled, mustRun, root } from './project.mjs';

/**
 * Builds it from a copy of the sources, and once more with the planted read, into a cache folder of its own, unless it
 * is there for these sources. `findAddon` of this process and its children then finds it.
 * @returns the paths of both, and of the copy
 */
export async function buildSanitizedAddons() {
  const { addonPath, hashOfSources, selectAddon } = await compiled('setup/addon_cache.js');
  const { linkLibtorch } = await compiled('setup/libtorch_link.js');
  const { ensureLibtorch } = await compiled('setup/libtorch.js');
  const { cacheHome } = await compiled('system/cache_home.js');
  const libtorch = await ensureLibtorch({ onProgress: (line) => process.stderr.write(`${line}\n`) });
  const home = join(cacheHome(), 'sanitize');
  const copy = join(home, 'project');
  process.env.IMDB_TORCH_HOME = home;
  const sources = hashOfSources(root);
  const clean = addonPath(sources, libtorch);
  const planted = join(dirname(clean), 'planted.node');
  copyProject(root, copy, ['native', 'CMakeLists.txt', 'package.json']);
  // In this order the second build compiles the kernels only.
  await build(copy, libtorch, clean);
  await withPlanted(copy, plantedRead, () => build(copy, libtorch, planted));
  linkLibtorch(clean, libtorch);
  await selectAddon(sources, libtorch);
  return { clean, planted, copy };
}

async function build(copy, libtorch, to) {
  if (existsSync(to)) return;
  const folder = join(copy, 'build');
  const cmakeJs = createRequire(import.meta.url).resolve('cmake-js/bin/cmake-js');
  const places = ['--directory', copy, '--out', folder, '--config', 'Release', '--parallel', '2'];
  const definitions = [`--CDLIBTORCH=${libtorch.path}`, '--CDIMDB_SANITIZE=ON'];
  for (const command of ['configure', 'build']) {
    const message = `Building the addon with the sanitizers (${command})…`;
    await mustRun(process.execPath, [cmakeJs, command, ...places, ...definitions], message);
  }
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(join(folder, 'Release', 'imdb_torch.node'), `${to}.${process.pid}`);
  renameSync(`${to}.${process.pid}`, to);
}
