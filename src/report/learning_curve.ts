import { isLargerBetter } from '../training/metric_names.js';
import type { LearningCurve } from '../experiments/auto/learning_curve.js';

/**
 * Whether twice as many reviews would bring less than the standard error of what there is.
 * @returns null where it is not known what they would bring
 */
export function bringsLittle({ metric, points, twice }: LearningCurve): boolean | null {
  const last = points.at(-1);
  if (last === undefined || twice === null) return null;
  const gain = isLargerBetter(metric) ? twice - last.value : last.value - twice;
  return gain < last.standardError;
}
