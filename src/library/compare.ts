import { aSignal, either, onlyFields, listOf, oneOf, optional } from '../arguments.js';
import { splitNames, type SplitName } from '../data/collected_reviews.js';
import { ImdbTorchError } from '../errors.js';
import { aClassifier } from '../portable/expected.js';
import type { TextClassifier } from '../model/text_classifier.js';
import { formatNames } from '../report/format.js';
import { evaluateLabelled } from '../training/labelled_evaluation.js';
import { metricNames, type MetricName } from '../training/metric_names.js';
import type { LabelledPredictions } from '../training/numbers/classification_report.js';
import { comparePredictions, usualBootstrap, type PairedComparison } from '../training/paired_comparison.js';
import { withOptionNames } from './call_options.js';
import { readFor } from './evaluated_reviews.js';
import { checkDataset, type LoadedDataset } from './load_dataset.js';

export interface CompareOptions {
  /** Which of the reviews. Default: `test`, and `all` of a data set that was loaded as a whole. */
  readonly split?: SplitName | 'all' | undefined;
  /** The metric whose difference is told, or several. Default: `accuracy`. */
  readonly metric?: MetricName | readonly MetricName[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What two models do with the same reviews; `test` is that of the document that `runs compare --json` prints. */
export interface ComparisonDocument {
  readonly schema: 1;
  readonly command: 'runs compare';
  readonly data: { readonly source: string; readonly sha256: string };
  readonly split: string;
  readonly classes: readonly string[];
  readonly test: PairedComparison;
}

const checkOptions = onlyFields({
  split: optional(oneOf(...splitNames, 'all')),
  metric: optional(either(Array.isArray, oneOf(...metricNames))),
  signal: optional(aSignal),
});

/**
 * Says whether one of two models is better on the same reviews by more than chance, as the command `runs compare` does:
 * McNemar's test, and the difference of each metric with a bootstrap interval. Each model reads the reviews with its own
 * features. That neither has been trained on them is up to the caller.
 * @param a model A
 * @param b model B, with the same classes
 * @throws ImdbTorchError ERR_DATASET when there is no review, or one of a class that a model does not know; ERR_RUN when the
 *   models have other classes; TypeError; the reason of `signal`
 */
export async function compare(
  a: TextClassifier,
  b: TextClassifier,
  dataset: LoadedDataset,
  options: CompareOptions = {},
): Promise<ComparisonDocument> {
  aClassifier(a, 'a');
  aClassifier(b, 'b');
  checkDataset(dataset);
  checkOptions(options, 'options');
  const { classes } = a;
  assertSameClasses(classes, b.classes);
  const { metric = 'accuracy', signal } = options;
  const metrics = [metric].flat();
  listOf(oneOf(...metricNames))(metrics, 'metric');
  const first = await predict(a, dataset, options);
  const second = await predict(b, dataset, options);
  const { location: source, sha256 } = dataset.source;
  const test = await comparePredictions(
    first.predictions,
    second.predictions,
    [...new Set(metrics)],
    usualBootstrap,
    signal,
  );
  return { schema: 1, command: 'runs compare', data: { source, sha256 }, split: first.split, classes, test };
}

async function predict(
  classifier: TextClassifier,
  dataset: LoadedDataset,
  options: CompareOptions,
): Promise<{ split: string; predictions: LabelledPredictions }> {
  const { chosen } = await withOptionNames(() => readFor(classifier, dataset, options));
  // No loss is told, so its form does not matter.
  const { predictions } = await evaluateLabelled(classifier, chosen, { loss: 'logits', signal: options.signal });
  return { split: chosen.name, predictions };
}

function assertSameClasses(a: readonly string[], b: readonly string[]): void {
  if (a.length === b.length && a.every((name, k) => name === b[k])) return;
  throw new ImdbTorchError(
    'ERR_RUN',
    `Expected models with the same classes, in the same order, but received one of ${formatNames(a)} and one of ` +
      `${formatNames(b)}; compare models that were trained on the same labels.`,
  );
}
