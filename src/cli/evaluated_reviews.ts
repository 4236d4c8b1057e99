import { originNames, splitNames, type Dataset, type EncodedSplit, type SplitName } from '../data/dataset.js';
import { ImdbTorchError } from '../errors.js';
import { predictedClasses, type LabelledPredictions } from '../training/classification_report.js';

/** The reviews that a model is evaluated on. */
export interface ChosenReviews extends Pick<EncodedSplit, 'ids' | 'offsets' | 'labels'> {
  /** What they are called. */
  name: string;
  /** File, or file and line, of a review. */
  originOf: (review: number) => string;
}

/** Data that have a test split of their own. */
const kindsWithTest: readonly string[] = ['archive', 'folder', 'sample'];

/**
 * The reviews of one split or of all, labelled with the class numbers of the model.
 * @param split undefined: test; all of them where `given` data have no test split of their own
 * @throws ImdbTorchError ERR_DATASET when there is a class that the model does not know
 */
export function chooseReviews(
  dataset: Dataset,
  split: string | undefined,
  given: boolean,
  classes: readonly string[],
): ChosenReviews {
  const whole = given && !kindsWithTest.includes(dataset.source.kind);
  const name = split ?? (whole ? 'all' : 'test');
  const names = name === 'all' ? splitNames : [name as SplitName];
  const joined = joinSplits(names.map((each) => dataset.splits[each]));
  return { ...joined, name, labels: mapLabels(dataset, joined.labels, classes) };
}

function mapLabels(
  { source, classes: own }: Dataset,
  labels: Int32Array,
  classes: readonly string[],
): Int32Array {
  const numbers = own.map((name) => classes.indexOf(name));
  const unknown = own.filter((_, k) => numbers[k] === -1);
  if (unknown.length === 0) return labels.map((label) => numbers[label] ?? 0);
  throw new ImdbTorchError(
    'ERR_DATASET',
    `Expected reviews of the classes ${classes.join(', ')} but ${source.location} has ${unknown.join(', ')}; ` +
      'give data with the labels that the model was trained on, or name them with --labels.',
  );
}

function joinSplits(splits: readonly EncodedSplit[]): Omit<ChosenReviews, 'name'> {
  const ids = concatenate(splits.map((split) => split.ids));
  const labels = concatenate(splits.map((split) => split.labels));
  const offsets = new Int32Array(labels.length + 1);
  const origins: { start: number; nameOf: (review: number) => string }[] = [];
  let [row, entry] = [0, 0];
  for (const split of splits) {
    origins.unshift({ start: row, nameOf: originNames(split.origins) });
    for (const [index, offset] of split.offsets.entries()) offsets[row + index] = entry + offset;
    row += split.labels.length;
    entry += split.ids.length;
  }
  const originOf = (review: number): string => {
    const part = origins.find(({ start }) => start <= review);
    return part?.nameOf(review - part.start) ?? '';
  };
  return { ids, offsets, labels, originOf };
}

function concatenate(arrays: readonly Int32Array[]): Int32Array {
  const result = new Int32Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let start = 0;
  for (const array of arrays) {
    result.set(array, start);
    start += array.length;
  }
  return result;
}

/** What `--save-predictions` writes: a JSON object a review. */
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
