import { expect, test } from '@jest/globals';
import { array, assert, constantFrom, oneof, property, string, tuple } from 'fast-check';
import { CsvReader } from '../../../src/data/tables/csv_reader.js';
import { hasWrongQuote, RecordScanner, type CsvDialect } from '../../../src/data/tables/record_scanner.js';

const commas: CsvDialect = { delimiter: ',', quote: '"', escape: '"' };
const tabs: CsvDialect = { delimiter: '\t', quote: '"', escape: '"' };

interface Result {
  readonly records: string[][];
  readonly bad: [line: number, why: string][];
  readonly lines: number[];
}

/** Reads a text that comes in pieces of `size` bytes. */
function read(text: string, { dialect = commas, size = 1 << 18, most = 1000 } = {}): Result {
  const result: Result = { records: [], bad: [], lines: [] };
  const reader = new CsvReader(
    dialect,
    {
      first: 'header',
      record: (line, scanner) => {
        result.lines.push(line);
        result.records.push(Array.from({ length: scanner.fields }, (_, index) => scanner.field(index).toString()));
      },
      bad: (line, why) => {
        result.bad.push([line, why]);
      },
    },
    most,
  );
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
  reader.end();
  return result;
}

const wrongQuote = 'has a quote in the wrong place';

test.each<[string, string, string[][], [number, string][]]>([
  [
    'mixed line ends',
    'a,b\r\n1,2\n3,4\r5,6\r\r\n7,8',
    [
      ['1', '2'],
      ['3', '4'],
      ['5', '6'],
      ['7', '8'],
    ],
    [],
  ],
  ['text behind a quote', 'a,b\n"x" y,1\nz,2\n', [['z', '2']], [[2, wrongQuote]]],
  ['quotes within fields', 'a,b\n5" x "y",1\n', [['5" x "y"', '1']], []],
  ['doubled quotes', 'a,b\n"""x""",""\n', [['"x"', '']], []],
  ['blanks behind a quote', 'a,b\n"x, y"  ,1\n', [['x, y', '1']], []],
  [
    'a quote that is never closed',
    'a,b\n1,2\n"x,3\n4,5\n',
    [
      ['1', '2'],
      ['4', '5'],
    ],
    [[3, 'opens a quote that is never closed']],
  ],
  ['a quote as the last byte', 'a,b\n1,2\n3,"', [['1', '2']], [[3, 'opens a quote that is never closed']]],
  [
    'a stray quote before proper ones',
    'a,b\n"x,1\ny,2\n"z, z",3\n',
    [
      ['y', '2'],
      ['z, z', '3'],
    ],
    [[2, wrongQuote]],
  ],
  [
    'several lines with too few fields',
    'a,b\n"x\ny"\nz,1\n',
    [['z', '1']],
    [
      [2, 'has 1 field where the header has 2'],
      [3, 'has 1 field where the header has 2'],
    ],
  ],
  [
    'a field over lines that is one too many',
    'a,b\nx,1,"y\nz,2\nw",3\n',
    [
      ['z', '2'],
      ['w"', '3'],
    ],
    [[2, 'has 3 fields where the header has 2']],
  ],
  ['rows of blank fields', 'a,b\n,\n" ",""\n , ,,\n1,2\n', [['1', '2']], []],
  [
    'blank fields behind the last column',
    'a,b\n1,2,, \n1,2,3\n',
    [['1', '2', '', ' ']],
    [[3, 'has 3 fields where the header has 2']],
  ],
  [
    'byte order marks of joined files',
    '\ufeffa,b\n1,2\n\ufeff"3",4\n',
    [
      ['1', '2'],
      ['3', '4'],
    ],
    [],
  ],
  ['blank lines and a separator line first', '\n \nsep=,\na,b\n1,2\n', [['1', '2']], []],
  [
    'rows that look like rows in a quote',
    'a,b\n"I wrote:\nx,1\ny,2\n",3\n4,5\n',
    [
      ['I wrote:\nx,1\ny,2\n', '3'],
      ['4', '5'],
    ],
    [],
  ],
  ['a NUL', 'a,b\n1\0,2\n', [['1\0', '2']], []],
  ['a quote by itself at the end of the header', 'a,b"\n1,2\n', [['1', '2']], []],
])('when a file has %s then only what is wrong is left out, whatever the pieces are', (_, text, records, bad) => {
  for (let size = 1; size <= 12; size++) {
    const result = read(text, { size });
    expect({ size, records: result.records.slice(1), bad: result.bad }).toEqual({ size, records, bad });
  }
});

