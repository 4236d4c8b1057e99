import { withShare } from '../../training/linear/fold_plan.js';
import { OutOfFold } from '../../training/linear/out_of_fold.js';
import { isLargerBetter, type MetricName } from '../../training/metric_names.js';
import { averageOf } from './candidate.js';
import { Judge, type Judgement } from './judge.js';
import type { SearchEvents } from './search.js';

/** How good a model is by the number of reviews that it is fitted on. */
export interface LearningCurve {
  readonly metric: MetricName;
  /** From few to all of the reviews that a fold leaves to fit on. */
  readonly points: readonly CurvePoint[];
  /** What twice as many reviews as those of the last point would probably bring; null with fewer than three points. */
  readonly twice: number | null;
}

interface CurvePoint {
  /** The mean over the folds. */
  readonly reviews: number;
  /** The metric of the held-out reviews. */
  readonly value: number;
  readonly standardError: number;
}

const shares = [1 / 8, 1 / 4, 1 / 2];
/** Models of fewer reviews a class say nothing of more. */
const leastPerClass = 2;

/**
 * Fits the models of a candidate that has been judged on parts of the reviews of each fold, and judges them on the reviews
 * that the fold holds out, too.
 * @param judge has judged the candidate on all its folds
 * @throws the reason of the signal that `judge` works with
 */
export async function learningCurve(
  judge: Judge,
  { candidate, measured }: Judgement,
  events?: SearchEvents,
): Promise<LearningCurve> {
  const { plan, options, outOfFold } = judge;
  const { length: folds } = plan.folds;
  const points: CurvePoint[] = [];
  for (const share of shares) {
    const part = withShare(plan, options, share);
    if (meanReviews(part.folds) < leastPerClass * options.classes) continue;
    const own = new OutOfFold(outOfFold.reviewsWith, part.folds, outOfFold.options);
    await own.prepare([averageOf(candidate)], folds, (done, total) => events?.onFitting?.(done, total));
    const { value, standardError } = new Judge(own, part, options).judge(candidate, folds).measured;
    points.push({ reviews: meanReviews(part.folds), value, standardError });
  }
  const { value, standardError } = measured;
  points.push({ reviews: meanReviews(plan.folds), value, standardError });
  const values = points.map((point) => point.value);
  return { metric: options.metric, points, twice: valueOfTwice(values, options.metric) };
}

function meanReviews(folds: readonly { readonly fit: Int32Array }[]): number {
  return Math.round(folds.reduce((sum, { fit }) => sum + fit.length, 0) / folds.length);
}

/** By how much less each doubling brings than the one before: values outside are chance. */
const ratios = { least: 0.3, most: 0.8 };

/**
 * Returns the next of values of which each has twice the reviews of the one before, by the power law through the last three,
 * `a - b n^-c`, whose differences have one ratio, `2^-c`. What the last two doublings brought together counts, so that the
 * chance in the middle one does not, and the ratio is kept within what such curves have.
 */
export function valueOfTwice(values: readonly number[], metric: MetricName): number | null {
  const [first, middle, last] = values.slice(-3);
  if (first === undefined || middle === undefined || last === undefined) return null;
  const sign = isLargerBetter(metric) ? 1 : -1;
  const [before, after] = [sign * (middle - first), sign * (last - middle)];
  // More reviews do not make a model worse.
  const gained = Math.max(0, before + after);
  const found = before > 0 ? after / before : ratios.most;
  const ratio = Math.min(Math.max(found, ratios.least), ratios.most);
  const value = last + (sign * gained * ratio ** 2) / (1 + ratio);
  return metric === 'log-loss' ? Math.max(value, 0) : Math.min(value, 1);
}
