import { originNames } from '../data/origins.js';
import { splitNames, type SplitName } from '../data/collected_reviews.js';
import type { Dataset } from '../data/dataset.js';
import type { EncodedSplit } from '../data/splits/encoded_splits.js';
import { labelName } from '../data/tables/label_spelling.js';
import { joinReviews, type Reviews } from '../data/splits/reviews.js';
import { ImdbTorchError } from '../errors.js';
import type { RunClassifier } from '../model/run_classifier.js';
import type { FeatureEncoder } from '../text/feature_encoder.js';
import { formatNames } from '../report/format.js';
import { predictedClasses, type LabelledPredictions } from '../training/numbers/classification_report.js';
import { readAs, type LoadedDataset } from './load_dataset.js';

/** The reviews that a model is evaluated on. */
export interface ChosenReviews extends Reviews {
  /** The name of the split, or `all`. */
  name: string;
  /** Returns the file, or the file and line, of a review. */
  originOf: (review: number) => string;
}

/**
 * Reads the reviews of a data set with the features of a model, and chooses those of a split: `test` where none is asked for,
 * and all of a data set that was loaded as a whole.
 * @throws ImdbTorchError ERR_DATASET when there is no review, or a class that the model does not know; ERR_USAGE for a
 *   classifier of a model file; the reason of `signal`
 */
export async function readFor(
  { featurizer, classes }: RunClassifier,
  dataset: LoadedDataset,
  { split, signal }: { readonly split?: SplitName | 'all' | undefined; readonly signal?: AbortSignal | undefined },
): Promise<{ reviews: LoadedDataset; chosen: ChosenReviews }> {
  assertOfRun(featurizer);
  const { choice } = dataset.loading;
  const isWhole = choice.whole === true;
  const reviews = await readAs(dataset, { ...choice, vocab: null, featurizer, toTrain: !isWhole }, { signal });
  return { reviews, chosen: chooseReviews(reviews, split ?? (isWhole ? 'all' : 'test'), classes) };
}

/** A classifier of a model file has no vocabulary. */
function assertOfRun(featurizer: FeatureEncoder): void {
  if ('vocabulary' in featurizer) return;
  throw new ImdbTorchError(
    'ERR_USAGE',
    'Expected a classifier of a run directory, with its vocabulary, but received one of a model file; open the run with ' +
      'TextClassifier.open, or with openRun of imdb-torch/portable/node.',
  );
}

/**
 * Returns the reviews of one split, or of all, labelled with the class numbers of the model.
 * @throws ImdbTorchError ERR_DATASET when there is no review, or a class that the model does not know
 */
export function chooseReviews(dataset: Dataset, name: SplitName | 'all', classes: readonly string[]): ChosenReviews {
  const names = name === 'all' ? splitNames : [name];
  const splits = names.map((each) => dataset.splits[each]);
  const joined = joinReviews(splits);
  const labels = mapLabels(dataset, joined.labels, classes);
  if (labels.length === 0) {
    throw new ImdbTorchError(
      'ERR_DATASET',
      `Expected reviews in the ${name} split but ${dataset.source.location} has none there; take --split all.`,
    );
  }
  return { ...joined, name, labels, originOf: joinOrigins(splits) };
}

function mapLabels({ source, classes: own }: Dataset, labels: Int32Array, classes: readonly string[]): Int32Array {
  // Models of earlier versions may have another spelling.
  const places = new Map(classes.map((name, k) => [labelName(name), k]));
  const unknown = own.filter((name) => !places.has(labelName(name)));
  const numbers = own.map((name) => places.get(labelName(name)) ?? 0);
  if (unknown.length === 0) return labels.map((label) => numbers[label] ?? 0);
  throw new ImdbTorchError(
    'ERR_DATASET',
    `Expected reviews of the classes ${formatNames(classes)} but ${source.location} has ${formatNames(unknown)}; ` +
      'give data with the labels that the model was trained on, or name them with --labels.',
  );
}

/** Names the origins of the reviews of splits that follow on each other. */
function joinOrigins(splits: readonly EncodedSplit[]): ChosenReviews['originOf'] {
  const parts: { start: number; nameOf: (review: number) => string }[] = [];
  let start = 0;
  for (const { labels, origins } of splits) {
    parts.unshift({ start, nameOf: originNames(origins) });
    start += labels.length;
  }
  return (review) => {
    const part = parts.find((each) => each.start <= review);
    return part?.nameOf(review - part.start) ?? '';
  };
}

/** How such a file begins. */
export const predictionStart = '{"origin":';

/** Yields the lines that `--save-predictions` writes: one JSON object for each review. */
export function* predictionLines(
  { originOf }: ChosenReviews,
  predictions: LabelledPredictions,
  classes: readonly string[],
): Generator<string> {
  const { labels, probabilities } = predictions;
  const predicted = predictedClasses(predictions);
  for (const [review, label] of labels.entries()) {
    const own = classes.map((name, k) => [name, probabilities[review * classes.length + k]] as const);
    const line = {
      origin: originOf(review),
      label: classes[label],
      predicted: classes[predicted[review] ?? 0],
      probabilities: Object.fromEntries(own),
    };
    yield `${JSON.stringify(line)}\n`;
  }
}
