import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { inspectFile } from '../../../src/data/source_file.js';
import { JsonDocument } from '../../../src/data/tables/json_document.js';
import { firstLineOf } from '../../../src/data/tables/format.js';
import { compareLabels, trimLabel } from '../../../src/data/tables/label_spelling.js';
import { readTable } from '../../../src/data/tables/read_table.js';
import { Composite, type Cell } from '../../../src/data/tables/row_consumer.js';
import { temporaryFolder } from '../helpers.js';

const folder = temporaryFolder();

interface Result {
  names: readonly string[];
  rows: [number, ...Cell[]][];
  bad: [number, string][];
}

async function read(content: string, columns: readonly string[] = ['text', 'label']): Promise<Result> {
  const path = join(folder, 'rows.json');
  writeFileSync(path, content);
  const result: Result = { names: [], rows: [], bad: [] };
  await readTable(
    await inspectFile(path, undefined),
    'jsonl',
    {},
    {
      choose: (names) => {
        result.names = names;
        return columns;
      },
      row: (number, cells) => {
        result.rows.push([number, ...cells]);
      },
      bad: (number, why) => {
        result.bad.push([number, why]);
      },
    },
  );
  return result;
}

const objects = [
  { text: 'a {"x": [1', label: 'p' },
  { text: 'b\n"}]', label: 'q', more: { inner: [{ text: 'no' }] } },
  { text: 'c\\', label: 'p' },
];
const compact = objects.map((object) => JSON.stringify(object));
const indented = (value: unknown): string => JSON.stringify(value, null, 2);

test.each<[string, string]>([
  ['lines', compact.join('\n')],
  ['lines that end with CR', compact.join('\r')],
  ['lines with commas and blank lines', compact.map((line) => ` ${line} ,\r\n\r\n`).join('')],
  ['joined files with byte order marks', `\ufeff${compact.join('\n\ufeff')}`],
  ['an array in a line', `[${compact.join(', ')}]`],
  ['an array with an object a line', `[${compact.join(',\n')}]\n`],
  ['an indented array', indented(objects)],
  ['indented objects', objects.map(indented).join('\n')],
  ['an object with an array in a line', JSON.stringify({ whatever: objects, version: 1 })],
  ['an object with an array, indented', indented({ version: '1.0', count: 3, data: objects, meta: { text: 'x' } })],
  ['an object with an array, an object a line', `{"rows": [\n${compact.join(',\n')}\n]}`],
])('when objects come as %s then they are the rows', async (_, content) => {
  const { rows, bad, names } = await read(content);
  expect(rows.map(([, ...cells]) => cells)).toEqual(objects.map(({ text, label }) => [text, label]));
  expect(bad).toEqual([]);
  expect(names.slice(0, 3)).toEqual(['text', 'label', 'more']);
});

test.each<[string, string, (string | null)[], [number, string][]]>([
  [
    'a line is no JSON',
    `${compact[0]}\n{"text": "x", \n[2]\n${compact[2]}\n`,
    ['a {"x": [1', 'c\\'],
    [
      [2, 'is no JSON'],
      [3, 'is no JSON object'],
    ],
  ],
  [
    'a quotation mark is too many',
    '[{"text": "a"},\n{"text": "5" x"},\n{"text": "b"}]',
    ['a', 'b'],
    [[2, 'is no JSON']],
  ],
  [
    'one of an indented array has it',
    '[\n{\n"text": "a"\n},\n{\n"text": "5" x",\n"label": 1\n},\n{\n"text": "b"\n}]',
    ['a', 'b'],
    [[5, 'is no JSON']],
  ],
  [
    'a brace is missing',
    '[{"text": "a"},\n{"text": "x"\n{"text": "b"},\n{"text": "y",\n{"text": "c"}]',
    ['a', 'b', 'c'],
    [
      [2, 'is no JSON'],
      [4, 'is no JSON'],
    ],
  ],
  ['an object has no end', '{"text":\n"a"}\n{"text": "x"\n{"text": "b"}\n', ['a', 'b'], [[3, 'is no JSON']]],
  ['a value is no object', '[{"text": "a"}, 5, "x", {"text": "b"}]', ['a', 'b'], [[1, 'is no JSON object']]],
  ['the last one is cut', '[\n{"text": "a"},\n{"text": "b', ['a'], [[3, 'is a JSON object without end']]],
  ['a comma is too many', '[{"text": "a",}, {"text": "b"},]', ['b'], [[1, 'is no JSON']]],
])('when %s then only that is left out', async (_, content, texts, bad) => {
  const result = await read(content, ['text']);
  expect({ texts: result.rows.map(([, text]) => text), bad: result.bad }).toEqual({ texts, bad });
});

test('when values are those of Python, large or in lists then they are what they are, and missing ones are none', async () => {
  const lines = [
    '{"text": "NaN, Infinity", "label": NaN}',
    '{"text": "a", "label": -Infinity, "x": [Infinity]}',
    '{"text": "\\"label\\": 1", "label": 12345678901234567891}',
    '{"text": "a", "label": ["p"]}',
    '{"text": "a", "label": []}',
    '{"text": "a", "label": ["p", "q"]}',
    '{"text": {"x": 1}, "label": 1}',
    '{"text": "\\ud800", "label": true}',
  ];
  const { rows, bad } = await read(lines.join('\n'));
  expect(rows).toEqual([
    [1, 'NaN, Infinity', null],
    [2, 'a', null],
    [3, '"label": 1', 12345678901234567891n],
    [4, 'a', 'p'],
    [5, 'a', null],
    [6, 'a', new Composite('a list of 2 values', ['p', 'q'])],
    [7, new Composite('an object', { x: 1 }), 1],
    [8, '\ud800', true],
  ]);
  expect(bad).toEqual([]);
});

