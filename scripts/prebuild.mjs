/**
 * Puts the addon into `prebuilds/`, for the package that is packed then: for this platform and for the libtorch that
 * `setup` fetches. It is built as `setup` builds it, or is the one that was; `prepack` runs this.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { dirname, join } from 'node:path';
import { compiled, prepare, root } from './project.mjs';

await prepare();
const { addonPath, hashOfSources } = await compiled('setup/addon_cache.js');
const { buildAddon } = await compiled('setup/build.js');
const { ensureLibtorch, libtorchCache } = await compiled('setup/libtorch.js');
const { fetchLibtorch } = await compiled('setup/libtorch_fetch.js');
const { fetchedVersion } = await compiled('setup/libtorch_folder.js');
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
  const description = { sources, libtorch: libtorch.version, sha256, kernel: release() };
  writeFileSync(prebuiltDescriptionPath(path), `${JSON.stringify(description, null, 2)}\n`);
  onProgress(`The addon for the package is ${path}.`);
}

/** Returns the very build that `setup` fetches, also where another libtorch is there, as one for CUDA. */
async function pinnedLibtorch() {
  const version = process.platform === 'linux' ? `${fetchedVersion}+cpu` : fetchedVersion;
  const found = await ensureLibtorch({ onProgress });
  if (found.version === version && !found.hasCuda) return found;
  const fetched = await fetchLibtorch(libtorchCache(), { onProgress });
  if ('path' in fetched && fetched.version === version) return fetched;
  throw new Error(`Expected libtorch ${version} to be fetched but: ${JSON.stringify(fetched)}`);
}
