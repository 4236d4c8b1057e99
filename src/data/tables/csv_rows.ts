import { readContent, type SourceFile } from '../source_file.js';
import { isUsualName } from './columns.js';
import { findDialect } from './csv_dialect.js';
import { looksLikeRows, noNames } from './csv_header.js';
import { CsvReader } from './csv_reader.js';
import type { RecordScanner } from './record_scanner.js';
import type { RowConsumer, TableOptions } from './row_consumer.js';

/**
 * Reads a CSV or TSV file; rows are named by the line they begin on. Without a header the columns are called 1, 2, ...
 * @throws ImdbTorchError ERR_DATASET; what `consumer` throws; the reason of `signal`
 */
export async function readCsv(file: SourceFile, options: TableOptions, consumer: RowConsumer): Promise<void> {
  const { dialect, records } = findDialect(file.head);
  const { header = true } = options;
  if (header && looksLikeRows(records)) throw noNames(records, file.path);
  const rows = new CsvRows(consumer, header);
  const reader = new CsvReader(dialect, rows);
  await readContent(file, options, (piece) => {
    reader.push(piece);
  });
  reader.end();
}

/** Turns records into rows. */
class CsvRows {
  #first: readonly Buffer[] | null = null;
  /** The places of the chosen columns. */
  #indices: readonly number[] = [];

  readonly first: 'header' | 'first row';

  constructor(
    readonly consumer: RowConsumer,
    readonly hasHeader: boolean,
  ) {
    this.first = hasHeader ? 'header' : 'first row';
  }

  record(line: number, scanner: RecordScanner): void {
    const isFirst = this.#first === null;
    this.#first ??= this.#choose(scanner);
    if (isFirst && this.hasHeader) return;
    const cells = this.#indices.map((index) => scanner.field(index));
    if (this.hasHeader && this.#repeatsHeader(scanner)) this.consumer.bad(line, 'repeats the header');
    else if (isFirst && cells.every((cell) => isUsualName(cell.toString('utf8')))) {
      this.consumer.bad(line, 'is a header, where none was expected');
    } else this.consumer.row(line, cells);
  }

  bad(line: number, why: string): void {
    this.consumer.bad(line, why);
  }

  #choose(scanner: RecordScanner): readonly Buffer[] {
    const header = Array.from({ length: scanner.fields }, (_, index) => Buffer.from(scanner.field(index)));
    const names = header.map((name, index) => (this.hasHeader ? name.toString('utf8') : String(index + 1)));
    this.#indices = this.consumer.choose(names).map((name) => names.indexOf(name));
    return header;
  }

  #repeatsHeader(scanner: RecordScanner): boolean {
    return this.#first?.every((name, index) => scanner.field(index).equals(name)) ?? false;
  }
}