test('when a column has more digits than a number then they are its own, wherever else its name stands', async () => {
  const lines = [
    '{"meta": {"label": 1}, "text": "x", "label": 12345678901234567890},',
    '{"meta": {"label": 12345678901234567891}, "text": "x", "label": 12345678901234567890}',
    '{"text": "12345678901234567891", "l\\u0061bel": [-12345678901234567890], "x": NaN}',
    '{"text": "x", "label": 1e20, "x": 0.12345678901234567890}',
  ];
  const { rows } = await read(lines.join('\n'));
  expect(rows.map(([, , label]) => label)).toEqual([
    12345678901234567890n,
    12345678901234567890n,
    -12345678901234567890n,
    1e20,
  ]);
});

test('when a line has long runs of blanks or of escapes then it takes no time', async () => {
  const start = performance.now();
  const blanks = ' '.repeat(5e5);
  const lines = [
    '{"text": "short", "label": "p"}',
    JSON.stringify({ text: `${blanks}a`, label: 'p' }),
    JSON.stringify({ text: 'b', label: `p${blanks}q` }),
    `{"text": NaN, "label": "${'\\"'.repeat(3e5)}`,
  ];
  const { rows, bad } = await read(lines.join('\n'));
  expect(rows.length).toBe(3);
  expect(bad).toEqual([[4, 'is no JSON']]);
  expect(trimLabel(` p${blanks}q `)).toBe(`p${blanks}q`);
  expect(compareLabels(`${'1'.repeat(3e5)}x`, 'a')).toBe(-1);
  expect(firstLineOf(`${blanks}\n a\nb`)).toBe(' a');
  expect(performance.now() - start).toBeLessThan(3000);
});

test('when columns are within objects, or missing in the first ones, then they are found', async () => {
  const first = '{"user": {"text": "a", "a.b": 1}, "user.name": "x"}\n'.repeat(99);
  const result = await read(`${first}{"label": 1}\n{"late": 1}`, ['user.text', 'user.name']);
  expect(result.names).toEqual(['user', 'user.name', 'label', 'user.text', 'user.a.b']);
  expect(result.rows.slice(98)).toEqual([
    [99, 'a', 'x'],
    [100, null, null],
    [101, null, null],
  ]);
});

test('when an object has two arrays of objects then that is said', async () => {
  await expect(read(indented({ train: objects, test: objects }))).rejects.toMatchObject({
    code: 'ERR_DATASET',
    message: expect.stringMatching(/^Expected one array of objects in .* but there is another at line \d+; /),
  });
});

test('when a stray quote makes many objects one then only the first is left out, whatever stands behind', async () => {
  const rows = Array.from({ length: 400 }, (_, index) => ({ text: `film ${index}`, label: 'p' }));
  rows[390] = { text: 'He said "no", {why} and [{"x": 1}]', label: 'p' };
  const result = await read(JSON.stringify(rows).replace('film 5"', 'fi"lm 5"'));
  expect(result.bad).toEqual([[1, 'is no JSON']]);
  expect(result.rows.map(([, text]) => text)).toEqual(rows.flatMap(({ text }, index) => (index === 5 ? [] : [text])));
});

test('when arrays and objects that are no rows stand behind those that are then they are passed over', async () => {
  const others = { note: 'see [{1}], "quoted\\\\" too', tags: ['a', ['b'], 1], about: { rows: [{ text: 'no' }] } };
  const { rows, bad } = await read(`${indented({ data: objects, ...others })}\n rubbish`);
  expect(rows.map(([, ...cells]) => cells)).toEqual(objects.map(({ text, label }) => [text, label]));
  expect(bad).toEqual([[expect.any(Number), 'is no JSON object']]);
  await expect(read(`${indented({ data: objects })}\n${indented(objects[0])}`)).rejects.toMatchObject({
    message: expect.stringMatching(/but there is another at line \d+; /),
  });
});

test('when a document comes in pieces of any size then its objects are the same, and their size is bounded', () => {
  const content = `{"data": [\n${compact.join(',\n')},\n{"text": "${'x'.repeat(100)}"},\n{"text": "d"}]}`;
  for (let size = 1; size < 40; size++) {
    const found: [number, string][] = [];
    const document = new JsonDocument(
      '',
      10,
      {
        object: (line, bytes) => found.push([line, bytes.toString()]) > 0,
        bad: (line, why) => found.push([line, why]),
      },
      80,
    );
    for (let at = 0; at < content.length; at += size) document.push(Buffer.from(content.slice(at, at + size)));
    document.end();
    const whole = compact.map((text, index) => [index + 2, text]);
    expect(found).toEqual([...whole, [5, 'is a JSON object without end'], [6, '{"text": "d"}']]);
  }
});
