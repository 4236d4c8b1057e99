import { styleText } from 'node:util';
import type { Check } from '../../experiments/check.js';

export interface LineStyle {
  /** Whether ticks, crosses and blocks can be shown. */
  unicode: boolean;
  /** Whether colours can be shown. */
  colour: boolean;
}

/** A check as a line with a tick or a cross. */
export function formatCheck(check: Check, style: LineStyle): string {
  return `${formatMark(check.passed, style)} ${check.name}${check.detail === undefined ? '' : ` (${check.detail})`}`;
}

/** A tick or a cross. */
export function formatMark(passed: boolean, { unicode, colour }: LineStyle): string {
  const mark = passed ? (unicode ? '✔' : '[ok]') : unicode ? '✘' : '[FAILED]';
  return colour ? styleText(passed ? 'green' : 'red', mark, { validateStream: false }) : mark;
}
