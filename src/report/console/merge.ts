import type { MergeComparison } from '../../experiments/merge.js';
import { formatCount } from '../format.js';
import { formatError } from '../../experiments/check.js';

/**
 * Says what a merge did to the outputs, which is rounding.
 * @param figures with the number of validation reviews as `count`
 */
export function describeMerge(figures: MergeComparison & { count: number }): string {
  const { count, maxAbsLogitDifference, maxAbsLogit, predictionFlips } = figures;
  return (
    `Between adapter and merged model, on ${formatCount(count)} validation reviews: ` +
    `the largest change of a logit is ${formatError(maxAbsLogitDifference)} ` +
    `(the largest logit is ${maxAbsLogit.toPrecision(3)}), ` +
    `${formatCount(predictionFlips)} ${predictionFlips === 1 ? 'prediction' : 'predictions'} changed.`
  );
}
