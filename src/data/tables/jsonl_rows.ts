import { isUtf8 } from 'node:buffer';
import type { SplitCollector } from './collector.js';
import type { ReadOptions, SourceFile } from '../source_file.js';
import { chooseColumns, type ColumnOptions, type ChosenColumns } from './columns.js';
import { readLines } from './line_reader.js';

/**
 * Reads JSON Lines, one object per line. The first one has the names of the columns.
 * @throws ImdbTorchError ERR_DATASET, ERR_USAGE (columns); the reason of `signal`
 */
export async function readJsonLines(
  file: SourceFile,
  options: ColumnOptions & ReadOptions,
  collector: SplitCollector,
): Promise<void> {
  let columns: ChosenColumns | null = null;
  await readLines(file, options, (line, number) => {
    const row = isUtf8(line) ? parseObject(line.toString('utf8')) : 'is not UTF-8';
    if (typeof row === 'string') {
      collector.bad(number, row);
      return;
    }
    if (columns === null) {
      columns = chooseColumns(Object.keys(row), options, file.path);
      if (columns.guessed) collector.guessed(columns);
    }
    const text = row[columns.text];
    const label = row[columns.label];
    if (typeof text !== 'string') collector.bad(number, 'has no text');
    else if (!isLabel(label)) collector.bad(number, 'has no label');
    else collector.row(number, Buffer.from(text), String(label));
  });
}

/** Returns the object of a line, or says why there is none. */
function parseObject(line: string): Readonly<Record<string, unknown>> | string {
  try {
    const value: unknown = JSON.parse(line);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : 'is no JSON object';
  } catch {
    return 'is no JSON';
  }
}

export function isLabel(value: unknown): value is string | number | bigint | boolean {
  return ['string', 'number', 'bigint', 'boolean'].includes(typeof value);
}
