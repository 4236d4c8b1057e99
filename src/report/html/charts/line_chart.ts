import { curveLinear, line } from 'd3-shape';
import { html, type Markup } from '../markup.js';
import { across, drawPlot, horizontalAxis, coordinate, verticalAxis, type Axis, type TickForm } from './plot.js';

export interface Point {
  x: number;
  y: number;
  /** Shown when the mouse rests on the point. */
  title: string;
}

export interface Series {
  /** Number of the colour in the palette of the page; 0: neutral. */
  colour: number;
  /** Drawn light and dashed, beside a series that matters more. */
  minor: boolean;
  points: readonly Point[];
}

export interface LineChartOptions {
  label: string;
  series: readonly Series[];
  /** The form of the numbers along the vertical axis. */
  form: TickForm;
}

const height = 232;
/** Where there are more points, only the last of each line is a dot. */
const mostDots = 240;

/** Lines over whole numbers. */
export function lineChart({ label, series, form }: LineChartOptions): Markup {
  const points = series.flatMap((each) => each.points);
  const wholes = points.map(({ x }) => x);
  const x = horizontalAxis(wholes, 8, 'whole');
  const y = verticalAxis(
    points.map((point) => point.y),
    5,
    height,
    form,
  );
  // What matters is drawn last, over the rest.
  const ordered = [...series].sort((one, other) => Number(other.minor) - Number(one.minor));
  return drawPlot({
    label,
    height,
    x,
    y,
    canvas: ordered.map((each) => drawLine(each, x, y)),
    marks: ordered.map((each) => drawDots(each, points.length > mostDots, x, y)),
  });
}

function drawLine({ colour, minor, points }: Series, x: Axis, y: Axis): Markup {
  const path = line<Point>(
    (point) => x.scale(point.x),
    (point) => y.scale(point.y),
  )
    .curve(curveLinear)
    .digits(2);
  const name = `line colour-${colour}${minor ? ' minor' : ''}`;
  return html`<path class="${name}" d="${path(points) ?? ''}" />`;
}

function drawDots({ colour, minor, points }: Series, onlyLast: boolean, x: Axis, y: Axis): Markup[] {
  const shown = onlyLast ? points.slice(-1) : points;
  return shown.map((point) => {
    const last = point === points.at(-1) && !minor;
    const place = [across(x.scale(point.x)), coordinate(y.scale(point.y))] as const;
    const name = `dot colour-${colour}${last ? ' last' : ''}`;
    return html`<circle class="${name}" cx="${place[0]}" cy="${place[1]}" r="${last ? 4 : 2}"
      ><title>${point.title}</title></circle
    >`;
  });
}
