import { parse, type CsvError, type Info } from 'csv-parse';
import { ImdbTorchError } from '../../errors.js';
import type { Columns } from '../collected_reviews.js';
import type { SplitCollector } from './collector.js';
import { readContent, type ReadOptions, type SourceFile } from '../source_file.js';
import { chooseColumns, type ColumnOptions } from './columns.js';
import { csvOptions, findDialect } from './csv_dialect.js';
import { withoutByteOrderMark } from './format.js';
import { mostRecordBytes } from './line_reader.js';

/**
 * Reads a CSV or TSV file with a header; rows are named by the line they begin on.
 * @throws ImdbTorchError ERR_DATASET, ERR_USAGE (columns); the reason of `signal`
 */
export async function readCsv(
  file: SourceFile,
  options: ColumnOptions & ReadOptions,
  collector: SplitCollector,
): Promise<void> {
  const { dialect, header } = findDialect(file.head);
  const columns = chooseColumns(header, options, file.path);
  if (columns.guessed) collector.guessed(columns);
  const reader = new CsvReader(header, columns, collector);
  const parser = parse({
    ...csvOptions(dialect),
    encoding: null,
    on_record: (record: unknown, info) => {
      reader.record(record as Buffer[], info);
      return null;
    },
    on_skip: (error) => {
      reader.skipped(error);
      return undefined;
    },
  });
  // Looked at where it is `errored`; without a listener it would end the process.
  parser.on('error', () => undefined);
  let bytesSinceRecord = 0;
  let isStart = true;
  await readContent(file, options, (piece) => {
    const { records } = reader;
    parser.write(isStart ? withoutByteOrderMark(piece) : piece);
    isStart = false;
    bytesSinceRecord = reader.records === records ? bytesSinceRecord + piece.length : 0;
    if (parser.errored !== null) throw parser.errored;
    if (bytesSinceRecord > mostRecordBytes) throw neverEnds(file.path, reader.line + 1);
  });
  await new Promise((resolve) => parser.end(resolve));
  if (parser.errored !== null) throw parser.errored;
}

/** Turns records into reviews. */
class CsvReader {
  /** Counts records, the header included. */
  records = 0;
  /** The line on which the last record ended. */
  line = 0;
  /** csv-parse counts a line end of two bytes within quotes twice. */
  #countedTwice = 0;
  #lineSkipped = 0;
  readonly #textIndex: number;
  readonly #labelIndex: number;

  constructor(
    readonly header: readonly string[],
    columns: Columns,
    readonly collector: SplitCollector,
  ) {
    this.#textIndex = header.indexOf(columns.text);
    this.#labelIndex = header.indexOf(columns.label);
  }

  record(record: readonly Buffer[], { lines }: Info): void {
    let breaks = 0;
    for (const field of record) {
      if (!field.includes(0x0a)) continue;
      const text = field.toString('latin1');
      breaks += text.split('\n').length - 1;
      this.#countedTwice += text.split('\r\n').length - 1;
    }
    this.records += 1;
    this.line = lines - this.#countedTwice;
    if (this.records === 1) return;
    const [text, label] = [record[this.#textIndex], record[this.#labelIndex]];
    if (record.length !== this.header.length || text === undefined || label === undefined) {
      this.collector.bad(
        this.line - breaks,
        `has ${record.length} field${record.length === 1 ? '' : 's'} where the header has ${this.header.length}`,
      );
    } else {
      this.collector.row(this.line - breaks, text, label.toString('utf8'));
    }
  }

  skipped(error: CsvError | undefined): void {
    const isOpen = error?.code === 'CSV_QUOTE_NOT_CLOSED';
    const line = isOpen ? this.line + 1 : Number(error?.lines) - this.#countedTwice;
    // A record may have several mistakes.
    if (line === this.#lineSkipped) return;
    this.#lineSkipped = line;
    this.collector.bad(line, isOpen ? 'opens a quote that is never closed' : 'has a quote in the wrong place');
  }
}

function neverEnds(path: string, line: number): ImdbTorchError {
  return new ImdbTorchError(
    'ERR_DATASET',
    `Expected the rows of ${path} to be shorter than ${mostRecordBytes} bytes but the one at line ${line} is not; look for a quote there that is not closed.`,
  );
}
