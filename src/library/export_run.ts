import { aFunction, aSignal, aString, onlyFields, oneOf, optional, wholeFrom } from '../arguments.js';
import { readDataset, type Dataset } from '../data/dataset.js';
import {
  assertExportable,
  assertRequest,
  exportOpened,
  isLossy,
  type ExportControl,
  type ExportRequest,
  type MeasuredExport,
  type OpenedRun,
} from '../export/export_opened.js';
import { exportTargets, usualOut, type ExportTarget } from '../export/targets.js';
import { assertFreeForExport, type WrittenFile } from '../export/write_export.js';
import { openPortableWithDocument } from '../model/open_portable.js';
import type { PortableRun } from '../model/portable_run.js';
import { defaultAdapter } from '../model/read_model.js';
import { precisions, type Precision } from '../portable/model_file.js';
import type { Reviews } from '../data/splits/reviews.js';
import { summarizeRun } from '../report/console/runs.js';
import type { DataChoice } from '../settings/data_choice.js';
import { decisionNames, type DecisionName } from '../storage/model_description.js';
import { hasSeenAll } from '../storage/run_document.js';
import type { Featurizer } from '../text/featurizer.js';
import { anOwnTokenizer, type OwnTokenizer } from '../text/tokens/own_tokenizer.js';
import { withOptionNames } from './call_options.js';
import { chooseReviews } from './evaluated_reviews.js';
import { checkDataset, readAs, type LoadedDataset } from './load_dataset.js';
import { readReviewsOf } from './run_reviews.js';
import type { NamedRun } from './same_data.js';

/** What is exported of a run, and where to, by the names of the command line's options in camel case. */
export interface ExportRunOptions {
  /**
   * `web`: a folder with `classifier.js`, an ES module without imports, the model file `model.bin` and a page; `folder`: a run
   * directory with no more than predictions need; `html`: a page that has the model and the code in it, and works without a
   * network; `onnx`: as `web`, with the layers as a graph, `model.onnx`, in place of the page. Default: `web`.
   */
  readonly to?: ExportTarget | undefined;
  /** The folder, or the file of `html`. Default: `export-web`, `export.html` and so on in the run directory. */
  readonly out?: string | undefined;
  /** How weights are kept. Default: `float32`. */
  readonly precision?: Precision | undefined;
  /** The most bytes of the model file when it is compressed with gzip; the features that matter least are left out. */
  readonly maxSize?: number | undefined;
  /** Which model, as in `TextClassifierOptions`. */
  readonly adapter?: string | undefined;
  /** How classes are chosen, as in `TextClassifierOptions`. */
  readonly decision?: DecisionName | undefined;
  /** The tokenizer that the model was trained with, where it is one of the program's own. */
  readonly tokenizer?: OwnTokenizer | undefined;
  /**
   * Reviews on which it is measured what is lost, which they ask for in any case. Default: those that the run was validated
   * on, which are read again where weights lose digits or features are left out.
   */
  readonly data?: LoadedDataset | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Is told a note on how the run was opened. */
  readonly onNote?: ((note: string) => void) | undefined;
  /** Is told what the export keeps and what that costs before a file is written. */
  readonly onMeasured?: ((measured: MeasuredExport) => void) | undefined;
}

/** The document that `export --json` prints. */
export interface ExportDocument extends MeasuredExport {
  readonly schema: 1;
  readonly command: 'export';
  readonly run: string;
  readonly to: ExportTarget;
  readonly out: string;
  readonly files: readonly WrittenFile[];
}

const checkOptions = onlyFields({
  to: optional(oneOf(...exportTargets)),
  out: optional(aString),
  precision: optional(oneOf(...precisions)),
  maxSize: optional(wholeFrom(1)),
  adapter: optional(aString),
  decision: optional(oneOf(...decisionNames)),
  tokenizer: optional(anOwnTokenizer),
  data: optional(checkDataset),
  signal: optional(aSignal),
  onNote: optional(aFunction),
  onMeasured: optional(aFunction),
});

interface ReadReviewsOfModel {
  readonly dataset: Dataset;
  /** Whether they are those that the run was made with. */
  readonly isOfRun: boolean;
  /** Whether all of them are to be taken. */
  readonly isWhole: boolean;
}

