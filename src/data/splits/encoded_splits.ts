import { TimeSlices } from '../../system/time_slices.js';
import type { EncodedTexts } from '../../text/bag_writer.js';
import { withCharacterWeight } from '../../text/characters/character_weight.js';
import { checkFeatures, hasUnknown, notebookFeatures, type FeatureOptions } from '../../text/features.js';
import type { Featurizer } from '../../text/featurizer.js';
import { NgramCounter } from '../../text/ngrams/ngram_counter.js';
import type { OwnTokenizer } from '../../text/tokens/own_tokenizer.js';
import type { TokenLists } from '../../text/tokens/token_lists.js';
import { featureWeights } from '../../text/weighting/feature_weights.js';
import { Vocabulary } from '../../text/vocabulary.js';
import {
  splitNames,
  type CollectedReviews,
  type CollectedSplit,
  type SourceNotes,
  type SplitName,
} from '../collected_reviews.js';
import type { CollectedTexts } from '../collected_texts.js';
import type { Origins } from '../origins.js';
import type { SourceOptions } from '../source_types.js';
import type { FeatureChoice } from './chosen_features.js';
import { splitNotes, textsSha256 } from './split_notes.js';
import { splitReviews, type SplitOptions } from './train_valid_test.js';

/** Reviews as bags of features: review `r` has the ids from `offsets[r]` to `offsets[r + 1]`, ascending, each once. */
export interface EncodedSplit extends EncodedTexts {
  /** `[reviews]`: indices into the classes. */
  readonly labels: Int32Array;
  readonly origins: Origins;
  /** `[reviews]`: the number of the group of each, such as its movie; absent unless groups are held out together. */
  readonly groups?: Int32Array;
  /** `[reviews]`: the number of the text of each, in the order of the source; absent unless the option `whole` is true. */
  readonly texts?: Int32Array;
}

/** How a review begins: its first 100 characters. */
export interface Preview {
  readonly text: string;
  readonly label: number;
}

export interface EncodedSplits {
  /** The features: the first of the notebook's is `<UNK>`. */
  readonly vocabulary: Vocabulary;
  readonly features: FeatureOptions;
  /** `[features]`: the factor of each feature, as the training split says it; null where all are 1. */
  readonly weights: Float32Array | null;
  readonly splits: Readonly<Record<SplitName, EncodedSplit>>;
  /** The first and the last three reviews of each split. */
  readonly previews: Readonly<Record<SplitName, { first: Preview[]; last: Preview[] }>>;
  readonly notes: SourceNotes;
}

/** The number of previews at each end of a split. */
const shownPreviews = 3;

export interface EncodeOptions extends SourceOptions, SplitOptions {
  /** The largest number of features, the most frequent ones, `<UNK>` included; null takes all. */
  vocab: number | null;
  /** The kind of features, by default the notebook's. */
  features?: Omit<FeatureOptions, 'vocabularySize'> | undefined;
  /** Chooses some of them when the reviews have been read. */
  featureChoice?: FeatureChoice | undefined;
  /** The tokenizer where `features` name one of the program's own. */
  ownTokenizer?: OwnTokenizer | undefined;
  /** Encodes as a model was trained, instead of counting features; `features` and `vocab` do not count then. */
  featurizer?: Featurizer | undefined;
}

/** @throws ImdbTorchError ERR_USAGE for a number out of range */
export function resolveFeatures({ features, vocab, featurizer }: EncodeOptions): FeatureOptions {
  if (featurizer !== undefined) return featurizer.options;
  const resolved = { ...notebookFeatures, ...features, vocabularySize: vocab };
  checkFeatures(resolved);
  return resolved;
}

/**
 * Splits the collected reviews, takes the vocabulary and encodes all three splits. The notebook's vocabulary is that of
 * the training split. Where unknown tokens are left out, features are counted in all training reviews, those that are
 * held out for validation included, so that a model can be fitted on all of them without counting again; labels are
 * looked at in the training split only, and the test reviews never.
 * @throws ImdbTorchError ERR_DATASET when a split or class is missing, ERR_USAGE when nothing would be left to train
 *   on; the reason of `signal`
 */
export async function encodeSplits(
  texts: CollectedTexts,
  collected: CollectedReviews,
  options: EncodeOptions,
): Promise<EncodedSplits> {
  const slices = new TimeSlices(options.signal);
  const orders = await splitReviews(collected, options, slices);
  const features = chooseFeatures(options, texts.tokens, orders, collected.notes.classes.length);
  const total = splitNames.reduce((sum, name) => sum + orders[name].rows.length, 0);
  let done = 0;
  const onEncoded = (name: SplitName): void => {
    done += orders[name].rows.length;
    options.onProgress?.({ stage: 'encode', done, total, unit: 'reviews' });
  };
  const { featurizer } = options;
  const { vocabulary, encoded, weights } =
    featurizer === undefined
      ? await countAndEncode(texts.tokens, orders, features, collected.notes.classes.length, slices, onEncoded)
      : await encodeAs(featurizer, texts.tokens, orders, slices, onEncoded);
  const split = (name: SplitName): EncodedSplit => {
    const { rows, labels, origins, groups } = orders[name];
    const rare = { ...(groups && { groups }), ...(options.whole === true && { texts: rows }) };
    return { ...encoded[name], labels, origins, ...rare };
  };
  return {
    vocabulary,
    features,
    weights,
    splits: { train: split('train'), valid: split('valid'), test: split('test') },
    previews: {
      train: previewsOf(texts, orders.train),
      valid: previewsOf(texts, orders.valid),
      test: previewsOf(texts, orders.test),
    },
    notes: await finishNotes(collected, orders, options, slices),
  };
}

