import type { Dataset } from '../data/dataset.js';
import { unknownWord } from '../text/vocabulary.js';
import { findLeaks } from '../training/numbers/leaks.js';
import type { TrainedPhase } from '../training/phase.js';
import { chooseMetric, countLabels, type MetricChoice } from './choose_metric.js';
import type { LargestClass } from '../training/weaknesses.js';
import type { TrainedFacts } from './model_analysis.js';

/** What the reviews of IMDb and the sample come as, whose models are known. */
const known = ['sample', 'archive', 'folder'];

/** Whether reviews are other data than IMDb's and the sample. */
export function isOwnData({ kind }: Pick<Dataset['source'], 'kind'>): boolean {
  return !known.includes(kind);
}

/**
 * Returns what is known of a training on data of one's own, to find weaknesses with; null for IMDb's reviews.
 * @param full the training that was validated
 */
export function trainedFacts(
  { source, splits, classes, vocabulary }: Dataset,
  choice: MetricChoice,
  { epochs, bestEpoch }: Pick<TrainedPhase, 'epochs' | 'bestEpoch'>,
): TrainedFacts | null {
  if (!isOwnData(source)) return null;
  const { train } = splits;
  const last = epochs[(bestEpoch ?? epochs.length) - 1];
  const counts = countLabels(train.labels, classes.length);
  const largest = largestOf(counts, splits.valid.labels);
  const sizes = { classes: classes.length, features: vocabulary.size };
  // `<UNK>` stands for many tokens, and n-grams of characters are parts of one.
  const isToken = (feature: number): boolean => {
    const name = vocabulary.word(feature);
    return !name.includes(' ') && name !== unknownWord && !vocabulary.isOfCharacters(feature);
  };
  return {
    counts,
    metric: chooseMetric(choice, train.labels, classes.length).name,
    fit: last === undefined ? null : { train: last.train.accuracy, valid: last.valid.accuracy, largest },
    leaks: findLeaks(train, sizes, isToken).map(({ feature, ...leak }) => ({
      ...leak,
      token: vocabulary.word(feature),
    })),
  };
}

/** Returns how right it is to say always the largest class of the training reviews; null without reviews to validate on. */
function largestOf(counts: readonly number[], valid: Int32Array): LargestClass | null {
  if (valid.length === 0) return null;
  const largest = counts.indexOf(Math.max(...counts));
  return { accuracy: valid.filter((label) => label === largest).length / valid.length, examples: valid.length };
}
