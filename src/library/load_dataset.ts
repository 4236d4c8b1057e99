import { isDeepStrictEqual } from 'node:util';
import { aBoolean, aFunction, anObject, aSignal, aString, fields, optional, orNull } from '../arguments.js';
import { readDataset, type Dataset } from '../data/dataset.js';
import { RowSets, type Rows, type RowsOfSplits } from '../data/rows/row_sets.js';
import type { DataFiles, SourceProgress } from '../data/source_types.js';
import { trainPresets } from '../experiments/presets.js';
import { dataChoice, type DataChoice } from '../settings/data_choice.js';
import type { dataSettings } from '../settings/data_settings.js';
import { throwProblems } from '../settings/option.js';
import type { ExperimentSettings } from '../settings/settings.js';
import { isImdb, settle } from '../settings/settle.js';
import { readCall, withOptionNames, type CallSettings, type ReadCall } from './call_options.js';

/**
 * What `loadDataset` takes: where the reviews are, how they are read, and which features count, by the names of the
 * command line's options in camel case, such as `textColumn`, `seed`, `valid` and `ngrams`.
 */
export interface LoadOptions extends CallSettings<keyof typeof dataSettings | 'seed', keyof typeof trainPresets> {
  /** Reviews in memory, or where to get them: `{ text, label }[]` or another iterable of such, or several for the splits. */
  readonly rows?: Rows | RowsOfSplits | undefined;
  /** The folder in which encoded reviews are kept; null keeps none. Default: that of the cache, and none for rows. */
  readonly cacheFolder?: string | null | undefined;
  /**
   * Takes all reviews as one set, to evaluate a model on or to look at their labels: none are held out, and they may be few,
   * or of one class. Default: false.
   */
  readonly whole?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: SourceProgress) => void) | undefined;
}

/** How reviews were read, so that they can be read in another way. */
interface Loading extends Pick<ReadCall, 'given' | 'preset' | 'ownTokenizer'> {
  readonly data: string | DataFiles | RowSets;
  readonly cacheFolder: string | null | undefined;
  readonly choice: DataChoice;
}

/** Reviews that have been read, split and encoded. */
export interface LoadedDataset extends Dataset {
  /** @internal */
  readonly loading: Loading;
}

const checkOwn = fields({
  cacheFolder: optional(orNull(aString)),
  whole: optional(aBoolean),
  signal: optional(aSignal),
  onProgress: optional(aFunction),
});
const checkLoaded = fields({ loading: anObject, splits: anObject });

/**
 * Reads reviews: rows of the program's own, files, or those of IMDb. Splits and encodes them as the preset does, which is
 * `auto` for all reviews but IMDb's and the sample. What works with them reads them in another way where its own options,
 * such as another preset, ask for that; `preset` here saves the time.
 * @throws ImdbTorchError ERR_USAGE for options, ERR_DATASET for reviews that are not as expected, ERR_DOWNLOAD; TypeError;
 *   what an iterable of rows throws; the reason of `signal`
 */
export async function loadDataset(options: LoadOptions): Promise<LoadedDataset> {
  return withOptionNames(() => load(options));
}

async function load(options: LoadOptions): Promise<LoadedDataset> {
  const own = ['rows', 'cacheFolder', 'whole', 'signal', 'onProgress'];
  const call = readCall(options, { command: 'data', presets: trainPresets, own, reads: true });
  const { given, preset, ownTokenizer } = call;
  checkOwn(options, 'options');
  const { rows, cacheFolder, signal } = options;
  throwProblems(findDataConflicts(options, given));
  const sets = rows === undefined ? null : await RowSets.gather(rows, signal);
  const settings = await settleReviews(call, sets);
  const choice = { ...dataChoice(settings), ownTokenizer };
  const data = sets ?? choice.data;
  const loading = {
    given,
    preset,
    ownTokenizer,
    data,
    cacheFolder: sets === null ? cacheFolder : (cacheFolder ?? null),
  };
  const whole = options.whole === true ? { whole: true, toTrain: false, valid: null } : {};
  return read({ ...loading, choice: { ...choice, ...whole, data } }, options);
}

