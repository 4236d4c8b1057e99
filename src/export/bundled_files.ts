import { packageFile } from '../setup/package_root.js';

/**
 * Returns the path of a file that building this package has made for exports: code in one piece, and the style of the page.
 * @throws ImdbTorchError ERR_PACKAGE when it is not there
 */
export function bundledFile(name: string): string {
  return packageFile(`dist/export/bundled/${name}`);
}
