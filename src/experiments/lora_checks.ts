import type { Check } from '../report/checks.js';
import type { Metrics } from '../training/metrics.js';
import type { OfLayer } from './layer_state.js';
import type { MergeResult } from './merge.js';
import { mergedAccuracyTolerance, mergedLogitTolerance, mergedLossTolerance } from './tolerances.js';
import type { FloatDtype } from '../../binding.js';

/** What must hold after fine-tuning. @param same which parameters kept their bits */
export function fineTuningChecks(same: OfLayer<boolean>): Check[] {
  return [
    { name: 'fine-tuning left W as it was, bit for bit', passed: same.weight },
    { name: 'fine-tuning left the bias as it was, bit for bit', passed: same.bias },
    { name: 'fine-tuning changed A', passed: !same.A },
    { name: 'fine-tuning changed B', passed: !same.B },
    ...(same.magnitude === undefined
      ? []
      : [{ name: "fine-tuning changed DoRA's magnitudes", passed: !same.magnitude }]),
  ];
}

/** What must hold after merging. @param same which parameters kept their bits @param before the test before it */
export function mergeChecks(
  same: OfLayer<boolean>,
  before: Metrics,
  merged: MergeResult,
  dtype: FloatDtype,
): Check[] {
  const lossDifference = Math.abs(merged.test.loss - before.loss);
  const accuracyDifference = Math.abs(merged.test.accuracy - before.accuracy);
  return [
    { name: 'merging changed W', passed: !same.weight },
    { name: 'merging left the bias as it was, bit for bit', passed: same.bias },
    {
      name: 'the merged model has the test loss of before the merge',
      passed: lossDifference <= mergedLossTolerance(dtype) * Math.max(1, before.loss),
      detail: `difference ${lossDifference.toExponential(1)}`,
    },
    {
      name: 'the merged model has the test accuracy of before the merge',
      passed: accuracyDifference <= mergedAccuracyTolerance,
      detail: `difference ${accuracyDifference.toExponential(1)}`,
    },
    {
      name: 'merging moved the validation logits by rounding only',
      passed: merged.maxAbsLogitDifference <= mergedLogitTolerance(dtype) * Math.max(1, merged.maxAbsLogit),
      detail:
        `${merged.maxAbsLogitDifference.toExponential(1)}, ` +
        `${merged.predictionFlips} predictions flipped`,
    },
  ];
}
