import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chooseData } from '../../settings/data_choice.js';

/** Chooses as `chooseData`, but an archive of the data set in or beside the package's folder goes before fetching one. */
export function chooseDataAtHand(given: string | undefined): string {
  const chosen = chooseData(given);
  return chosen === 'imdb' && given === undefined ? (findArchive() ?? chosen) : chosen;
}

function findArchive(): string | null {
  const packageFolder = fileURLToPath(new URL('../../..', import.meta.url));
  for (const folder of [join(packageFolder, 'data'), join(packageFolder, '..', 'shared', 'data')]) {
    if (!existsSync(folder)) continue;
    const name = readdirSync(folder).find((file) => /^aclImdb.*\.t(ar\.)?gz$/.test(file));
    if (name !== undefined) return join(folder, name);
  }
  return null;
}
