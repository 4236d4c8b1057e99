import { basename, dirname, join, resolve } from 'node:path';
import type { FolderKind } from '../system/atomic_folder.js';
import { slimRun } from './folder/write_slim_run.js';

/** What a model is exported to: a folder for browsers and servers, a slim run directory, a page in one file, or a graph. */
export const exportTargets = ['web', 'folder', 'html', 'onnx'] as const;
export type ExportTarget = (typeof exportTargets)[number];

/** The code that answers with a model file, its types, and the model file. */
const portableNames = ['classifier.js', 'classifier.d.ts', 'model.bin'] as const;

const mark = { name: 'classifier.js', start: '/*! imdb-torch' } as const;

/** The folders that are written; `html` is one file. */
export const folderKinds: Readonly<Record<Exclude<ExportTarget, 'html'>, FolderKind>> = {
  web: { names: [...portableNames, 'README.md', 'index.html'], mark },
  onnx: { names: [...portableNames, 'README.md', 'model.onnx'], mark },
  folder: slimRun,
};

/** Returns where an export goes when nobody says: into the run directory. */
export function usualOut(run: string, to: ExportTarget): string {
  return join(run, to === 'html' ? 'export.html' : `export-${to}`);
}

/** Returns the name of a run: that of its folder, and of an export's the name of the run that it lies in. */
export function nameOfRun(path: string): string {
  const folder = resolve(path);
  const name = basename(folder);
  return name.startsWith('export-') ? basename(dirname(folder)) : name;
}
