import { CsvReader } from './csv_reader.js';
import { withoutByteOrderMark } from '../../system/text_encoding.js';
import { firstLineOf } from './format.js';
import type { CsvDialect } from './record_scanner.js';

const quotings = [
  { quote: '"', escape: '"' },
  { quote: '"', escape: '\\' },
] as const;
/** With fewer bad records, quotes are taken for quotes. */
const leastShareBad = 0.01;
const noQuoting = { quote: null, escape: null } as const;

/**
 * Returns the dialect that makes the most records of the length of the first from the beginning of a file, and these
 * records. Tabs may come without quoting, commas not.
 */
export function findDialect(head: Buffer): { dialect: CsvDialect; records: string[][] } {
  const firstLine = firstLineOf(withoutByteOrderMark(head).toString('utf8'));
  const separator = /^sep=(.)$/.exec(firstLine)?.[1];
  const delimiters = ['\t', ',', ';', '|'].filter((character) => firstLine.includes(character));
  const tried = separator === undefined ? delimiters : [separator];
  const none: Trial = { records: [], score: -Infinity };
  let best = { dialect: { delimiter: tried[0] ?? '', ...quotings[0] } as CsvDialect, ...none };
  for (const delimiter of tried.length === 0 ? [''] : tried) {
    for (const quoting of delimiter === '\t' ? [...quotings, noQuoting] : quotings) {
      const dialect = { delimiter, ...quoting };
      const found = tryDialect(head, dialect);
      // A stray quote or two do not make the quotes of all other fields a part of these.
      const ahead = quoting === noQuoting ? leastShareBad * found.records.length : 0;
      if (found.score > best.score + ahead) best = { dialect, ...found };
    }
  }
  return best;
}

interface Trial {
  readonly records: string[][];
  readonly score: number;
}

function tryDialect(head: Buffer, dialect: CsvDialect): Trial {
  let bad = 0;
  const records: string[][] = [];
  const reader = new CsvReader(dialect, {
    first: 'header',
    record: (_line, scanner) => {
      const fields = Array.from({ length: scanner.fields }, (_, index) => scanner.field(index).toString('utf8'));
      records.push(fields);
    },
    bad: () => {
      bad += 1;
    },
  });
  reader.push(head);
  // The beginning of a file may well end between two quotes: what they hold is looked at all the same.
  reader.end();
  const isTable = dialect.delimiter === '' || (records[0]?.length ?? 0) > 1;
  return { records, score: isTable ? records.length - bad : -Infinity };
}
