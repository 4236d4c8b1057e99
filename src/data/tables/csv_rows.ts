import { parse, type CsvError, type Info } from 'csv-parse';
import { ImdbTorchError } from '../../errors.js';
import { readContent, type ReadOptions, type SourceFile } from '../source_file.js';
import { csvOptions, findDialect } from './csv_dialect.js';
import { withoutByteOrderMark } from './format.js';
import { mostRecordBytes } from './line_reader.js';
import type { RowConsumer } from './row_consumer.js';

/**
 * Reads a CSV or TSV file with a header; rows are named by the line they begin on.
 * @throws ImdbTorchError ERR_DATASET; what `consumer` throws; the reason of `signal`
 */
export async function readCsv(file: SourceFile, options: ReadOptions, consumer: RowConsumer): Promise<void> {
  const { dialect, header } = findDialect(file.head);
  const reader = new CsvReader(header, consumer.choose(header), consumer);
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

/** Turns records into rows. */
class CsvReader {
  /** Counts records, the header included. */
  records = 0;
  /** The line on which the last record ended. */
  line = 0;
  /** csv-parse counts a line end of two bytes within quotes twice. */
  #countedTwice = 0;
  #lineSkipped = 0;
  /** The places of the chosen columns. */
  readonly #indices: readonly number[];

  constructor(
    readonly header: readonly string[],
    columns: readonly string[],
    readonly consumer: RowConsumer,
  ) {
    this.#indices = columns.map((name) => header.indexOf(name));
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
    const number = this.line - breaks;
    const [count, wanted] = [record.length, this.header.length];
    if (count !== wanted) {
      this.consumer.bad(number, `has ${count} field${count === 1 ? '' : 's'} where the header has ${wanted}`);
    } else {
      this.consumer.row(
        number,
        this.#indices.map((index) => record[index] ?? null),
      );
    }
  }

  skipped(error: CsvError | undefined): void {
    const isOpen = error?.code === 'CSV_QUOTE_NOT_CLOSED';
    const line = isOpen ? this.line + 1 : Number(error?.lines) - this.#countedTwice;
    // A record may have several mistakes.
    if (line === this.#lineSkipped) return;
    this.#lineSkipped = line;
    this.consumer.bad(line, isOpen ? 'opens a quote that is never closed' : 'has a quote in the wrong place');
  }
}

function neverEnds(path: string, line: number): ImdbTorchError {
  return new ImdbTorchError(
    'ERR_DATASET',
    `Expected the rows of ${path} to be shorter than ${mostRecordBytes} bytes but the one at line ${line} is not; look for a quote there that is not closed.`,
  );
}
