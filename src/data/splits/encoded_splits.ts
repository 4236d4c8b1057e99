import { ImdbTorchError } from '../../errors.js';
import { TimeSlices } from '../../system/time_slices.js';
import type { EncodedTexts } from '../../text/bag_writer.js';
import { naiveBayesWeights } from '../../text/naive_bayes.js';
import { checkFeatures, hasUnknown, notebookFeatures, type FeatureOptions } from '../../text/features.js';
import type { Featurizer } from '../../text/featurizer.js';
import { NgramCounter } from '../../text/ngrams/ngram_counter.js';
import { Vocabulary } from '../../text/vocabulary.js';
import {
  splitNames,
  type CollectedReviews,
  type CollectedSplit,
  type SourceNotes,
  type SplitName,
} from '../collected_reviews.js';
import type { Origins } from '../origins.js';
import type { SourceOptions } from '../source_types.js';
import { splitReviews, type SplitOptions } from './train_valid_test.js';

/** Reviews as bags of features: review `r` has the ids from `offsets[r]` to `offsets[r + 1]`, ascending, each once. */
export interface EncodedSplit extends EncodedTexts {
  /** `[reviews]`: indices into the classes. */
  readonly labels: Int32Array;
  readonly origins: Origins;
  /** `[reviews]`: the number of the movie that each is about; absent unless the split is by movie. */
  readonly movies?: Int32Array;
}

/** The first 100 characters of a review. */
export interface Preview {
  readonly text: string;
  readonly label: number;
}

export interface EncodedSplits {
  /** The features: the first of the notebook's is `<UNK>`. */
  readonly vocabulary: Vocabulary;
  readonly features: FeatureOptions;
  /** `[features]`: what the training split says that each feature is to be multiplied by; null without weighting. */
  readonly weights: Float32Array | null;
  readonly splits: Readonly<Record<SplitName, EncodedSplit>>;
  /** The first and the last three reviews of each split. */
  readonly previews: Readonly<Record<SplitName, { first: Preview[]; last: Preview[] }>>;
  readonly notes: SourceNotes;
}

/** At each end of a split. */
const shownPreviews = 3;

