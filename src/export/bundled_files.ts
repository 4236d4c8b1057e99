import { packageFile } from '../setup/package_root.js';
import type { ExportTarget } from './targets.js';

const portable = ['classifier.js', 'classifier.d.ts'];
const ofPage = ['page.js', 'page.css', 'icon.svg'];

/** What each export takes. */
const names: Readonly<Record<ExportTarget, readonly string[]>> = {
  web: [...portable, ...ofPage, 'worker.js'],
  html: [...ofPage, 'worker_with_classifier.js'],
  onnx: portable,
  folder: [],
};

/**
 * Returns the path of a file that building this package has made for exports: code in one piece, and the style of the page.
 * @throws ImdbTorchError ERR_PACKAGE when it is not there
 */
export function bundledFile(name: string): string {
  return packageFile(`dist/export/bundled/${name}`);
}

/** @throws ImdbTorchError ERR_PACKAGE when a file that an export takes is not there */
export function assertBundled(to: ExportTarget): void {
  for (const name of names[to]) bundledFile(name);
}
