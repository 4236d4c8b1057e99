import { styleText } from 'node:util';

/** What a terminal, or whatever is written to instead of one, can show. */
export interface LineStyle {
  /** Whether ticks, crosses and blocks can be shown. */
  unicode: boolean;
  /** Whether colours can be shown. */
  colour: boolean;
}

/** Returns a heading with an empty line before it. */
export function formatHeading(text: string, { colour }: LineStyle): string {
  return `\n${colour ? styleText('bold', text, { validateStream: false }) : text}`;
}

/** Returns a tick or a cross. */
export function formatMark(passed: boolean, { unicode, colour }: LineStyle): string {
  const mark = passed ? (unicode ? '✔' : '[ok]') : unicode ? '✘' : '[FAILED]';
  return colour ? styleText(passed ? 'green' : 'red', mark, { validateStream: false }) : mark;
}
