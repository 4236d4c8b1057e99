import assert from 'node:assert/strict';
import type { Dataset } from '../data/dataset.js';
import { originPlaces, type Place } from '../data/origins.js';
import type { TextsRead } from '../data/read_texts.js';
import { ImdbTorchError } from '../errors.js';
import { doubtfulRows } from '../training/decisions/numbers/doubtful_rows.js';

/** What models that were not fitted on a review say of it. */
export interface OutOfFold {
  /** `[reviews, classes]`: calibrated probabilities. */
  readonly probabilities: Float64Array;
  /** `[reviews]`: the given labels, in the order of the training reviews of the data set. */
  readonly labels: Int32Array;
}

export interface AuditOptions {
  /** Holds all reviews as training reviews, see the option `whole` of `readDataset`. */
  readonly dataset: Dataset;
  readonly outOfFold: (dataset: Dataset) => Promise<OutOfFold>;
  /** Reads the texts of these numbers. */
  readonly readTexts: (wanted: ReadonlySet<number>) => Promise<TextsRead>;
}

export interface AuditedReview {
  readonly place: Place;
  readonly label: string;
  readonly suggested: string;
  /** The out-of-fold probability of the given label. */
  readonly probabilityGiven: number;
  readonly probabilitySuggested: number;
  readonly text: string;
}

/** A text that several reviews have, byte for byte. */
export interface RepeatedText {
  readonly text: string;
  /** In the order of the source. */
  readonly reviews: readonly { readonly place: Place; readonly label: string }[];
  /** Says whether they have different labels, of which at most one is right. */
  readonly contradicts: boolean;
}

export interface Audit {
  readonly reviews: number;
  /** How many labels are wrong, as confident learning estimates. */
  readonly wrong: number;
  /** Those for which another class is more probable than the label, the most doubtful first. */
  readonly doubtful: readonly AuditedReview[];
  /** How many of the wrong ones have one label where another belongs, the most frequent first. */
  readonly pairs: readonly { readonly label: string; readonly suggested: string; readonly count: number }[];
  /** Those that contradict themselves first. */
  readonly repeated: readonly RepeatedText[];
}

/** With fewer reviews a model that is fitted on a part of them says nothing of the others. */
const fewestReviews = 20;

/**
 * Says which labels of a data set are probably wrong, by what models say that were not fitted on them, and which texts
 * come more than once.
 * @throws ImdbTorchError ERR_DATASET when there are too few reviews; what the functions among the options throw
 */
export async function auditLabels({ dataset, outOfFold, readTexts }: AuditOptions): Promise<Audit> {
  const { classes, source, splits } = dataset;
  const { labels, origins, texts: numbers } = splits.train;
  assert(numbers, 'the data set is read as a whole');
  if (labels.length < fewestReviews) {
    throw new ImdbTorchError(
      'ERR_DATASET',
      `Expected at least ${fewestReviews} reviews, so that a model of some can doubt the labels of others, but ${source.location} has ${labels.length}; give more.`,
    );
  }
  const found = await outOfFold(dataset);
  assert.deepEqual(found.labels, labels, 'probabilities are those of the reviews, in their order');
  const { rows, joint } = doubtfulRows(found.probabilities, labels);
  const doubtful = rows.filter(({ labelProbability, suggestedProbability }) => suggestedProbability > labelProbability);
  const numberOf = (row: number): number => numbers[row] ?? 0;
  const read = await readTexts(new Set(doubtful.map(({ index }) => numberOf(index))));
  const placeOf = originPlaces(origins);
  const nameOf = (label: number): string => classes[label] ?? '';
  const pairs = pairsOf(joint, classes);
  return {
    reviews: labels.length,
    wrong: pairs.reduce((sum, { count }) => sum + count, 0),
    doubtful: doubtful.map(({ index, label, suggested, labelProbability, suggestedProbability }) => ({
      place: placeOf(index),
      label: nameOf(label),
      suggested: nameOf(suggested),
      probabilityGiven: labelProbability,
      probabilitySuggested: suggestedProbability,
      text: read.texts.get(numberOf(index)) ?? '',
    })),
    pairs,
    repeated: findRepeated(read, numbers)
      .map(({ rows, text }) => {
        const reviews = rows.map((row) => ({ place: placeOf(row), label: nameOf(labels[row] ?? 0) }));
        return { text, reviews, contradicts: new Set(rows.map((row) => labels[row])).size > 1 };
      })
      .sort((one, other) => Number(other.contradicts) - Number(one.contradicts)),
  };
}

function pairsOf(joint: readonly (readonly number[])[], classes: readonly string[]): Audit['pairs'] {
  const pairs = joint.flatMap((counts, label) =>
    counts.map((count, suggested) => ({
      label: classes[label] ?? '',
      suggested: classes[suggested] ?? '',
      count: label === suggested ? 0 : Math.round(count),
    })),
  );
  return pairs.filter(({ count }) => count > 0).sort((one, other) => other.count - one.count);
}

/** Finds the rows of each text that comes again, in the order of the source. */
function findRepeated({ digests, texts }: TextsRead, numbers: Int32Array): { rows: number[]; text: string }[] {
  const rowOf = new Map(Array.from(numbers, (number, row) => [number, row]));
  const rowsOf = new Map<number, { rows: number[]; text: string }>();
  for (const [number, digest] of digests.entries()) {
    const row = rowOf.get(number);
    if (row === undefined) continue;
    const known = rowsOf.get(digest);
    if (known === undefined) rowsOf.set(digest, { rows: [row], text: '' });
    else {
      known.rows.push(row);
      known.text = texts.get(number) ?? '';
    }
  }
  return [...rowsOf.values()].filter(({ rows }) => rows.length > 1);
}
