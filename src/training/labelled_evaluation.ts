import { setImmediate } from 'node:timers/promises';
import { checkReviews, sliceOf, type Reviews } from '../data/splits/reviews.js';
import type { Bags } from '../model/native.js';
import { aClassifier } from '../portable/expected.js';
import type { TextClassifier } from '../model/text_classifier.js';
import type { BaseClassifier, LabelledLosses } from '../portable/base_classifier.js';
import { probabilityMetrics } from './calibration.js';
import type { LabelledPredictions } from './numbers/classification_report.js';
import { checkEvaluation, examplesPerSlice, meanOf, type EvaluateOptions, type Metrics } from './evaluation.js';

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
/** The same where plain JavaScript computes them, which takes some 100 microseconds for each. */
const portableReviewsAtOnce = 128;

/**
 * Evaluates a model on encoded reviews.
 * @param reviews encoded with the features of `classifier`, labelled with its class numbers
 * @throws the reason of `signal`
 */
export async function evaluateLabelled(
  classifier: BaseClassifier,
  reviews: Reviews,
  options: EvaluateOptions,
): Promise<LabelledEvaluation> {
  aClassifier(classifier, 'classifier');
  checkReviews(reviews, 'reviews');
  checkEvaluation(options, 'options');
  const { loss, signal } = options;
  const { labels } = reviews;
  const slices: LabelledLosses[] = [];
  const atOnce = classifier.engine === 'portable' ? portableReviewsAtOnce : examplesPerSlice;
  for (let start = 0; start < labels.length; start += atOnce) {
    signal?.throwIfAborted();
    const end = Math.min(start + atOnce, labels.length);
    slices.push(classifier.evaluateEncoded(sliceOf(reviews, start, end), labels.subarray(start, end), loss));
    await setImmediate();
  }
  signal?.throwIfAborted();
  const logits = new Float64Array(labels.length * classifier.classes.length);
  slices.forEach((slice, index) => {
    logits.set(slice.logits, index * atOnce * classifier.classes.length);
  });
  const ofLogits = meanOf(slices);
  const predictions = predictionsOf(classifier, logits, labels);
  return { metrics: metricsOf(classifier, predictions, ofLogits), ofLogits, predictions };
}

function metricsOf(
  { description: { calibration, decision } }: BaseClassifier,
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
  return predictionsOf(classifier, logits, labels);
}

function predictionsOf(classifier: BaseClassifier, logits: Float64Array, labels: Int32Array): LabelledPredictions {
  const probabilities = classifier.probabilities(logits);
  const logOdds = classifier.logOdds(logits);
  const predicted = classifier.decide(probabilities);
  return { labels, probabilities, logOdds, classes: classifier.classes.length, predicted };
}
