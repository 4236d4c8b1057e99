/** Finds the libtorch that the addon of the package is for, for prebuild.mjs and check_package.mjs. */
import { compiled } from './project.mjs';

/** Returns the very build that `setup` fetches, also where another libtorch is there, as one for CUDA. */
export async function pinnedLibtorch() {
  const { ensureLibtorch, libtorchCache } = await compiled('setup/libtorch.js');
  const { fetchLibtorch } = await compiled('setup/libtorch_fetch.js');
  const { fetchedVersion } = await compiled('setup/libtorch_folder.js');
  const onProgress = (line) => process.stderr.write(`${line}\n`);
  const version = process.platform === 'linux' ? `${fetchedVersion}+cpu` : fetchedVersion;
  const found = await ensureLibtorch({ onProgress });
  if (found.version === version && !found.hasCuda) return found;
  const fetched = await fetchLibtorch(libtorchCache(), { onProgress });
  if ('path' in fetched && fetched.version === version) return fetched;
  throw new Error(`Expected libtorch ${version} to be fetched but: ${JSON.stringify(fetched)}`);
}
