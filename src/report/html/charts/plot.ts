import { scaleLinear, type ScaleLinear } from 'd3-scale';
import { html, type Content, type Markup } from '../markup.js';

/**
 * A plot is as wide as there is room: marks and labels stand at percentages of its width, and its lines are drawn on a
 * canvas of `canvasWidth` units that is stretched to it. So text keeps its size on every screen, without a script.
 */
const canvasWidth = 1000;

export interface Axis {
  /** From a value to a place: 0 .. `canvasWidth` across, 0 .. height down. */
  scale: ScaleLinear<number, number>;
  ticks: number[];
  format: (value: number) => string;
}

/** The form of the numbers along an axis, which all have the same number of digits. */
export type TickForm = 'whole' | 'plain' | 'percent';

const specifiers: Readonly<Record<TickForm, string>> = { whole: ',d', plain: ',f', percent: '%' };

/** @param values what must be within the axis @param count about how many ticks */
export function horizontalAxis(values: readonly number[], count: number, form: TickForm): Axis {
  const scale = scaleLinear(extent(values), [0, canvasWidth]);
  return { scale, ...ticksOf(scale, count, form) };
}

/** @param height of the plot, in pixels */
export function verticalAxis(values: readonly number[], count: number, height: number, form: TickForm): Axis {
  const scale = scaleLinear(extent(values), [height, 0]).nice(count);
  return { scale, ...ticksOf(scale, count, form) };
}

function ticksOf(scale: ScaleLinear<number, number>, count: number, form: TickForm): Pick<Axis, 'ticks' | 'format'> {
  const format = scale.tickFormat(count, specifiers[form]);
  const ticks = scale.ticks(count);
  return {
    ticks: form === 'whole' ? ticks.filter(Number.isInteger) : ticks,
    format: (value) => format(value).replace('%', ' %'),
  };
}

/** A range that is never empty: a single value has a range around it. */
function extent(values: readonly number[]): [number, number] {
  const finite = values.filter(Number.isFinite);
  const [least, most] = finite.reduce(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Infinity, -Infinity],
  );
  if (least > most) return [0, 1];
  const margin = least === most ? Math.max(Math.abs(least) * 0.05, 0.01) : 0;
  return [least - margin, most + margin];
}

/** A place across as a share of the width. */
export function across(place: number): string {
  return `${coordinate((place / canvasWidth) * 100)}%`;
}

/** Writes a coordinate with as few digits as a picture needs. */
export function coordinate(value: number): string {
  return String(Number(value.toFixed(2)));
}

interface PlotParts {
  /** A screen reader says this for the picture; the numbers stand in a table beside it. */
  label: string;
  height: number;
  x: Axis | null;
  y: Axis;
  /** Drawn on the stretched canvas: lines and areas. */
  canvas: Content;
  /** Drawn at percentages of the width: dots, columns, labels. */
  marks: Content;
}

/** The picture of a plot with its axes. */
export function drawPlot({ label, height, x, y, canvas, marks }: PlotParts): Markup {
  return html`<svg class="plot" role="img" aria-label="${label}" width="100%" height="${height}">
    ${y.ticks.map((tick) => horizontalRule(y, tick))}
    <svg width="100%" height="${height}" viewBox="0 0 ${canvasWidth} ${height}" preserveAspectRatio="none">
      ${canvas}
    </svg>
    ${marks}${x === null ? null : x.ticks.map((tick) => bottomLabel(x, tick, height))}
  </svg>`;
}

function horizontalRule({ scale, format }: Axis, tick: number): Markup {
  const place = coordinate(scale(tick));
  return html`<line class="rule" x1="0" x2="100%" y1="${place}" y2="${place}" /><text
      class="tick end"
      x="-8"
      y="${place}"
      dy="0.32em"
      >${format(tick)}</text
    >`;
}

function bottomLabel({ scale, format }: Axis, tick: number, height: number): Markup {
  return html`<text class="tick middle" x="${across(scale(tick))}" y="${height + 20}">${format(tick)}</text>`;
}
