import type { LearningCurve } from '../../experiments/auto/learning_curve.js';
import { formatCount, formatMetric, metricTitles } from '../format.js';
import { bringsLittle } from '../learning_curve.js';
import { lineChart, type Point } from './charts/charts.js';
import type { Field } from './field.js';
import { html, type Content, type Markup } from './markup.js';
import { figure, finiteNumber, type RunView } from './run_view.js';
import { section, sideBySide, table } from './sections.js';

/** Draws how good models are by the number of reviews that they are fitted on; null where no run has that. */
export function learningCurves(runs: readonly RunView[]): Markup | null {
  const body = sideBySide(runs, ({ fields }, colour) => {
    const curve = fields.at('learningCurve');
    return curve.value === undefined ? null : drawCurve(curve, curve.value, colour);
  });
  if (body === null) return null;
  return section({
    title: 'What more reviews would bring',
    note: 'How good the model is on reviews that were held out, when it is fitted on a part of the others.',
    body,
  });
}

function drawCurve(curve: Field<LearningCurve>, value: LearningCurve, colour: number): Content {
  const { metric } = value;
  const title = metricTitles[metric];
  const format = (number: number): string => formatMetric(metric, number);
  const items = curve.at('points').items();
  const points = items.flatMap((each): Point[] => {
    const [x, y] = [finiteNumber(each.at('reviews')), finiteNumber(each.at('value'))];
    return x === null || y === null ? [] : [{ x, y, title: `${formatCount(x)} reviews: ${format(y)}` }];
  });
  const rows = items.map((each) => [
    figure(each.at('reviews'), formatCount),
    figure(each.at('value'), format),
    figure(each.at('standardError'), format),
  ]);
  return html`<figure>
      <figcaption>${title.charAt(0).toUpperCase()}${title.slice(1)}</figcaption>
      ${lineChart({
        label: `${title} of held-out reviews by the number of reviews that the model is fitted on; the numbers are in the table below.`,
        series: [{ colour, minor: false, points }],
        form: metric === 'accuracy' || metric === 'macro-f1' ? 'percent' : 'plain',
      })}
      <p class="axis">reviews that the model is fitted on</p>
    </figure>
    ${sentence(curve, value, format)}
    ${table(`Held-out ${title} by number of reviews`, ['fitted on', title, 'standard error'], rows)}`;
}

function sentence(curve: Field<LearningCurve>, value: LearningCurve, format: (value: number) => string): Content {
  const isLittle = bringsLittle(value);
  if (isLittle === null) return null;
  const title = metricTitles[value.metric];
  if (isLittle) {
    return html`<p class="lead">
      Twice as many labelled reviews would bring little: less than the standard error of the ${title}.
    </p>`;
  }
  return html`<p class="lead">
    Twice as many labelled reviews would probably bring the ${title} from
    ${figure(curve.at('points').at(value.points.length - 1, 'value'), format)} to about
    ${figure(curve.at('twice'), format)}.
  </p>`;
}
