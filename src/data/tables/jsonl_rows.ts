import { isUtf8 } from 'node:buffer';
import type { ReadOptions, SourceFile } from '../source_file.js';
import { readLines } from './line_reader.js';
import type { Cell, RowConsumer } from './row_consumer.js';

/**
 * Reads JSON Lines, one object per line. The first one has the names of the columns.
 * @throws ImdbTorchError ERR_DATASET; what `consumer` throws; the reason of `signal`
 */
export async function readJsonLines(file: SourceFile, options: ReadOptions, consumer: RowConsumer): Promise<void> {
  let columns: readonly string[] | null = null;
  await readLines(file, options, (line, number) => {
    const row = isUtf8(line) ? parseObject(line.toString('utf8')) : 'is not UTF-8';
    if (typeof row === 'string') {
      consumer.bad(number, row);
      return;
    }
    columns ??= consumer.choose(Object.keys(row));
    consumer.row(
      number,
      columns.map((name) => cellOf(row[name])),
    );
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

function cellOf(value: unknown): Cell {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}
