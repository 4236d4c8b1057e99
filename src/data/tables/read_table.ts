import type { SourceFile } from '../source_file.js';
import type { TableFormat } from './format.js';
import type { RowConsumer, TableOptions } from './row_consumer.js';

/**
 * Reads a table, whatever its format.
 * @throws ImdbTorchError ERR_DATASET, ERR_USAGE (columns); what `consumer` throws; the reason of the signal
 */
export async function readTable(
  file: SourceFile,
  format: TableFormat,
  options: TableOptions,
  consumer: RowConsumer,
): Promise<void> {
  if (options.header === false && format !== 'csv' && format !== 'tsv') {
    options.onNote?.(`${file.path} is neither CSV nor TSV: its columns have names, whatever is said of a header.`);
  }
  // Only now: loading a parser takes time that a cached data set does not have to spend.
  switch (format) {
    case 'csv':
    case 'tsv':
      return (await import('./csv_rows.js')).readCsv(file, options, consumer);
    case 'jsonl':
      return (await import('./json_rows.js')).readJson(file, options, consumer);
    case 'fasttext':
      return (await import('./fasttext_rows.js')).readFastText(file, options, consumer);
    case 'parquet':
      return (await import('./parquet_rows.js')).readParquet(file, options, consumer);
  }
}