/** Names what does not go together: what is asked for and would do nothing is no less wrong than what is impossible. */
function findDataConflicts({ rows, whole }: LoadOptions, given: Partial<ExperimentSettings>): string[] {
  const isGiven = (key: keyof ExperimentSettings): boolean => given[key] !== undefined;
  const named = (['data', 'train'] as const).filter(isGiven);
  const problems: string[] = [];
  if (rows === undefined && named.length === 0)
    problems.push(
      'Expected the option rows, data or train, which say where the reviews are, but received none of them.',
    );
  if (rows !== undefined) {
    if (named.length > 0) problems.push('Expected the option rows, data or train but received two of them.');
    const ofFiles = (['test', 'files', 'header', 'encoding'] as const).filter(isGiven);
    if (ofFiles.length > 0)
      problems.push(
        `Expected no ${ofFiles.join(', ')} with rows, which are in no files; give rows as { train, test }.`,
      );
    if (isGiven('valid') && (typeof given.valid !== 'number' || 'valid' in rows))
      problems.push('Expected a number as valid with rows, or rows as { train, valid }, but received something else.');
  }
  const ofSplits = (['valid', 'split', 'test'] as const).filter(isGiven);
  if (whole === true && ofSplits.length > 0)
    problems.push(`Expected no ${ofSplits.join(', ')} with whole, which holds nothing out; leave one of them away.`);
  return problems;
}

/** Completes the settings that decide how reviews are read and encoded. */
async function settleReviews(
  { given, preset, problems }: ReadCall,
  sets: RowSets | null,
): Promise<ExperimentSettings & { fixed: readonly string[] }> {
  const asked = { command: 'train', presets: trainPresets, preset, config: {}, base: null, problems } as const;
  const isKnown = sets === null && (await isImdb(given));
  const named = sets === null ? given : namedReviews(given, sets);
  const settled = settle({ ...asked, given: named, isImdb: isKnown });
  return { ...settled, fixed: Object.keys(given) };
}

/** Names the reviews among the settings. Rows of a program take the place of files: their splits are given as those are. */
export function namedReviews(given: Partial<ExperimentSettings>, data: Loading['data']): Partial<ExperimentSettings> {
  if (!(data instanceof RowSets)) return typeof data === 'string' ? { ...given, data } : given;
  const names = (['valid', 'test'] as const).filter((name) => data.splits.has(name));
  return { ...given, train: 'rows', ...Object.fromEntries(names.map((name) => [name, 'rows'])) };
}

/** Whether the reviews are those of IMDb, or the sample. */
export async function isImdbLoaded({ data }: Loading): Promise<boolean> {
  return typeof data === 'string' && isImdb({ data });
}

async function read(
  loading: Loading,
  { signal, onProgress }: Pick<LoadOptions, 'signal' | 'onProgress'>,
): Promise<LoadedDataset> {
  const { choice, cacheFolder } = loading;
  const kept = cacheFolder === undefined ? {} : { cacheFolder };
  const dataset = await readDataset({ ...choice, ...kept, ...(onProgress && { onProgress }), signal });
  return { ...dataset, loading };
}

/** Returns the settings of a call on reviews that have been read: with the seed that they were split with. */
export function settingsOn(
  { given, data, choice }: Loading,
  ofCall: Partial<ExperimentSettings>,
): Partial<ExperimentSettings> {
  return namedReviews({ ...given, seed: choice.seed, ...ofCall }, data);
}

/**
 * Returns the reviews as `choice` wants them: as they are, or read once more.
 * @throws TypeError when `dataset` is none of `loadDataset`; what that throws
 */
export async function readAs(
  dataset: LoadedDataset,
  choice: Omit<DataChoice, 'data'>,
  options: Pick<LoadOptions, 'signal' | 'onProgress'> = {},
): Promise<LoadedDataset> {
  const { loading } = dataset;
  const wanted = { ...choice, data: loading.data };
  return isSame(loading.choice, wanted) ? dataset : read({ ...loading, choice: wanted }, options);
}

/** @throws TypeError */
export function checkDataset(dataset: unknown, name = 'dataset'): asserts dataset is LoadedDataset {
  checkLoaded(dataset, name);
}

function isSame(one: DataChoice, other: DataChoice): boolean {
  return (
    isDeepStrictEqual(decisive(one), decisive(other)) &&
    one.featurizer === other.featurizer &&
    one.ownTokenizer === other.ownTokenizer
  );
}

/** Returns what the encoded reviews depend on. */
function decisive(choice: DataChoice): unknown[] {
  const { vocab, features, featureChoice, split, seed, valid, labels, whole, toTrain } = choice;
  return [vocab, features, featureChoice?.name, split, seed, valid, labels, whole, toTrain];
}
