import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { adapterConfigName, adapterFolder, adapterTensorsName } from './adapter.js';
import { readMetadata } from './safetensors_reading.js';

/**
 * Finds the folders of the adapters for the model of a run: its own, else those of the runs beside it that were
 * fine-tuned from it, the newest first.
 * @param baseSha256 SHA-256 of the run's `model.safetensors`
 */
export async function findAdapterFolders(path: string, baseSha256: string): Promise<string[]> {
  const own = join(path, adapterFolder);
  if (existsSync(join(own, adapterConfigName))) return [own];
  const parent = join(path, '..');
  const names = await readdir(parent).catch((): string[] => []);
  const folders = names.map((name) => join(parent, name, adapterFolder));
  const found: { folder: string; time: number }[] = [];
  for (const folder of folders) {
    if (resolve(folder) === resolve(own) || (await baseOf(folder)) !== baseSha256) continue;
    const { mtimeMs: time } = await stat(join(folder, adapterTensorsName));
    found.push({ folder, time });
  }
  return found.sort((one, other) => other.time - one.time).map(({ folder }) => folder);
}

/** Reads the SHA-256 of the model that an adapter was trained on; null where there is none or it is not noted. */
async function baseOf(folder: string): Promise<string | null> {
  if (!existsSync(join(folder, adapterConfigName))) return null;
  const metadata = await readMetadata(join(folder, adapterTensorsName)).catch(() => null);
  return metadata?.get('base_sha256') ?? null;
}
