import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { chooseTextColumn, findColumn } from '../../data/tables/columns.js';
import type { TableFormat } from '../../data/tables/format.js';
import { readTable } from '../../data/tables/read_table.js';
import { singleOf } from '../../data/tables/json_values.js';
import { Composite, type Cell, type RowConsumer } from '../../data/tables/row_consumer.js';
import type { ReadOptions, SourceFile } from '../../data/source_file.js';
import type { ColumnChoice } from './column_choice.js';
import { checkedText, type TextLine } from './text_lines.js';

/**
 * Yields the texts of a table. It is read on while the texts before are used, but not far.
 * @throws as `readTable`, after the texts before
 */
export async function* readTableTexts(
  file: SourceFile,
  format: TableFormat,
  choice: ColumnChoice,
  { signal, onNote }: ReadOptions,
): AsyncGenerator<TextLine[]> {
  const stop = new AbortController();
  const stopped = AbortSignal.any([stop.signal, ...(signal === undefined ? [] : [signal])]);
  const batches = new PassThrough({ objectMode: true, highWaterMark: 1 });
  const rows = new TextRows(choice, file.path);
  const handOn = async (): Promise<void> => {
    const batch = rows.take();
    if (batch.length > 0 && !batches.write(batch)) await once(batches, 'drain', { signal: stopped });
  };
  const failure: { error?: Error } = {};
  const reading = readTable(file, format, { header: choice.header, signal: stopped, onRead: handOn, onNote }, rows)
    .catch((error: unknown) => (failure.error = error as Error))
    .then(() => batches.end(rows.take()));
  try {
    for await (const batch of batches) if ((batch as TextLine[]).length > 0) yield batch as TextLine[];
    if (failure.error !== undefined) throw failure.error;
  } finally {
    stop.abort();
    await reading;
  }
}

/** Collects the texts of rows. */
class TextRows implements RowConsumer {
  #rows: TextLine[] = [];
  #column = '';
  #kept: readonly string[] = [];

  constructor(
    private readonly choice: ColumnChoice,
    private readonly path: string,
  ) {}

  choose(names: readonly string[]): readonly string[] {
    const { textColumn, keep = [] } = this.choice;
    this.#column = chooseTextColumn(names, textColumn, this.path);
    this.#kept = keep === 'all' ? names.filter((name) => name !== this.#column) : keep;
    return [this.#column, ...this.#kept.map((name) => findColumn('column to keep', name, names, this.path))];
  }

  row(line: number, [first = null, ...kept]: readonly Cell[]): void {
    const text = singleOf(first);
    const isText = typeof text === 'string' || text instanceof Uint8Array;
    const found = isText ? checkedText(text, null) : { text: null, problem: `no text as "${this.#column}"` };
    this.#rows.push({ line, ...found, ...this.#columns(kept) });
  }

  bad(line: number, problem: string): void {
    this.#rows.push({ line, text: null, problem });
  }

  /** Returns the rows since the last call. */
  take(): TextLine[] {
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }

  #columns(cells: readonly Cell[]): Pick<TextLine, 'columns'> {
    if (this.choice.keep === undefined) return {};
    return { columns: Object.fromEntries(this.#kept.map((name, index) => [name, plainValue(cells[index] ?? null)])) };
  }
}

/** Returns what JSON has for a cell. */
function plainValue(cell: unknown): unknown {
  if (cell instanceof Composite) return JSON.parse(JSON.stringify(cell.value, (_key, value) => plainValue(value)));
  if (cell instanceof Uint8Array) return Buffer.from(cell).toString('utf8');
  if (typeof cell !== 'bigint') return cell;
  return Number.isSafeInteger(Number(cell)) ? Number(cell) : String(cell);
}
