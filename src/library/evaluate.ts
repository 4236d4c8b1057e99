import { aSignal, onlyFields, oneOf, optional, wholeFrom } from '../arguments.js';
import { splitNames, type SplitName } from '../data/collected_reviews.js';
import type { ReadAccount } from '../data/read_account.js';
import type { LossForm } from '../model/native.js';
import type { RunClassifier } from '../model/run_classifier.js';
import { aClassifier } from '../portable/expected.js';
import { evaluationDocument, type EvaluationFigures } from '../report/console/evaluation.js';
import { evaluateLabelled } from '../training/labelled_evaluation.js';
import {
  classificationReport,
  mostConfidentMistakes,
  type LabelledPredictions,
} from '../training/numbers/classification_report.js';
import { readFor, type ChosenReviews } from './evaluated_reviews.js';
import { withOptionNames } from './call_options.js';
import { checkDataset, type LoadedDataset } from './load_dataset.js';

export interface EvaluateCallOptions {
  /** Which of the reviews. Default: `test`, and `all` of a data set that was loaded as a whole. */
  readonly split?: SplitName | 'all' | undefined;
  /** Number of the most confident mistakes that are listed. Default: 10. */
  readonly mistakes?: number | undefined;
  /** The form of the loss, for metrics that are not calibrated. Default: that of the model's training. */
  readonly loss?: LossForm | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The document that `evaluate --json` prints, but for the run directory. */
export type EvaluationDocument = ReturnType<typeof evaluationDocument> & {
  readonly schema: 1;
  readonly command: 'evaluate';
  readonly data: { readonly source: string; readonly sha256: string };
  readonly read: ReadAccount;
};

const checkOptions = onlyFields({
  split: optional(oneOf(...splitNames, 'all')),
  mistakes: optional(wholeFrom(0)),
  loss: optional(oneOf('softmax', 'logits')),
  signal: optional(aSignal),
});
const usualMistakes = 10;

/**
 * Says how good a model is on reviews, as the command `evaluate` does: by class, with its calibration and worst mistakes.
 * The reviews are read with the features of the model.
 * @throws ImdbTorchError ERR_DATASET when there is no review, or one of a class that the model does not know; ERR_USAGE when
 *   the classifier is one of a model file, which has no vocabulary; TypeError; the reason of `signal`
 */
export async function evaluate(
  classifier: RunClassifier,
  dataset: LoadedDataset,
  options: EvaluateCallOptions = {},
): Promise<EvaluationDocument> {
  aClassifier(classifier, 'classifier');
  checkDataset(dataset);
  checkOptions(options, 'options');
  const { signal, mistakes = usualMistakes, loss = classifier.loss } = options;
  const { reviews, chosen } = await withOptionNames(() => readFor(classifier, dataset, options));
  const { figures } = await evaluateReviews(classifier, chosen, { loss, mistakes, signal });
  const { location: source, sha256 } = reviews.source;
  const about = { schema: 1, command: 'evaluate', data: { source, sha256 }, read: reviews.read } as const;
  return { ...about, ...evaluationDocument(figures) };
}

/** Evaluates a model on reviews. @throws the reason of `signal` */
export async function evaluateReviews(
  classifier: RunClassifier,
  reviews: ChosenReviews,
  { loss, mistakes, signal }: { loss: LossForm; mistakes: number; signal: AbortSignal | undefined },
): Promise<{ figures: EvaluationFigures; predictions: LabelledPredictions }> {
  const { classes, description } = classifier;
  const { metrics, ofLogits, predictions } = await evaluateLabelled(classifier, reviews, { loss, signal });
  const figures = {
    split: reviews.name,
    count: reviews.labels.length,
    engine: classifier.engine,
    classes,
    metrics,
    uncalibrated: description.calibration === null ? null : ofLogits,
    decision: description.decision ?? null,
    report: classificationReport(predictions),
    mistakes: mostConfidentMistakes(predictions, mistakes),
    originOf: reviews.originOf,
  };
  return { figures, predictions };
}
