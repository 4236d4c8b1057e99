import type { Check } from '../../experiments/check.js';
import { formatMark, type LineStyle } from './line_style.js';

/** Returns a check as a line with a tick or a cross. */
export function formatCheck({ name, passed, detail }: Check, style: LineStyle): string {
  return `${formatMark(passed, style)} ${name}${detail === undefined ? '' : ` (${detail})`}`;
}
