import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this package: the one above `src` in a checkout and above `dist` where it is installed. */
export const packageRoot = fileURLToPath(new URL('../../', import.meta.url));

export function packageVersion(root = packageRoot): string {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  return manifest.version;
}
