import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isImdbLayout, subFolders } from './folder.js';

/**
 * Whether `data` names the reviews of IMDb: by its name, an archive, which is read for nothing else, or a folder that is laid
 * out as theirs. What is not there is none.
 */
export async function isImdbData(data: string): Promise<boolean> {
  if (data === 'imdb') return true;
  const status = await stat(data).catch(() => null);
  if (status === null) return false;
  if (!status.isDirectory()) return /\.(tgz|tar(\.gz)?)$/i.test(data);
  const folders = await subFolders(data);
  return isImdbLayout(folders.length === 1 ? join(data, folders[0] ?? '') : data);
}
