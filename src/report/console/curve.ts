import type { LineStyle } from './line_style.js';
import { formatShare } from '../format.js';

const rows = 4;
const widestColumn = 4;
/** From almost nothing to a full line. */
const blocks = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const asciiBlocks = ['.', ':', '#'];

/**
 * A title and a small curve of shares in block characters, a column for each or, where there is no room, for several.
 * The bottom is the smallest of them. Nothing where there is no curve: fewer than two values, or too narrow a window.
 * @param width columns that a line may take
 */
export function formatCurve(
  title: string,
  values: readonly number[],
  width: number,
  { unicode }: LineStyle,
  format = formatShare,
): string[] {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const labels = [format(most), '', '', format(least)];
  const margin = Math.max(...labels.map(({ length }) => length)) + 1;
  const room = width - margin;
  if (values.length < 2 || room < 2 || title.length > width) return [];
  const marks = unicode ? blocks : asciiBlocks;
  const columns = fitColumns(values, room).map((value) => {
    const share = most === least ? 1 : (value - least) / (most - least);
    // The smallest is still seen.
    return 1 + Math.round(share * (rows * marks.length - 1));
  });
  const repeat = Math.min(widestColumn, Math.floor(room / columns.length));
  const lines = labels.map((label, index) => {
    const below = (rows - 1 - index) * marks.length;
    const line = columns.map((level) => markOf(level - below, marks).repeat(repeat)).join('');
    return `${label.padStart(margin - 1)} ${line}`.trimEnd();
  });
  return [title, ...lines];
}

function markOf(level: number, marks: readonly string[]): string {
  return level <= 0 ? ' ' : (marks[Math.min(level, marks.length) - 1] ?? ' ');
}

/** At most `room` of the values: the last one of every few. */
function fitColumns(values: readonly number[], room: number): number[] {
  const step = Math.ceil(values.length / room);
  return values.filter((_, index) => (values.length - 1 - index) % step === 0);
}
