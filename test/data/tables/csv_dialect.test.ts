import { expect, test } from '@jest/globals';
import { findDialect } from '../../../src/data/tables/csv_dialect.js';

function repeated(header: string, ...lines: string[]): Buffer {
  return Buffer.from([header, ...Array.from({ length: 20 }, () => lines).flat(), ''].join('\n'));
}

const quoted = { quote: '"', escape: '"' };

test.each([
  ['commas', repeated('a,b', '"one, ""two""",x'), { delimiter: ',', ...quoted }],
  ['semicolons, and commas in the text', repeated('a;b', 'one, two, three;x'), { delimiter: ';', ...quoted }],
  ['tabs', repeated('a\tb', '"one\t""two"""\tx'), { delimiter: '\t', ...quoted }],
  [
    'tabs and no quoting',
    repeated('a\tb', '"one" two\tx', 'a "word\ty'),
    { delimiter: '\t', quote: null, escape: null },
  ],
  [
    'quotes behind backslashes',
    repeated('a,b', '"one \\"two\\", three",x'),
    { delimiter: ',', quote: '"', escape: '\\' },
  ],
])('when a file has %s then its fields are told apart by that', (_, head, dialect) => {
  expect(findDialect(head)).toMatchObject({ dialect, records: expect.arrayContaining([['a', 'b']]) });
});

test('when the tried part ends between two quotes then the dialect is that of the rest', () => {
  const long = Buffer.from(`a,b\n${'"one, two\nthree",x\n'.repeat(10)}"${'y, '.repeat(40_000)}`);

  expect(findDialect(long)).toMatchObject({
    dialect: { delimiter: ',', ...quoted },
    records: expect.arrayContaining([['a', 'b']]),
  });
});

test('when a column name is quoted or marked with a byte order mark then the header has it without', () => {
  expect(findDialect(Buffer.from('\ufeff"a","b ""c"""\n1,2\n')).records[0]).toEqual(['a', 'b "c"']);
});
