import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { writeFileAtomic } from '../system/atomic_file.js';
import { hasUnknown, type FeatureOptions } from '../text/features.js';
import type { IndexTables } from '../text/ngrams/index_tables.js';
import { LazyTables } from '../text/ngrams/lazy_tables.js';
import { sharedMemory } from '../text/shared_memory.js';
import type { Vocabulary } from '../text/vocabulary.js';
import { formatTables, parseTables, type TablesOrigin } from './feature_tables.js';

/** What a run calls the file that has the index of its features, so that it is not made each time. */
export const featuresName = 'features.bin';

/** Writes the index of features. @throws ImdbTorchError ERR_RUN when a feature comes twice, ERR_OUTPUT */
export async function writeFeatures(path: string, vocabulary: Vocabulary, options: FeatureOptions): Promise<void> {
  const origin = originOf(vocabulary, options);
  const lazy = new LazyTables({ vocabulary, ...origin });
  await lazy.prepare();
  await writeFileAtomic(path, [formatTables(lazy.tables, origin)]);
}

/**
 * Reads the index of a run's features.
 * @returns null where there is none that can be used: it is missing, damaged, of another version or of other features
 */
export async function readFeatures(
  run: string,
  vocabulary: Vocabulary,
  options: FeatureOptions,
): Promise<IndexTables | null> {
  try {
    const tables = parseTables(await readShared(join(run, featuresName)), originOf(vocabulary, options), crc32);
    return tables.features === vocabulary.size ? tables : null;
  } catch {
    // The vocabulary says the same, and more slowly.
    return null;
  }
}

function originOf({ sha256 }: Vocabulary, options: FeatureOptions): TablesOrigin {
  return { vocabularySha256: sha256, hasUnknown: hasUnknown(options), characters: options.characters ?? null };
}

/** Reads a file into memory that threads share. */
async function readShared(path: string): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const bytes = new Uint8Array(sharedMemory(size));
    let end = 0;
    for (let read = -1; read !== 0 && end < size; end += read) ({ bytesRead: read } = await file.read(bytes, end));
    return bytes.subarray(0, end);
  } finally {
    await file.close();
  }
}
