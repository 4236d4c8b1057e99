import type { SplitCollector } from './collector.js';
import { chooseColumns, type ColumnOptions } from './columns.js';
import type { Cell, RowConsumer } from './row_consumer.js';

/** Makes reviews with labels of the rows of the table at `path`. */
export function labelledRows(collector: SplitCollector, options: ColumnOptions, path: string): RowConsumer {
  return {
    choose: (names) => {
      const columns = chooseColumns(names, options, path);
      if (columns.guessed) collector.guessed(columns);
      return [columns.text, columns.label];
    },
    row: (number, [text = null, label = null]) => {
      const [bytes, name] = [textOf(text), labelOf(label)];
      if (bytes === null) collector.bad(number, 'has no text');
      else collector.row(number, bytes, name);
    },
    bad: (number, why, lines) => {
      collector.bad(number, why, lines);
    },
  };
}

/** Numbers and the like are no texts. */
function textOf(cell: Cell): Uint8Array | null {
  if (typeof cell === 'string') return Buffer.from(cell);
  return cell instanceof Uint8Array ? cell : null;
}

/** A value that is missing is an empty label. */
function labelOf(cell: Cell): string {
  if (cell === null || Number.isNaN(cell)) return '';
  return cell instanceof Uint8Array ? Buffer.from(cell).toString('utf8') : String(cell);
}
