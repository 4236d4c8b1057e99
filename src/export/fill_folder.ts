import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readModelFile } from '../portable/model_file.js';
import { writeFileAtomic } from '../system/atomic_file.js';
import { bundledFile } from './bundled_files.js';
import { onnxModel } from './onnx/onnx_model.js';
import { drawExportedPage, type ExportedPage } from './page/draw_page.js';
import { onnxReadme, webReadme, type DescribedModel } from './readme.js';

/** A model that is exported as a model file with the code that answers with it. */
export interface PortableExport {
  /** The model file. */
  readonly bytes: Uint8Array;
  readonly described: DescribedModel;
  readonly page: Omit<ExportedPage, 'model'>;
}

/** Fills the folder of the export `web`. */
export async function fillWeb(folder: string, model: PortableExport): Promise<void> {
  await fillPortable(folder, model.bytes, webReadme(model.described));
  await writeFileAtomic(join(folder, 'index.html'), [drawExportedPage({ ...model.page, model: null })]);
}

/** Fills the folder of the export `onnx`. */
export async function fillOnnx(folder: string, { bytes, described }: PortableExport): Promise<void> {
  await fillPortable(folder, bytes, onnxReadme(described));
  // The ids are those of the model file, and so are the numbers.
  await writeFileAtomic(join(folder, 'model.onnx'), [onnxModel(readModelFile(bytes))]);
}

async function fillPortable(folder: string, bytes: Uint8Array, readme: string): Promise<void> {
  for (const name of ['classifier.js', 'classifier.d.ts'])
    await writeFileAtomic(join(folder, name), [await readFile(bundledFile(name))]);
  await writeFileAtomic(join(folder, 'model.bin'), [bytes]);
  await writeFileAtomic(join(folder, 'README.md'), [readme]);
}
