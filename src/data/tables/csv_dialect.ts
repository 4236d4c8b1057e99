import { parse } from 'csv-parse/sync';
import { withoutByteOrderMark } from './format.js';

/** The number of bytes of a file that dialects are tried on. */
const triedBytes = 1 << 16;

/** The characters that mark the fields of a file. */
interface CsvDialect {
  readonly delimiter: string;
  /** Null where quotes are characters like any other. */
  readonly quote: string | null;
  readonly escape: string | null;
}

const quotings = [
  { quote: '"', escape: '"' },
  { quote: '"', escape: '\\' },
] as const;
const noQuoting = { quote: null, escape: null } as const;

/**
 * Returns the dialect that makes the most records of the length of the header from the beginning of a file, and that
 * header. Tabs may come without quoting, commas not.
 */
export function findDialect(head: Buffer): { dialect: CsvDialect; header: string[] } {
  const start = withoutByteOrderMark(head).subarray(0, triedBytes);
  const firstLine = /[^\r\n]*/.exec(start.toString('utf8'))?.[0] ?? '';
  let best = { dialect: { delimiter: ',', ...noQuoting } as CsvDialect, header: [''], score: -Infinity };
  for (const delimiter of ['\t', ',', ';'].filter((character) => firstLine.includes(character))) {
    for (const quoting of delimiter === '\t' ? [...quotings, noQuoting] : quotings) {
      const dialect = { delimiter, ...quoting };
      const tried = tryDialect(start, dialect);
      if (tried.score > best.score) best = { dialect, ...tried };
    }
  }
  return best;
}

function tryDialect(start: Buffer, dialect: CsvDialect): { header: string[]; score: number } {
  let errors = 0;
  const records: string[][] = parse(start, {
    ...csvOptions(dialect),
    on_skip: (error) => {
      // The beginning of a file may well end between two quotes.
      if (error?.code !== 'CSV_QUOTE_NOT_CLOSED') errors += 1;
      return undefined;
    },
  });
  const [header = ['']] = records;
  const regular = records.filter(({ length }) => length === header.length).length;
  return { header, score: header.length < 2 ? -Infinity : 2 * regular - records.length - errors };
}

/** Has csv-parse read records of any length, and skip and report damaged ones. */
export function csvOptions({ delimiter, quote, escape }: CsvDialect) {
  return {
    delimiter,
    quote,
    escape,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
  } as const;
}
