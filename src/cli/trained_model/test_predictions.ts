import { readRunDocument } from '../../storage/read_run.js';
import type { LabelledPredictions } from '../../training/numbers/classification_report.js';
import { formatText } from '../../report/format.js';
import { Terminal } from '../terminal.js';
import { chooseReviews } from '../../library/evaluated_reviews.js';
import { openClassifier } from './run_argument.js';
import { storedOptions } from '../../library/run_reviews.js';
import { readRunReviews } from './run_reviews.js';
import type { NamedRun } from '../../library/same_data.js';

/** What the model of a run predicts for its test reviews. */
export interface TestPredictions {
  readonly named: NamedRun;
  readonly predictions: LabelledPredictions;
  readonly classes: readonly string[];
  /** Names a review, by which it is told whether others are the same. */
  readonly originOf: (review: number) => string;
}

/**
 * Has the model of a run, as commands use it, predict its test reviews, which are read again: a run keeps no predictions.
 * @throws ImdbTorchError when the run, its reviews or the addon cannot be had; the reason of `signal`
 */
export async function predictTest(path: string, terminal: Terminal, signal: AbortSignal): Promise<TestPredictions> {
  const named = { path, run: await readRunDocument(path) };
  const { loss } = storedOptions(named);
  const classifier = await openClassifier(path, { engine: 'auto', threads: null }, terminal, signal);
  try {
    // What is to be said of the data was said when they were trained on.
    const silent = new Terminal({ json: true, quiet: true });
    const dataset = await readRunReviews(named, null, classifier.featurizer, silent, signal);
    const reviews = chooseReviews(dataset, 'test', classifier.classes);
    const { evaluateLabelled } = await import('../../training/labelled_evaluation.js');
    const { predictions } = await evaluateLabelled(classifier, reviews, { loss, signal });
    return { named, predictions, classes: classifier.classes, originOf: reviews.originOf };
  } finally {
    classifier.dispose();
  }
}

/** Says why runs have no test reviews in common, as far as their documents tell; null where they may have. */
export function whyOtherData({ path: a, run: { data } }: NamedRun, { path: b, run }: NamedRun): string | null {
  const other = run.data;
  if (data === undefined || other === undefined) {
    return `The models are not compared: ${formatText(data === undefined ? a : b)} does not say what it was tested on.`;
  }
  const { textsSha256 = null } = data;
  if (data.sha256 === other.sha256 || (textsSha256 !== null && textsSha256 === other.textsSha256)) return null;
  return (
    `The models are not compared: ${formatText(a)} was tested on other data (SHA-256 ${data.sha256.slice(0, 12)}...) ` +
    `than ${formatText(b)} (${other.sha256.slice(0, 12)}...).`
  );
}

/** Says why predictions cannot be paired; null where they can. */
export function whyUnpaired(a: TestPredictions, b: TestPredictions): string | null {
  const [one, other] = [formatText(a.named.path), formatText(b.named.path)];
  if (a.classes.length !== b.classes.length || a.classes.some((name, k) => name !== b.classes[k])) {
    return `The models are not compared: the classes of ${one} are not those of ${other}.`;
  }
  const { labels } = a.predictions;
  const isSame = (label: number, row: number): boolean =>
    label === b.predictions.labels[row] && a.originOf(row) === b.originOf(row);
  if (labels.length === b.predictions.labels.length && labels.every(isSame)) return null;
  return (
    `The models are not compared: ${one} holds out other test reviews of the same data than ${other}, ` +
    'as another --seed does.'
  );
}
