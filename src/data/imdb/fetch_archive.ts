import { join } from 'node:path';
import { cacheHome } from '../../system/cache_home.js';
import { download, type DownloadOptions } from '../../system/download.js';

/** The Large Movie Review Dataset v1.0 of Maas et al. (2011). */
export const imdbArchive = {
  url: 'https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz',
  sha256: 'c40f74a18d3b61f90feba1e17730e0d38e8b97c05fde7008942e91923d1658fe',
  bytes: 84_125_825,
} as const;

const knownArchives: ReadonlyMap<string, string> = new Map([
  [imdbArchive.sha256, 'Large Movie Review Dataset v1.0'],
  [
    '2440448e945bba6954a8f77516e9982c12feb9a917f3579516c73d7f551b0be1',
    'Large Movie Review Dataset v1.0 without its unlabelled reviews',
  ],
]);

/** Returns the name of the data set whose archive has this SHA-256, or null for any other file. */
export function knownArchiveName(sha256: string): string | null {
  return knownArchives.get(sha256) ?? null;
}

/** The archive is kept there between runs; it need not be there yet. */
export function imdbArchivePath(): string {
  return join(cacheHome(), 'data', 'aclImdb_v1.tar.gz');
}

/**
 * Fetches the archive unless a whole one is there, and returns its path.
 * @throws ImdbTorchError as `download` does
 */
export async function fetchImdbArchive(options: Pick<DownloadOptions, 'signal' | 'onProgress'> = {}): Promise<string> {
  const to = imdbArchivePath();
  await download({ ...options, url: imdbArchive.url, sha256: imdbArchive.sha256, to });
  return to;
}