/** Reads reviews with the features of a model. */
export type ReadReviews = (named: NamedRun, featurizer: Featurizer) => Promise<ReadReviewsOfModel>;

/**
 * Writes what runs where there is no libtorch, as the command `export` does: for browsers, as one page, as a slim run directory
 * or as an ONNX graph. It needs no addon. Where weights lose digits or features are left out, that is measured on reviews
 * first.
 * @param path a run directory
 * @throws ImdbTorchError ERR_RUN, ERR_TOKENIZER for the run; ERR_DATASET when reviews are needed and those of the run are gone;
 *   ERR_USAGE when `maxSize` cannot be reached, or options do not go together; ERR_OUTPUT when something is there already that
 *   is no export; TypeError; the reason of `signal`
 */
export async function exportRun(path: string, options: ExportRunOptions = {}): Promise<ExportDocument> {
  aString(path, 'path');
  checkOptions(options, 'options');
  const { data, signal } = options;
  const read: ReadReviews = async (named, featurizer) => {
    if (data === undefined) {
      const reading = { featurizer, signal, read: (choice: DataChoice) => readDataset({ ...choice, signal }) };
      return { dataset: await readReviewsOf(named, null, reading), isOfRun: true, isWhole: false };
    }
    const { choice } = data.loading;
    const isWhole = choice.whole === true;
    const dataset = await readAs(data, { ...choice, vocab: null, featurizer, toTrain: !isWhole }, { signal });
    return { dataset, isOfRun: false, isWhole };
  };
  return withOptionNames(() => exportReading(path, options, { read, hasData: data !== undefined }));
}

/** Where the reviews come from that tell what is lost, and who is told how far it is. */
export interface ExportSurroundings extends Pick<ExportControl, 'onProgress'> {
  readonly read: ReadReviews;
  /** Whether data are named: what is lost is then measured in any case. */
  readonly hasData: boolean;
}

/** Does what `exportRun` does. */
export async function exportReading(
  path: string,
  options: Omit<ExportRunOptions, 'data'>,
  { read, hasData, onProgress }: ExportSurroundings,
): Promise<ExportDocument> {
  const { to = 'web', precision = 'float32', maxSize, adapter, decision, tokenizer, signal, onMeasured } = options;
  const request: ExportRequest = { to, out: options.out ?? usualOut(path, to), precision, maxSize };
  assertRequest(request, hasData);
  await assertFreeForExport(request.out, to);
  const { classifier, run } = await openPortableWithDocument(path, { adapter, decision, tokenizer });
  for (const note of classifier.notes) options.onNote?.(note);
  assertExportable(classifier, to);
  const named = { path, run };
  const reviews = hasData || isLossy(classifier, request) ? await readLost(named, classifier, read) : null;
  const test = testOf(named, classifier, adapter);
  const control = { reviews, signal, onMeasured, onProgress };
  const exported = await exportOpened({ ...named, classifier, test }, request, control);
  return { schema: 1, command: 'export', run: path, to, out: request.out, ...exported };
}

/** Returns how good this model is on the test reviews; null where the run says it of another one, or of another decision. */
function testOf({ path, run }: NamedRun, { description }: PortableRun, adapter: string | undefined): OpenedRun['test'] {
  const usual = defaultAdapter(path);
  const isOfRun = adapter === undefined || adapter === usual || (adapter === 'on' && usual === 'merged');
  const isMostProbable = description.decision === undefined && run.decision === undefined;
  return isOfRun && isMostProbable ? summarizeRun('', run).test : null;
}

/** Reads the reviews that tell what is lost: those of the validation, or of the training where none were held out. */
async function readLost(
  named: NamedRun,
  { featurizer, classes }: PortableRun,
  read: ReadReviews,
): Promise<Reviews & { split: string; seen: boolean }> {
  const { dataset, isOfRun, isWhole } = await read(named, featurizer);
  const split = isWhole ? 'all' : dataset.splits.valid.labels.length === 0 ? 'train' : 'valid';
  const seen = isOfRun && (split === 'train' || hasSeenAll(named.run));
  return { ...chooseReviews(dataset, split, classes), split, seen };
}
