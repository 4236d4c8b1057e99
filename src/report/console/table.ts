import Table from 'cli-table3';
import { formatText } from '../format.js';
import type { LineStyle } from './line_style.js';

const asciiBorders = {
  top: '-',
  'top-mid': '+',
  'top-left': '+',
  'top-right': '+',
  bottom: '-',
  'bottom-mid': '+',
  'bottom-left': '+',
  'bottom-right': '+',
  left: '|',
  'left-mid': '+',
  mid: '-',
  'mid-mid': '+',
  right: '|',
  'right-mid': '+',
  middle: '|',
};

/** A text, whose control characters are escaped, or lines of this package's own making. */
type Cell = string | { readonly lines: string };

/**
 * A table with a row of titles.
 * @param texts the columns of texts, by default the first; the others are numbers
 */
export function formatTable(
  titles: readonly string[],
  rows: readonly (readonly Cell[])[],
  { unicode, colour }: LineStyle,
  texts: readonly number[] = [0],
): string {
  const table = new Table({
    head: titles.map(formatText),
    colAligns: titles.map((_, column) => (texts.includes(column) ? 'left' : 'right')),
    style: { head: colour ? ['bold'] : [], border: [], compact: true },
    ...(unicode ? {} : { chars: asciiBorders }),
  });
  table.push(...rows.map((row) => row.map((cell) => (typeof cell === 'string' ? formatText(cell) : cell.lines))));
  return table.toString();
}
