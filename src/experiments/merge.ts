import type { Reviews } from '../data/splits/reviews.js';
import { decide } from '../portable/numbers/decision.js';
import type { TextClassifier } from '../model/text_classifier.js';
import { readLogits } from '../training/metrics.js';
import type { Metrics } from '../training/evaluation.js';
import { runTest, type PhaseContext } from '../training/phase.js';
import { createBags } from '../model/bags.js';

/** The logits of the validation set before and after a merge. */
export interface MergeComparison {
  maxAbsLogitDifference: number;
  /** The largest logit, to judge the difference by. */
  maxAbsLogit: number;
  /** Reviews that are predicted otherwise after the merge. */
  predictionFlips: number;
}

export interface MergeResult extends MergeComparison {
  /** On the test set, after the merge. */
  test: Metrics;
  testSeconds: number;
}

/** Merges the LoRA branches into their layers, compares the logits of the validation set, and tests. */
export async function mergeAndTest(context: PhaseContext): Promise<MergeResult> {
  const { model, bags, generator } = context;
  const before = readLogits(model.classifier, bags.valid);
  for (const layer of model.branches.values()) layer.merge({ generator });
  const after = readLogits(model.classifier, bags.valid);
  const tested = await runTest(context, 'merged');
  return { ...tested, ...compareLogits(before, after, model.classifier.classes) };
}

/**
 * Merges the adapters that a classifier uses, and compares its logits of some reviews.
 * @param reviews encoded with the features of `classifier`
 * @throws what `AdapterSet.merge` throws; nothing is merged then
 */
export function mergeAdapters(classifier: TextClassifier, reviews: Reviews): MergeComparison {
  using bags = createBags(reviews, classifier.featurizer);
  const before = classifier.logitsOfBags(bags);
  classifier.adapters.merge();
  const predict = (logits: Float64Array): Int32Array => classifier.decide(classifier.probabilities(logits));
  return compareLogits(before, classifier.logitsOfBags(bags), classifier.classes.length, predict);
}

/**
 * @param before,after `[n, classes]`, row-major
 * @param predict gives the classes that logits stand for, `[n]`; by default those of the largest logits
 */
export function compareLogits(
  before: Float64Array,
  after: Float64Array,
  classes: number,
  predict = (logits: Float64Array): Int32Array => decide(logits, classes, undefined),
): MergeComparison {
  const result = { maxAbsLogitDifference: 0, maxAbsLogit: 0, predictionFlips: 0 };
  const now = predict(after);
  for (const [row, predicted] of predict(before).entries()) {
    if (predicted !== now[row]) result.predictionFlips++;
  }
  for (const [index, logit] of before.entries()) {
    const difference = Math.abs(logit - (after[index] ?? NaN));
    result.maxAbsLogitDifference = Math.max(result.maxAbsLogitDifference, difference);
    result.maxAbsLogit = Math.max(result.maxAbsLogit, Math.abs(logit));
  }
  return result;
}
