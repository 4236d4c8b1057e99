import { area, curveStepAfter } from 'd3-shape';
import { html, type Markup } from '../markup.js';
import { drawPlot, horizontalAxis, verticalAxis } from './plot.js';

export interface AreaChartOptions {
  label: string;
  /** Side by side, from 0. */
  values: readonly number[];
  height: number;
  colour: number;
}

/** Where there are more values, only every second, third, ... is drawn. */
const mostSteps = 250;

/** Many values as one stepped shape. */
export function areaChart({ label, values, height, colour }: AreaChartOptions): Markup {
  const x = horizontalAxis([0, values.length], 6, 'whole');
  const y = verticalAxis([0, ...values], 4, height, 'plain');
  const stride = Math.ceil(values.length / mostSteps);
  const steps = values.map((value, place) => ({ place, value })).filter(({ place }) => place % stride === 0);
  const end = { place: values.length, value: values.at(-1) ?? 0 };
  const path = area<typeof end>()
    .x(({ place }) => x.scale(place))
    .y0(y.scale(0))
    .y1(({ value }) => y.scale(value))
    .curve(curveStepAfter)
    .digits(2);
  const shape = html`<path class="column colour-${colour}" d="${path([...steps, end]) ?? ''}" />`;
  return drawPlot({ label, height, x, y, canvas: shape, marks: null });
}
