import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { load, temporaryFolder } from '../helpers.js';

const folder = temporaryFolder();

const pairs = (count: number, of: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => of(index + 1)).join('');

const good = (index: number): string => `good ${index},pos\nbad ${index},neg\n`;
const nice = (index: number): string => `nice ${index},pos\npoor ${index},neg\n`;
const tsv = (index: number): string => `pos\tgood film number ${index}\nneg\tbad film number ${index}\n`;

test.each<[string, string, string, number, { why: string; first: string }[]]>([
  [
    'text behind a quotation mark',
    'quote.csv',
    `text,label\n${pairs(150, good)}"Great" film,pos\n${pairs(5000, nice)}`,
    10_300,
    [{ why: 'has a quote in the wrong place', first: 'quote.csv line 302' }],
  ],
  [
    'line ends of two kinds',
    'joined.csv',
    `text,label\n${pairs(150, good)}`.replaceAll('\n', '\r\n') + pairs(5000, nice),
    10_300,
    [],
  ],
  [
    'a quotation mark that is never closed',
    'open.tsv',
    `label\ttext\n${pairs(2500, tsv)}pos\t"Great film\n${pairs(5000, tsv)}`,
    15_000,
    [{ why: 'opens a quote that is never closed', first: 'open.tsv line 5002' }],
  ],
  [
    'a quotation mark that is closed by chance',
    'chance.tsv',
    `label\ttext\n${pairs(2500, tsv)}pos\t"Great film\n${pairs(5000, tsv)}neg\ta screen of 5"\n`,
    15_001,
    [{ why: 'opens a quote that is not closed before further rows', first: 'chance.tsv line 5002' }],
  ],
])('when a large file has %s then every row is accounted for', async (_, name, content, rows, leftOut) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  const { read, badRows } = await load(path);
  expect(read).toMatchObject({ rows, leftOut: leftOut.map((row) => ({ ...row, count: 1 })) });
  expect(badRows.total).toBe(rows + leftOut.length);
});