/** Takes the options that are to be chosen by the size of the training reviews. */
function chooseFeatures(options: EncodeOptions, tokens: TokenLists, orders: Orders, classes: number): FeatureOptions {
  const features = resolveFeatures(options);
  const { featureChoice } = options;
  if (featureChoice === undefined) return features;
  const parts = [orders.train.rows, orders.valid.rows];
  const chosen = featureChoice.choose({
    reviews: parts.reduce((sum, { length }) => sum + length, 0),
    tokens: parts.reduce((sum, rows) => sum + tokens.lengthOf(rows), 0),
    classes,
  });
  return { ...features, ...chosen };
}

/** Adds what is known once the reviews are split. What a model is tried on says nothing of how it was trained. */
async function finishNotes(
  collected: CollectedReviews,
  orders: Orders,
  { toTrain = true, whole = false }: EncodeOptions,
  slices: TimeSlices,
): Promise<SourceNotes> {
  const { notes } = collected;
  const added = toTrain ? await splitNotes(collected, orders, slices) : [];
  const read = { ...notes.read, notes: [...notes.read.notes, ...added] };
  const testHeldOut = notes.testHeldOut && !whole;
  return { ...notes, read, testHeldOut, textsSha256: textsSha256(collected, orders) };
}

type Orders = Readonly<Record<SplitName, CollectedSplit>>;

interface Encoding {
  readonly vocabulary: Vocabulary;
  readonly encoded: Readonly<Record<SplitName, EncodedTexts>>;
  readonly weights: Float32Array | null;
}

/** Counts features in the reviews of all splits, one split behind the other, and encodes them with those. */
async function countAndEncode(
  tokens: TokenLists,
  { train, valid, test }: Orders,
  features: FeatureOptions,
  classes: number,
  slices: TimeSlices,
  onEncoded: (name: SplitName) => void,
): Promise<Encoding> {
  const validEnd = train.rows.length + valid.rows.length;
  const rows = new Int32Array(validEnd + test.rows.length);
  rows.set(train.rows);
  rows.set(valid.rows, train.rows.length);
  rows.set(test.rows, validEnd);
  const counted = hasUnknown(features) ? train.rows.length : validEnd;
  const options = { ...features, hasUnknown: hasUnknown(features), counted };
  const counter = await NgramCounter.count(tokens, rows, options, slices);
  const vocabulary = Vocabulary.of(counter.features);
  try {
    const ranges = [
      { start: 0, end: train.rows.length },
      { start: train.rows.length, end: validEnd },
      { start: validEnd, end: rows.length },
    ];
    const encoded = bySplit(await counter.makeBags(ranges, features.counts === 'counts'));
    splitNames.forEach(onEncoded);
    const { weighting } = features;
    const { size } = vocabulary;
    const ofTexts = featureWeights(encoded.train, train.labels, { features: size, classes, weighting });
    return { vocabulary, encoded, weights: withCharacterWeight(ofTexts, vocabulary, features) };
  } finally {
    await counter.stop();
  }
}

/** Encodes with the features, and the weights, of a model. */
async function encodeAs(
  featurizer: Featurizer,
  tokens: TokenLists,
  orders: Orders,
  slices: TimeSlices,
  onEncoded: (name: SplitName) => void,
): Promise<Encoding> {
  const encoded: EncodedTexts[] = [];
  for (const name of splitNames) {
    encoded.push(await featurizer.encodeTokenLists(tokens, orders[name].rows, slices));
    onEncoded(name);
  }
  return { vocabulary: featurizer.vocabulary, encoded: bySplit(encoded), weights: featurizer.weights };
}

function bySplit([train, valid, test]: readonly EncodedTexts[]): Encoding['encoded'] {
  if (!train || !valid || !test) throw new Error('Expected the texts of three splits.');
  return { train, valid, test };
}

function previewsOf(
  { previews }: CollectedTexts,
  { rows, labels }: CollectedSplit,
): { first: Preview[]; last: Preview[] } {
  const kept = Array.from(rows.keys()).filter((index) => (rows[index] ?? 0) < previews.length);
  const shown = (indices: readonly number[]): Preview[] =>
    indices.map((index) => ({ text: previews[rows[index] ?? 0] ?? '', label: labels[index] ?? 0 }));
  return { first: shown(kept.slice(0, shownPreviews)), last: shown(kept.slice(-shownPreviews)) };
}
