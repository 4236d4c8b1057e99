/**
 * Puts the addon into `prebuilds/`, for the package that is packed then: for this platform and for the libtorch that
 * `setup` fetches. It is built as `setup` builds it, or is the one that was; `prepack` runs this.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { dirname, join } from 'node:path';
import { pinnedLibtorch } from './pinned_libtorch.mjs';
import { compiled, prepare, root } from './project.mjs';

await prepare();
const { addonPath, hashOfSources } = await compiled('setup/addon_cache.js');
const { buildAddon } = await compiled('setup/build.js');
const { currentPlatform, supportOf } = await compiled('setup/platform.js');
const { prebuiltDescriptionPath, prebuiltPath } = await compiled('setup/prebuilt.js');

const onProgress = (line) => process.stderr.write(`${line}\n`);

rmSync(join(root, 'prebuilds'), { recursive: true, force: true });
if (supportOf(currentPlatform()) === 'fetched') await prebuild();
else onProgress('There is no libtorch to fetch for this platform: the package has no prebuilt addon.');

async function prebuild() {
  const libtorch = await pinnedLibtorch();
  const sources = hashOfSources(root);
  const built = addonPath(sources, libtorch);
  await buildAddon({ root, libtorch, to: built, because: 'the package is to bring one', onProgress });
  const bytes = readFileSync(built);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const path = prebuiltPath(root);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
  const system = process.platform === 'darwin' ? { kernel: release() } : {};
  const description = { sources, libtorch: libtorch.version, sha256, ...system };
  writeFileSync(prebuiltDescriptionPath(path), `${JSON.stringify(description, null, 2)}\n`);
  onProgress(`The addon for the package is ${path}.`);
}
