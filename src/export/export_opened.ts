import type { Reviews } from '../data/splits/reviews.js';
import { ImdbTorchError } from '../errors.js';
import type { Precision } from '../portable/model_file.js';
import type { PortableRun } from '../model/portable_run.js';
import { formatCount, formatNames, formatShare } from '../report/format.js';
import type { RunDocument } from '../storage/run_document.js';
import { isOwnName } from '../text/tokens/own_tokenizer.js';
import { assertBundled } from './bundled_files.js';
import { fillOnnx, fillWeb, type PortableExport } from './fill_folder.js';
import { writeSlimRun } from './folder/write_slim_run.js';
import {
  exportModel,
  type ExportCost,
  type ExportModelOptions,
  type ExportedModel,
} from './model_file/export_model.js';
import { drawExportedPage } from './page/draw_page.js';
import { nameOfRun, type ExportTarget } from './targets.js';
import { writeExportedFile, writeExportedFolder, type WrittenFile } from './write_export.js';

/** What is exported to, and where. */
export interface ExportRequest {
  readonly to: ExportTarget;
  readonly out: string;
  readonly precision: Precision;
  /** The most bytes of the model file when it is compressed with gzip. */
  readonly maxSize: number | undefined;
}

/** A run that has been opened. */
export interface OpenedRun {
  readonly path: string;
  readonly run: RunDocument;
  readonly classifier: PortableRun;
  /** How good this model is on the test reviews of the run; null: not known. */
  readonly test: { readonly loss: number; readonly accuracy: number } | null;
}

/** The reviews that tell what is lost. */
export interface ChosenSplit {
  /** The name of the split, or `all`. */
  readonly split: string;
  /** Whether the model was trained on them, so that new reviews can lose more. */
  readonly seen: boolean;
}

/** What an export keeps of a model, and what that costs. */
export interface MeasuredExport {
  readonly precision: Precision;
  /** The number of features of the model, and of those that are kept. */
  readonly features: number;
  readonly kept: number;
  /** What that costs on the reviews of a split; null: nothing is lost. */
  readonly cost: (ExportCost & ChosenSplit) | null;
}

export interface ExportControl {
  /** The reviews that tell what is lost; null where nothing is. */
  readonly reviews: (Reviews & ChosenSplit) | null;
  readonly signal?: AbortSignal | undefined;
  readonly onMeasured?: ((measured: MeasuredExport) => void) | undefined;
  /** Is called after each model file that was tried. */
  readonly onProgress?: ExportModelOptions['onProgress'];
}

/**
 * Exports a model.
 * @returns what was kept and the files that were written
 * @throws ImdbTorchError ERR_OUTPUT; ERR_USAGE when `maxSize` cannot be reached; the reason of `signal`
 */
export async function exportOpened(
  opened: OpenedRun,
  request: ExportRequest,
  control: ExportControl,
): Promise<MeasuredExport & { readonly files: readonly WrittenFile[] }> {
  if (request.to === 'folder') return exportFolder(opened, request.out, control);
  const { reviews, signal, onMeasured, onProgress } = control;
  const { precision, maxSize } = request;
  const { parts, featurizer } = opened.classifier;
  const named = { ...parts, names: featurizer.vocabulary };
  const model = await exportModel(named, { precision, maxSize, reviews, signal, onProgress });
  const { features, kept } = model;
  const cost = model.cost && reviews && { ...model.cost, split: reviews.split, seen: reviews.seen };
  const measured = { precision, features, kept, cost };
  onMeasured?.(measured);
  signal?.throwIfAborted();
  return { ...measured, files: await write(opened, request, model, signal) };
}

async function exportFolder(
  { classifier, run, test }: OpenedRun,
  out: string,
  { signal, onMeasured }: ExportControl,
): Promise<MeasuredExport & { readonly files: readonly WrittenFile[] }> {
  const { vocabulary } = classifier.featurizer;
  const { size } = vocabulary;
  const measured = { precision: 'float32', features: size, kept: size, cost: null } as const;
  onMeasured?.(measured);
  signal?.throwIfAborted();
  const files = await writeExportedFolder(out, 'folder', (folder) =>
    writeSlimRun(folder, { parts: classifier.parts, vocabulary, run, test }),
  );
  return { ...measured, files };
}

async function write(
  opened: OpenedRun,
  { to, out }: ExportRequest,
  model: ExportedModel,
  signal: AbortSignal | undefined,
): Promise<WrittenFile[]> {
  const described = describe(opened, model);
  if (to === 'html') {
    const page = drawExportedPage({ ...described.page, model: model.compressed });
    return writeExportedFile(out, page, signal);
  }
  const fill = to === 'onnx' ? fillOnnx : fillWeb;
  const gzipped = new Map([['model.bin', model.compressed.length]]);
  return writeExportedFolder(out, to === 'onnx' ? 'onnx' : 'web', (folder) => fill(folder, described), gzipped);
}

function describe({ path, classifier, test }: OpenedRun, model: ExportedModel): PortableExport {
  const { classes, description } = classifier;
  const { features, kept, precision, bytes } = model;
  const name = nameOfRun(path);
  const { tokenizer } = description.features;
  const about = [
    classes.length <= 6 ? formatNames(classes) : `${formatCount(classes.length)} classes`,
    `${formatCount(kept)}${kept < features ? ` of ${formatCount(features)}` : ''} words and phrases`,
    precision,
    ...(test === null ? [] : [`the whole model was ${formatShare(test.accuracy)} right on its test`]),
  ].join(' \u00b7 ');
  return {
    bytes,
    described: {
      ...{ name, classes, features, kept, precision },
      tokenizer: isOwnName(tokenizer) ? tokenizer.slice(tokenizer.indexOf(':') + 1) : null,
    },
    page: { name, about, facts: { hasExamples: classes.join() === 'neg,pos' } },
  };
}

/**
 * Refuses what does not go together, whatever the model.
 * @param hasData whether reviews are named to measure what is lost
 * @throws ImdbTorchError ERR_USAGE; ERR_PACKAGE when a file of this package is not there
 */
export function assertRequest({ to, precision, maxSize }: ExportRequest, hasData: boolean): void {
  assertBundled(to);
  if (to !== 'folder') return;
  const option = precision !== 'float32' ? '--precision' : maxSize !== undefined ? '--max-size' : null;
  if (option !== null)
    throw new ImdbTorchError(
      'ERR_USAGE',
      `Expected no ${option} with --to folder, since a run directory has whole numbers; take --to web, whose model.bin has fewer.`,
    );
  if (hasData)
    throw new ImdbTorchError(
      'ERR_USAGE',
      'Expected no --data with --to folder, which loses nothing that could be measured; leave it out, or take --to web.',
    );
}

/**
 * Refuses what cannot be made of a model.
 * @throws ImdbTorchError ERR_USAGE
 */
export function assertExportable({ description }: PortableRun, to: ExportTarget): void {
  const { tokenizer } = description.features;
  if (to === 'html' && isOwnName(tokenizer))
    throw new ImdbTorchError(
      'ERR_USAGE',
      `Expected a model with a tokenizer of this package for --to html but this one has a program's own, ${tokenizer.slice(tokenizer.indexOf(':') + 1)}, which a page does not have; take --to web and give it to load.`,
    );
}

/** Says whether numbers lose digits, or features are left out. */
export function isLossy({ layers }: PortableRun, { to, precision, maxSize }: ExportRequest): boolean {
  if (to === 'folder') return false;
  return precision !== 'float32' || maxSize !== undefined || layers.first.weight instanceof Float64Array;
}
