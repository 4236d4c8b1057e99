import { anObject, fields, float32Array, instance, optional, orNull } from '../arguments.js';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { ImdbTorchError } from '../errors.js';
import { cacheHome } from '../system/cache_home.js';
import { encodingNamed } from '../system/text_encoding.js';
import { featureFields } from '../text/features.js';
import type { Featurizer } from '../text/featurizer.js';
import { Vocabulary } from '../text/vocabulary.js';
import { isOwnName } from '../text/tokens/own_tokenizer.js';
import { TokenLists } from '../text/tokens/token_lists.js';
import { tokenizerVersion } from '../text/tokens/tokenizer.js';
import type { SourceNotes } from './collected_reviews.js';
import { CollectedTexts } from './collected_texts.js';
import { encodeSplits, resolveFeatures, type EncodedSplits, type EncodeOptions } from './splits/encoded_splits.js';
import { assertFewBadRows } from './tables/bad_rows.js';
import { findSource } from './source.js';
import type { RowSets } from './rows/row_sets.js';
import type { DataFiles, Source } from './source_types.js';
import { loadSplits, storeSplits } from './splits/split_cache.js';

export interface Dataset extends Omit<EncodedSplits, 'notes'>, SourceNotes {
  readonly source: { readonly kind: Source['kind']; readonly location: string; readonly sha256: string };
  readonly fromCache: boolean;
  /** Says why the encoded splits could not be kept for the next run; null when they are. */
  readonly cacheProblem: string | null;
  readonly seconds: number;
  /** The vocabulary holds fewer words when the training reviews have fewer. */
  readonly requestedVocabularySize: number | null;
}

/** What public functions take for the part of a data set that they compute with. */
export const aDataset = fields({
  splits: fields({ train: anObject, valid: anObject, test: anObject }),
  vocabulary: instance(Vocabulary),
  features: fields(featureFields),
  weights: optional(orNull(float32Array)),
});

export interface DatasetOptions extends EncodeOptions {
  /** `imdb`, `sample`, or the path of a folder, a tar file or a table; files for the splits; or rows in memory. */
  data: string | DataFiles | RowSets;
  /** The folder in which encoded splits are kept, by default `encoded` in the cache folder; null keeps none. */
  cacheFolder?: string | null;
}

/**
 * Reads, splits and encodes a data set as the notebook does, or takes what an earlier run made of the same data with
 * the same options.
 * @throws ImdbTorchError ERR_DATASET, ERR_DOWNLOAD, ERR_USAGE (an option out of range); the reason of `signal`
 */
export async function readDataset(given: DatasetOptions): Promise<Dataset> {
  const started = performance.now();
  checkOptions(given);
  const toTrain = given.toTrain ?? given.featurizer === undefined;
  const options = { ...given, toTrain, encoding: chooseEncoding(given) };
  options.signal?.throwIfAborted();
  const { data } = options;
  // The name of a function says nothing of what it does.
  const isCached = !isOwnName(resolveFeatures(options).tokenizer);
  const cacheFolder = isCached
    ? (options.cacheFolder ?? (options.cacheFolder === null ? null : join(cacheHome(), 'encoded')))
    : null;
  const source = await findSource(data, options);
  checkHasColumns(source, options);
  const key = cacheKey(source, options);
  const cached = cacheFolder === null ? null : await loadSplits(cacheFolder, key, options.signal);
  const encoded = cached ?? (await readAndEncode(source, options));
  options.signal?.throwIfAborted();
  assertFewBadRows(encoded.notes, source.location, options.strict ?? false);
  const store = cacheFolder !== null && cached === null;
  const cacheProblem = store ? await storeSplits(cacheFolder, key, encoded, options.signal) : null;
  const { notes, ...encodedWithoutNotes } = encoded;
  return {
    ...encodedWithoutNotes,
    ...notes,
    source: { kind: source.kind, location: source.location, sha256: source.sha256 },
    fromCache: cached !== null,
    cacheProblem,
    seconds: (performance.now() - started) / 1000,
    requestedVocabularySize: options.vocab,
  };
}

function checkOptions(options: DatasetOptions): void {
  const { seed, valid } = options;
  const ranges: [name: string, value: number, least: number][] = [
    ['seed', seed, Number.MIN_SAFE_INTEGER],
    ['validation size', valid ?? 0, 0],
  ];
  for (const [name, value, least] of ranges) {
    if (Number.isSafeInteger(value) && value >= least) continue;
    throw new ImdbTorchError(
      'ERR_USAGE',
      `Expected a whole number of at least ${least} as ${name} but received ${value}.`,
    );
  }
}

function chooseEncoding({ encoding = 'auto' }: DatasetOptions): string {
  const name = encodingNamed(encoding);
  if (name !== null) return name;
  throw new ImdbTorchError(
    'ERR_USAGE',
    `Expected auto or an encoding that TextDecoder knows as the option encoding but received ${JSON.stringify(encoding)}.`,
  );
}

/** @throws ImdbTorchError ERR_USAGE when reviews that have no columns are to be grouped by one */
function checkHasColumns({ kind, location }: Source, { groupColumn }: DatasetOptions): void {
  const hasColumns = kind !== 'archive' && kind !== 'folder' && kind !== 'sample' && kind !== 'classes-folder';
  if (groupColumn === undefined || hasColumns) return;
  throw new ImdbTorchError(
    'ERR_USAGE',
    `Expected a table for the option groupColumn but ${location} has a file for each review, and no columns; leave it out.`,
  );
}

/** Names everything that the encoded splits depend on. */
function cacheKey({ kind, sha256, variant }: Source, options: DatasetOptions): string {
  const { seed, valid, split = 'random', whole = false, toTrain } = options;
  const features = resolveFeatures(options);
  const source = { kind, sha256, variant };
  const given = options.featurizer && sha256Of(options.featurizer);
  const choice = options.featureChoice?.name;
  const document = {
    ...source,
    tokenizerVersion,
    features,
    choice,
    given,
    seed,
    valid,
    split,
    ...(whole && { whole }),
    ...(given !== undefined && toTrain === true && { toTrain }),
  };
  return JSON.stringify(document);
}

function sha256Of({ vocabulary, weights }: Featurizer): string {
  const hash = createHash('sha256').update(vocabulary.lines);
  return hash.update(weights ?? '').digest('hex');
}

async function readAndEncode(source: Source, options: EncodeOptions): Promise<EncodedSplits> {
  const own = options.ownTokenizer;
  const tokens = options.featurizer?.tokenLists() ?? new TokenLists(resolveFeatures(options).tokenizer, { own });
  const texts = new CollectedTexts(tokens);
  return encodeSplits(texts, await source.read(texts), options);
}
