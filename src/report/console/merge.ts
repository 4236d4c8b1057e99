import { formatCount, formatError } from '../format.js';

export interface MergeFigures {
  /** Validation reviews. */
  count: number;
  maxAbsLogitDifference: number;
  maxAbsLogit: number;
  predictionFlips: number;
}

/** What a merge did to the outputs, which is rounding. */
export function describeMerge(figures: MergeFigures): string {
  const { count, maxAbsLogitDifference, maxAbsLogit, predictionFlips } = figures;
  return (
    `Between adapter and merged model, on ${formatCount(count)} validation reviews: ` +
    `the largest change of a logit is ${formatError(maxAbsLogitDifference)} ` +
    `(the largest logit is ${maxAbsLogit.toPrecision(3)}), ` +
    `${formatCount(predictionFlips)} ${predictionFlips === 1 ? 'prediction' : 'predictions'} changed.`
  );
}
