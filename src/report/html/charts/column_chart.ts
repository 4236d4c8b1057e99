import { html, type Markup } from '../markup.js';
import { across, drawPlot, horizontalAxis, coordinate, verticalAxis, type Axis, type TickForm } from './plot.js';

export interface Column {
  /** The ends of the column on the horizontal axis. */
  from: number;
  to: number;
  value: number;
  /** A second value, marked by a line across; what is between the two is shaded. */
  mark?: number;
  /** Shown when the mouse rests on the column. */
  title: string;
}

/** Between two columns, in units of the canvas. */
const gap = 6;
/** About so many pixels are between two numbers of the vertical axis. */
const heightOfTick = 50;

export interface ColumnChartOptions {
  label: string;
  columns: readonly Column[];
  height: number;
  colour: number;
  /** The vertical axis ends here at least. */
  most?: number;
  /** Whether to draw where value and place are equal. */
  diagonal?: boolean;
  /** How the axes are written; null: the horizontal axis is not drawn. */
  forms: { x: TickForm | null; y: TickForm };
}

/** Columns from 0 over ranges of numbers. */
export function columnChart(options: ColumnChartOptions): Markup {
  const { label, columns, height, colour, most = 0, diagonal = false, forms } = options;
  const ends = columns.flatMap(({ from, to }) => [from, to]);
  const tops = columns.flatMap(({ value, mark = value }) => [value, mark]);
  const x = horizontalAxis(ends, 6, forms.x ?? 'plain');
  const y = verticalAxis([0, most, ...tops], Math.round(height / heightOfTick), height, forms.y);
  return drawPlot({
    label,
    height,
    x: forms.x === null ? null : x,
    y,
    canvas: [columns.map((column) => drawColumn(column, colour, x, y)), diagonal ? drawDiagonal(x, y) : null],
    marks: columns.map((column) => drawMark(column, x, y)),
  });
}

function drawColumn({ from, to, value, mark = value, title }: Column, colour: number, x: Axis, y: Axis): Markup {
  const [left, right] = [x.scale(from), x.scale(to)];
  const rectangle = (name: string, one: number, other: number): Markup => {
    const [top, bottom] = [y.scale(Math.max(one, other)), y.scale(Math.min(one, other))];
    return html`<rect
      class="${name}"
      x="${coordinate(left + gap / 2)}"
      y="${coordinate(top)}"
      width="${coordinate(right - left - gap)}"
      height="${coordinate(bottom - top)}"
      ><title>${title}</title></rect
    >`;
  };
  return html`${rectangle(`column colour-${colour}`, value, 0)}${mark === value ? null : rectangle('between', value, mark)}`;
}

function drawMark({ from, to, mark }: Column, x: Axis, y: Axis): Markup | null {
  if (mark === undefined) return null;
  const place = coordinate(y.scale(mark));
  return html`<line
    class="mark"
    x1="${across(x.scale(from))}"
    x2="${across(x.scale(to))}"
    y1="${place}"
    y2="${place}"
  />`;
}

function drawDiagonal(x: Axis, y: Axis): Markup {
  const [from = 0, to = 1] = x.scale.domain();
  const [left, right] = [x.scale(from), x.scale(to)];
  return html`<line
    class="diagonal"
    x1="${coordinate(left)}"
    y1="${coordinate(y.scale(from))}"
    x2="${coordinate(right)}"
    y2="${coordinate(y.scale(to))}"
  />`;
}
