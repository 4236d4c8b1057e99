import { readLogits, type Metrics } from '../training/metrics.js';
import { runTest, type PhaseContext } from '../training/phase.js';

export interface MergeResult {
  /** On the test set, after the merge. */
  test: Metrics;
  testSeconds: number;
  /** Over the validation set, before and after the merge. */
  maxAbsLogitDifference: number;
  /** The largest logit there, to judge the difference by. */
  maxAbsLogit: number;
  /** Reviews of the validation set that are predicted otherwise after the merge. */
  predictionFlips: number;
}

/** Merges the LoRA branch into W, compares the logits of the validation set, and tests. */
export async function mergeAndTest(context: PhaseContext): Promise<MergeResult> {
  const { model, bags, generator } = context;
  const before = readLogits(model.classifier, bags.valid);
  model.hidden.merge({ generator });
  const after = readLogits(model.classifier, bags.valid);
  const tested = await runTest(context, 'merged');
  return { ...tested, ...compareLogits(before, after, model.classifier.classes) };
}

/** @param before,after `[n, classes]`, row-major */
export function compareLogits(
  before: Float64Array,
  after: Float64Array,
  classes: number,
): Omit<MergeResult, 'test' | 'testSeconds'> {
  const result = { maxAbsLogitDifference: 0, maxAbsLogit: 0, predictionFlips: 0 };
  for (let start = 0; start < before.length; start += classes) {
    const [old, now] = [before.subarray(start, start + classes), after.subarray(start, start + classes)];
    if (indexOfLargest(old) !== indexOfLargest(now)) result.predictionFlips++;
    for (const [index, logit] of old.entries()) {
      const difference = Math.abs(logit - (now[index] ?? NaN));
      result.maxAbsLogitDifference = Math.max(result.maxAbsLogitDifference, difference);
      result.maxAbsLogit = Math.max(result.maxAbsLogit, Math.abs(logit));
    }
  }
  return result;
}

function indexOfLargest(values: Float64Array): number {
  return values.indexOf(Math.max(...values));
}
