import { aNumber, onlyFields, optional, wholeFrom } from '../arguments.js';
import { readTexts } from '../data/read_texts.js';
import { auditLabels, type Audit } from '../experiments/audit.js';
import { outOfFoldProbabilities } from '../experiments/auto/out_of_fold_probabilities.js';
import type { ExperimentEvents } from '../experiments/experiment_events.js';
import { setNumThreads } from '../model/native.js';
import { auditDocument } from '../report/documents/audit.js';
import { auditReading, type DataChoice } from '../settings/data_choice.js';
import { withOptionNames } from './call_options.js';
import { checkDataset, readAs, type LoadedDataset } from './load_dataset.js';
import { controlFields, type CallControl } from './train.js';
import type { Dataset } from '../data/dataset.js';

export interface AuditCallOptions extends CallControl {
  /** The seed of every random number. Default: 123. */
  readonly seed?: number | undefined;
  /** Threads of the whole process; default: as they are. */
  readonly threads?: number | undefined;
  /** The number of the most doubtful reviews, and of repeated texts, that are named. Default: 20. */
  readonly top?: number | undefined;
}

/** The document that `audit --json` prints. */
export type AuditDocument = ReturnType<typeof auditDocument> & {
  readonly schema: 1;
  readonly command: 'audit';
  readonly data: { readonly source: string; readonly sha256: string };
  readonly read: Dataset['read'];
  readonly classes: readonly string[];
};

const checkOwn = onlyFields({
  ...controlFields,
  seed: optional(aNumber),
  threads: optional(wholeFrom(1)),
  top: optional(wholeFrom(0)),
});
const [usualSeed, usualTop] = [123, 20];

/**
 * Says which labels are probably wrong and which texts come more than once, as the command `audit` does.
 * @throws ImdbTorchError ERR_DATASET when there are fewer than 20 reviews; TypeError; the reason of `signal`
 */
export async function audit(dataset: LoadedDataset, options: AuditCallOptions = {}): Promise<AuditDocument> {
  return withOptionNames(() => lookAt(dataset, options));
}

async function lookAt(dataset: LoadedDataset, options: AuditCallOptions): Promise<AuditDocument> {
  checkDataset(dataset);
  checkOwn(options, 'options');
  const { seed = usualSeed, threads, top = usualTop } = options;
  if (threads !== undefined) setNumThreads(threads);
  // What the preset `auto` counts is what its own tokenizer gives.
  const choice = { ...dataset.loading.choice, ...auditReading, ownTokenizer: undefined, seed };
  const whole = await readAs(dataset, choice, options);
  return documentOf(whole, await auditReviews(whole, choice, options), top);
}

interface AuditControl extends Pick<CallControl, 'signal' | 'stop'> {
  readonly events?: ExperimentEvents | undefined;
}

/**
 * Looks at reviews.
 * @param dataset read as `auditReading` says
 * @param choice with which they were read, and their texts are
 */
export function auditReviews(dataset: Dataset, choice: DataChoice, control: AuditControl): Promise<Audit> {
  const { seed } = choice;
  const { signal, stop, events } = control;
  return auditLabels({
    dataset,
    outOfFold: (whole) => outOfFoldProbabilities(whole, { seed, signal, stop, events }),
    readTexts: (wanted) => readTexts({ ...choice, ...(signal && { signal }) }, dataset, wanted),
  });
}

/** Returns the document of what was found. */
export function documentOf({ source, read, classes }: Dataset, found: Audit, top: number): AuditDocument {
  const { location, sha256 } = source;
  const about = { schema: 1, command: 'audit', data: { source: location, sha256 }, read, classes } as const;
  return { ...about, ...auditDocument(found, top) };
}