export interface EncodeOptions extends SourceOptions, SplitOptions {
  /** At most so many features, the most frequent ones, `<UNK>` included; null: all. */
  vocab: number | null;
  /** By default those of the notebook. */
  features?: Omit<FeatureOptions, 'vocabularySize'> | undefined;
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
 *   on or the classes are too many for the weighting; the reason of `signal`
 */
export async function encodeSplits(
  collected: CollectedReviews,
  options: EncodeOptions,
): Promise<EncodedSplits> {
  const features = resolveFeatures(options);
  const progress = { stage: 'encode', unit: 'reviews' } as const;
  const counts = { done: 0, total: 0 };
  const slices = new TimeSlices(options.signal);
  const orders = await splitReviews(collected, options, slices);
  counts.total = splitNames.reduce((sum, name) => sum + orders[name].rows.length, 0);
  const { featurizer } = options;
  const encoder =
    featurizer === undefined
      ? await countingEncoder(collected, orders, features, slices)
      : givenEncoder(collected, orders, featurizer, slices);
  const texts = await encoder.encode((split) => {
    counts.done += orders[split].rows.length;
    options.onProgress?.({ ...progress, ...counts });
  });
  const split = (name: SplitName): EncodedSplit => {
    const { labels, origins, movies } = orders[name];
    return { ...texts[name], labels, origins, ...(movies && { movies }) };
  };
  const splits = { train: split('train'), valid: split('valid'), test: split('test') };
  const weights = encoder.weightsOf(splits.train);
  return {
    vocabulary: encoder.vocabulary,
    features,
    weights,
    splits,
    previews: {
      train: previewsOf(collected, orders.train),
      valid: previewsOf(collected, orders.valid),
      test: previewsOf(collected, orders.test),
    },
    notes: collected.notes,
  };
}

type Orders = Readonly<Record<SplitName, CollectedSplit>>;

type EncodedTextsOfSplits = Readonly<Record<SplitName, EncodedTexts>>;

/** Knows the features, and encodes all splits with them. */
interface Encoder {
  readonly vocabulary: Vocabulary;
  encode(onEncoded: (split: SplitName) => void): Promise<EncodedTextsOfSplits>;
  weightsOf(train: EncodedSplit): Float32Array | null;
}

/** With the features that it counts in the reviews. */
async function countingEncoder(
  collected: CollectedReviews,
  orders: Orders,
  features: FeatureOptions,
  slices: TimeSlices,
): Promise<Encoder> {
  checkClasses(features, collected);
  const { counter, ranges } = await countFeatures(collected, orders, features, slices);
  const vocabulary = Vocabulary.of(counter.features);
  const isWeighted = features.weighting !== 'none';
  return {
    vocabulary,
    encode: async (onEncoded) => {
      try {
        const texts = await counter.makeBags(
          splitNames.map((name) => ranges[name]),
          features.counts === 'counts',
        );
        splitNames.forEach(onEncoded);
        return bySplit(texts);
      } finally {
        await counter.stop();
      }
    },
    weightsOf: (train) => (isWeighted ? naiveBayesWeights(train, train.labels, vocabulary.size) : null),
  };
}

/** With the features, and the weights, of a model. */
function givenEncoder(
  { tokens }: CollectedReviews,
  orders: Orders,
  featurizer: Featurizer,
  slices: TimeSlices,
): Encoder {
  return {
    vocabulary: featurizer.vocabulary,
    encode: async (onEncoded) => {
      const texts: EncodedTexts[] = [];
      for (const name of splitNames) {
        texts.push(await featurizer.encodeTokenLists(tokens, orders[name].rows, slices));
        onEncoded(name);
      }
      return bySplit(texts);
    },
    weightsOf: () => featurizer.weights,
  };
}

function bySplit([train, valid, test]: readonly EncodedTexts[]): EncodedTextsOfSplits {
  if (!train || !valid || !test) throw new Error('Expected the texts of three splits.');
  return { train, valid, test };
}

function checkClasses({ weighting }: FeatureOptions, { notes, location }: CollectedReviews): void {
  if (weighting === 'none' || notes.classes.length === 2) return;
  throw new ImdbTorchError(
    'ERR_USAGE',
    `Expected two classes for Naive Bayes weights, which say for each feature how much it speaks for one of two, but ${location} has ${notes.classes.length}; choose no weighting.`,
  );
}

type Ranges = Readonly<Record<SplitName, { start: number; end: number }>>;

/** Counts in the reviews of all splits, one split behind the other. */
async function countFeatures(
  { tokens }: CollectedReviews,
  { train, valid, test }: Orders,
  features: FeatureOptions,
  slices: TimeSlices,
): Promise<{ counter: NgramCounter; ranges: Ranges }> {
  const validEnd = train.rows.length + valid.rows.length;
  const ranges = {
    train: { start: 0, end: train.rows.length },
    valid: { start: train.rows.length, end: validEnd },
    test: { start: validEnd, end: validEnd + test.rows.length },
  };
  const rows = new Int32Array(ranges.test.end);
  rows.set(train.rows);
  rows.set(valid.rows, ranges.valid.start);
  rows.set(test.rows, ranges.test.start);
  const counted = hasUnknown(features) ? ranges.train.end : ranges.valid.end;
  const options = { ...features, hasUnknown: hasUnknown(features), counted };
  const counter = await NgramCounter.count(tokens, rows, options, slices);
  return { counter, ranges };
}

function previewsOf(
  { previews }: CollectedReviews,
  { rows, labels }: CollectedSplit,
): { first: Preview[]; last: Preview[] } {
  const kept: number[] = [];
  rows.forEach((row, index) => {
    if (row < previews.length) kept.push(index);
  });
  const shown = (part: readonly number[]): Preview[] =>
    part.map((index) => ({ text: previews.text(rows[index] ?? 0), label: labels[index] ?? 0 }));
  return { first: shown(kept.slice(0, shownPreviews)), last: shown(kept.slice(-shownPreviews)) };
}
