import { html, type Content, type Markup } from '../markup.js';
import { across, horizontalAxis, number, type TickForm } from './plot.js';

export interface DotRow {
  label: Content;
  /** What the values come to, as it is to be read. */
  text: Content;
  values: readonly number[];
  colour: number;
}

export interface DotRowsOptions {
  rows: readonly DotRow[];
  /** Of the numbers along the axis. */
  form: TickForm;
}

const height = 14;

/** Rows of a name and a number, with the single values under them as dots over a common axis. */
export function dotRows({ rows, form }: DotRowsOptions): Markup {
  const axis = horizontalAxis(
    rows.flatMap(({ values }) => values),
    5,
    form,
  );
  const rules = axis.ticks.map((tick) => {
    const place = across(axis.scale(tick));
    return html`<line class="rule" x1="${place}" x2="${place}" y1="0" y2="${height}" />`;
  });
  const dots = (values: readonly number[]): Markup[] =>
    values.map(
      (value) =>
        html`<circle class="dot" cx="${across(axis.scale(value))}" cy="${number(height / 2)}" r="4" />`,
    );
  return html`<div class="dots">
    <dl>
      ${rows.map(
        ({ label, text, values, colour }) =>
          html`<div class="colour-${colour}">
            <dt>${label}</dt>
            <dd>${text}</dd>
            <dd class="strip">${strip(html`${rules}${dots(values)}`)}</dd>
          </div>`,
      )}
    </dl>
    <div>
      <div class="strip">
        ${strip(axis.ticks.map((tick) => html`<text class="tick middle" x="${across(axis.scale(tick))}" y="12">${axis.format(tick)}</text>`))}
      </div>
    </div>
  </div>`;
}

/** The numbers stand beside it. */
function strip(content: Content): Markup {
  return html`<svg aria-hidden="true" width="100%" height="${height}">${content}</svg>`;
}
