import { scaleLinear } from 'd3-scale';
import { html, type Content, type Markup } from '../markup.js';
import { coordinate } from './plot.js';

export interface Bar {
  label: Content;
  /** The length of the bar; null: there is none. */
  value: number | null;
  /** The value as it is to be read. */
  text: Content;
  colour: number;
}

/** Rows of a name and a number, underlined by bars from 0: picture and table in one. */
export function bars(rows: readonly Bar[]): Markup {
  const most = Math.max(0, ...rows.map(({ value }) => value ?? 0));
  const scale = scaleLinear([0, most === 0 ? 1 : most], [0, 100]).clamp(true);
  return html`<dl class="bars">
    ${rows.map(
      ({ label, value, text, colour }) =>
        html`<div class="colour-${colour}" style="--length:${coordinate(scale(value ?? 0))}%">
          <dt>${label}</dt>
          <dd>${text}</dd>
        </div>`,
    )}
  </dl>`;
}
