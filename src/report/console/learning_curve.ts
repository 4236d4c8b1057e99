import type { LearningCurve } from '../../experiments/auto/learning_curve.js';
import { formatCount, formatMetric, metricTitles } from '../format.js';
import { bringsLittle } from '../learning_curve.js';
import { formatCurve } from './curve.js';
import { formatHeading, type LineStyle } from './line_style.js';
import { formatTable } from './table.js';

/**
 * Says how good a model is by the number of reviews that it is fitted on, and what twice as many would bring.
 * @param width columns that a line may take
 */
export function describeLearningCurve(curve: LearningCurve, width: number, style: LineStyle): string[] {
  const { metric, points } = curve;
  const format = (value: number): string => formatMetric(metric, value);
  const rows = points.map(({ reviews, value, standardError }) => [
    formatCount(reviews),
    `${format(value)} ± ${format(standardError)}`,
  ]);
  const values = points.map(({ value }) => value);
  const title = `Held-out ${metricTitles[metric]}, each column twice the reviews:`;
  return [
    formatHeading('Learning curve', style),
    formatTable(['fitted on', metricTitles[metric]], rows, style, []),
    ...formatCurve(title, values, width, style, format),
    ...describeTwice(curve),
  ];
}

function describeTwice(curve: LearningCurve): string[] {
  const { metric, points, twice } = curve;
  const last = points.at(-1);
  if (last === undefined || twice === null) return [];
  const [now, then, error] = [last.value, twice, last.standardError].map((value) => formatMetric(metric, value));
  const title = metricTitles[metric];
  return bringsLittle(curve) === true
    ? [`Twice as many labelled reviews would bring little: less than the standard error of the ${title}, ${error}.`]
    : [`Twice as many labelled reviews would probably bring the ${title} from ${now} to about ${then}.`];
}
