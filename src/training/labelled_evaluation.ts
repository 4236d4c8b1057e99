import { setImmediate } from 'node:timers/promises';
import { checkReviews, type Reviews } from '../data/splits/reviews.js';
import type { Bags } from '../model/native.js';
import { aClassifier } from '../model/expected.js';
import type { TextClassifier } from '../model/text_classifier.js';
import { probabilityMetrics } from './calibration.js';
import type { LabelledPredictions } from './numbers/classification_report.js';
import { checkEvaluation, evaluateModel, type EvaluateOptions, type Metrics } from './metrics.js';
import { createBags } from '../model/bags.js';

export interface LabelledEvaluation {
  /**
   * Metrics of the calibrated probabilities, with the log loss as loss; without a calibration those of the logits. The
   * accuracy is that of the predicted classes.
   */
  metrics: Metrics;
  /** Metrics of the logits, with the form of the loss that was asked for. */
  ofLogits: Metrics;
  predictions: LabelledPredictions;
}

/** Number of reviews that are computed between two turns of the event loop. */
const reviewsAtOnce = 4096;

/**
 * Evaluates a model on encoded reviews.
 * @param reviews encoded with the features of `classifier`, labelled with its class numbers
 * @throws the reason of `signal`
 */
export async function evaluateLabelled(
  classifier: TextClassifier,
  reviews: Reviews,
  options: EvaluateOptions,
): Promise<LabelledEvaluation> {
  aClassifier(classifier, 'classifier');
  checkReviews(reviews, 'reviews');
  checkEvaluation(options, 'options');
  const { loss, signal } = options;
  const bags = createBags(reviews, classifier.featurizer);
  try {
    const ofLogits = await evaluateModel(classifier.model.classifier, bags, { loss, signal });
    const predictions = await predictLabelled(classifier, bags, reviews.labels, signal);
    return { metrics: metricsOf(classifier, predictions, ofLogits), ofLogits, predictions };
  } finally {
    bags.dispose();
  }
}

function metricsOf(
  { description: { calibration, decision } }: TextClassifier,
  predictions: LabelledPredictions,
  ofLogits: Metrics,
): Metrics {
  if (calibration !== null) return probabilityMetrics(predictions);
  if (decision === undefined) return ofLogits;
  return { loss: ofLogits.loss, accuracy: probabilityMetrics(predictions).accuracy };
}

/** Predicts the classes of bags of the model's features. @throws the reason of `signal` */
export async function predictLabelled(
  classifier: TextClassifier,
  bags: Bags,
  labels: Int32Array,
  signal?: AbortSignal,
): Promise<LabelledPredictions> {
  const { length: classes } = classifier.classes;
  const logits = new Float64Array(labels.length * classes);
  for (let start = 0; start < labels.length; start += reviewsAtOnce) {
    signal?.throwIfAborted();
    const rows = Int32Array.from({ length: Math.min(reviewsAtOnce, labels.length - start) }, (_, row) => start + row);
    logits.set(classifier.logitsOfBags(bags, rows), start * classes);
    await setImmediate();
  }
  const probabilities = classifier.probabilities(logits);
  const logOdds = classifier.logOdds(logits);
  return { labels, probabilities, logOdds, classes, predicted: classifier.decide(probabilities) };
}