test('when the quote of a stray one closes behind many rows then each of these rows is read', () => {
  const rows = Array.from({ length: 20 }, (_, index) => `film ${index}\tpos`);
  const text = ['text\tlabel', '"Great film\tpos', ...rows, 'a screen of 5"\tneg', 'last\tneg'].join('\n');
  for (const [dialect, delimiter] of [
    [tabs, '\t'],
    [commas, ','],
  ] as const) {
    const { records, bad } = read(text.replaceAll('\t', delimiter), { dialect });
    expect(records).toHaveLength(23);
    expect(bad).toEqual([[2, 'opens a quote that is not closed before further rows']]);
  }
});

test('when a review has many lines, some with a comma, then it is one row', () => {
  const review = Array.from({ length: 60 }, (_, index) => (index % 3 === 0 ? '' : `line ${index}, and "so" on`));
  const text = `text,label\n"${review.join('\r\n').replaceAll('"', '""')}",pos\nb,neg\n`;
  for (const size of [1, 7, 1 << 18]) {
    const { records, bad, lines } = read(text, { size, most: 1 << 20 });
    expect(records).toEqual([
      ['text', 'label'],
      [review.join('\r\n'), 'pos'],
      ['b', 'neg'],
    ]);
    expect({ bad, lines }).toEqual({ bad: [], lines: [1, 2, 62] });
  }
});

test('when a line, or what a quote opens, is longer than allowed then its first line is left out', () => {
  const long = 'x'.repeat(200);
  const text = `a,b\n1,2\n${long},3\r\n"y\n${'z\n'.repeat(150)}",4\n5,6`;
  for (let size = 1; size <= 300; size += 13) {
    const { records, bad } = read(text, { size, most: 100 });
    expect(records).toEqual([
      ['a', 'b'],
      ['1', '2'],
      ['5', '6'],
    ]);
    expect(bad.slice(0, 3)).toEqual([
      [3, 'is longer than 100 bytes'],
      [4, 'opens a quote that is not closed within 100 bytes'],
      [5, 'has 1 field where the header has 2'],
    ]);
    expect(bad).toHaveLength(153);
  }
});

test('when lines were read again too often then a record with a line end within quotes is wrong', () => {
  const scanner = new RecordScanner(commas);
  const bytes = Buffer.from('a,"x\ny"\n');
  expect(scanner.scan(bytes, 0, bytes.length, true)).toBe(bytes.length);
  scanner.mostBreaks = 0;
  expect(scanner.scan(bytes, 0, bytes.length, true)).toBe(hasWrongQuote);
  const text = `${'a,'.repeat(999)}a\n${'a","b\n'.repeat(5000)}"x\ny"${','.repeat(999)}\n`;
  const { records, bad } = read(text, { most: 1 << 20 });
  expect([records.length, bad.length]).toEqual([2, 5000]);
});

const characters = constantFrom('"', ',', '\n', '\r', '\r\n', 'a', 'é', ' ', '\\', '\ufeff', '""', '",', ',"', '\n"');

test('when well-formed rows have any fields and line ends then they are read back, whatever the pieces are', () => {
  const field = array(characters, { maxLength: 6 }).map((parts) => `x${parts.join('')}`);
  const row = tuple(field, field, constantFrom('\n', '\r\n', '\r'));
  const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  assert(
    property(array(row, { minLength: 1, maxLength: 8 }), constantFrom(1, 2, 3, 5, 1000), (rows, size) => {
      const text = rows.map(([a, b, end]) => `${quoted(a)},${quoted(b)}${end}`).join('');
      const { records, bad } = read(text, { size });
      expect(bad).toEqual([]);
      expect(records).toEqual(rows.map(([a, b]) => [a, b]));
    }),
    { numRuns: 500 },
  );
});

test('when bytes are anything at all then pieces of any size give the same, and every line is accounted for', () => {
  const text = array(oneof(characters, string({ maxLength: 3 })), { maxLength: 60 }).map((parts) => parts.join(''));
  assert(
    property(text, constantFrom(1, 2, 3, 7), constantFrom(commas, tabs), (drawn, size, dialect) => {
      const whole = read(`a${dialect.delimiter}b\n${drawn}`, { dialect, most: 40 });
      expect(read(`a${dialect.delimiter}b\n${drawn}`, { dialect, size, most: 40 })).toEqual(whole);
      const lines = [...whole.lines, ...whole.bad.map(([line]) => line)];
      expect(new Set(lines).size).toBe(lines.length);
    }),
    { numRuns: 1000 },
  );
});
