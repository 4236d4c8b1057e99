import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Counts the bytes in a file or in all files below a folder; 0 where there is none. Links are not followed. */
export function sizeOf(path: string): number {
  const status = lstatSync(path, { throwIfNoEntry: false });
  if (!status?.isDirectory()) return status?.size ?? 0;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}
