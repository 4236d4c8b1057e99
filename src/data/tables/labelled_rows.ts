import type { SplitCollector } from './collector.js';
import { chooseColumns, type ColumnOptions } from './columns.js';
import { singleOf } from './json_values.js';
import { Composite, type Cell, type RowConsumer } from './row_consumer.js';

/** Makes reviews with labels of the rows of the table at `path`. */
export function labelledRows(collector: SplitCollector, options: ColumnOptions, path: string): RowConsumer {
  let columns: readonly string[] = [];
  return {
    choose: (names) => {
      const chosen = chooseColumns(names, options, path);
      if (chosen.guessed) collector.guessed(chosen);
      return (columns = [chosen.text, chosen.label, ...(chosen.group === null ? [] : [chosen.group])]);
    },
    row: (number, cells) => {
      const [text = null, label = null, group = null] = cells.map(singleOf);
      if (!(typeof text === 'string' || text instanceof Uint8Array)) collector.bad(number, whatIs(text, columns[0]));
      else if (label instanceof Composite) collector.bad(number, whatIs(label, columns[1]));
      else if (group instanceof Composite) collector.bad(number, whatIs(group, columns[2]));
      else {
        const bytes = typeof text === 'string' ? Buffer.from(text) : text;
        if (columns.length < 3) collector.row(number, bytes, wordOf(label));
        else collector.row(number, bytes, wordOf(label), wordOf(group));
      }
    },
    bad: (number, why, lines) => {
      collector.bad(number, why, lines);
    },
  };
}

/** Says what a row has in place of a text or label. */
function whatIs(cell: Cell, column = ''): string {
  if (cell === null || Number.isNaN(cell)) return 'has no text';
  const what = cell instanceof Composite ? cell.what : typeof cell === 'boolean' ? 'true or false' : 'a number';
  return `has ${what} as ${JSON.stringify(column)}`;
}

/** Writes a label or the value of a group; one that is missing is empty. */
function wordOf(cell: Exclude<Cell, Composite>): string {
  if (cell === null || Number.isNaN(cell)) return '';
  return cell instanceof Uint8Array ? Buffer.from(cell).toString('utf8') : String(cell);
}
