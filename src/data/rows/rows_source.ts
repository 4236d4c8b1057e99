import { createHash } from 'node:crypto';
import { TimeSlices } from '../../system/time_slices.js';
import type { SplitName } from '../collected_reviews.js';
import type { Source, SourceOptions } from '../source_types.js';
import { assertFewBadRows } from '../tables/bad_rows.js';
import { TableCollector } from '../tables/collector.js';
import { labelledRows } from '../tables/labelled_rows.js';
import { Composite, type Cell } from '../tables/row_consumer.js';
import { isRow, type RowSets } from './row_sets.js';

/** What messages, `run.json` and origins call rows of a program. */
const location = 'rows';
/** Columns are those of the first rows; a program seldom gives rows of different kinds. */
const looksAt = 100;

/** Makes a source of rows in memory. @throws the reason of the signal */
export async function rowsSource({ splits }: RowSets, options: SourceOptions): Promise<Source> {
  const { textColumn, labelColumn, groupColumn, labels = null, signal, onProgress } = options;
  const columns = { textColumn, labelColumn, groupColumn };
  const total = [...splits.values()].reduce((sum, { length }) => sum + length, 0);
  return {
    kind: 'rows',
    location,
    sha256: await hashOf(splits, signal),
    variant: { columns, labels },
    read: async (texts) => {
      const slices = new TimeSlices(signal);
      const collector = new TableCollector(location, labels, texts, options.toTrain === false ? 1 : 2);
      let done = 0;
      for (const [name, rows] of splits) {
        const table = { name: splits.size === 1 ? location : `${location}.${name}`, unit: 'row' } as const;
        const consumer = labelledRows(collector.begin(name, table), columns, location);
        const chosen = consumer.choose(columnsOf(rows));
        for (const [index, row] of rows.entries()) {
          if (isRow(row))
            consumer.row(
              index + 1,
              chosen.map((column) => cellOf(row[column])),
            );
          else consumer.bad(index + 1, 'is no object');
          done += 1;
          if (!slices.isOver) continue;
          onProgress?.({ stage: 'read', done, total, unit: 'reviews' });
          await slices.next();
        }
      }
      onProgress?.({ stage: 'read', done, total, unit: 'reviews' });
      collector.assertLabelled();
      assertFewBadRows(collector.account, location, options.strict ?? false);
      return collector;
    },
  };
}

function columnsOf(rows: readonly unknown[]): string[] {
  return [...new Set(rows.slice(0, looksAt).flatMap((row) => (isRow(row) ? Object.keys(row) : [])))];
}

function cellOf(value: unknown): Cell {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'bigint':
    case 'boolean':
      return value;
    case 'object':
      if (value === null || value instanceof Uint8Array) return value;
      return new Composite(Array.isArray(value) ? `a list of ${value.length} values` : 'an object', value);
    case 'undefined':
      return null;
    default:
      return new Composite(`a ${typeof value}`, {});
  }
}

/** Returns the SHA-256 of all rows, by which a cache or another run knows them again. */
async function hashOf(
  splits: ReadonlyMap<SplitName, readonly unknown[]>,
  signal: AbortSignal | undefined,
): Promise<string> {
  const hash = createHash('sha256');
  const slices = new TimeSlices(signal);
  for (const [name, rows] of splits) {
    hash.update(`${name} ${rows.length}\n`);
    for (const row of rows) {
      hash.update(`${textOf(row)}\n`);
      if (slices.isOver) await slices.next();
    }
  }
  return hash.digest('hex');
}

/** Writes a row as JSON; what that cannot write stands for itself. */
function textOf(row: unknown): string {
  if (!isRow(row)) return typeof row;
  const entries = Object.entries(row).map(([key, value]) => [key, writable(value)]);
  return JSON.stringify(entries);
}

function writable(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return typeof value === 'object' && value !== null ? Object.keys(value) : value;
}
