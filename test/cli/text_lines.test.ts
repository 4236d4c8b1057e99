import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readTextLines, type TextLine } from '../../src/cli/text_lines.js';
import { withTemporaryFolder } from '../helpers.js';

async function linesOf(content: string | Buffer, textColumn?: string): Promise<TextLine[]> {
  return withTemporaryFolder(async (folder) => {
    const file = join(folder, 'texts');
    await writeFile(file, content);
    const { signal } = new AbortController();
    const lines: TextLine[] = [];
    for await (const batch of readTextLines(file, { textColumn, signal })) lines.push(...batch);
    return lines.map((line) => ({ ...line, text: line.text === null ? null : String(line.text) }));
  });
}

const good = (line: number, text: string): TextLine => ({ line, text, problem: null });
const bad = (line: number, problem: string): TextLine => ({ line, text: null, problem });

test('when lines end in any way then each is a text with its number', async () => {
  expect(await linesOf('one\r\ntwo\n \t\n\nfive')).toEqual([
    good(1, 'one'),
    good(2, 'two'),
    bad(3, 'empty'),
    bad(4, 'empty'),
    good(5, 'five'),
  ]);
  expect(await linesOf('')).toEqual([]);
});

test('when a file is read in many pieces then no line is cut', async () => {
  const texts = Array.from({ length: 3000 }, (_, k) => `${k} ${'näive '.repeat(k % 200)}end`);

  expect(await linesOf(texts.join('\n'))).toEqual(texts.map((text, index) => good(index + 1, text)));
});

test('when lines are JSON then the named text is taken, and others are told by their numbers', async () => {
  const lines = ['{"id": 1, "review": "fine\\n"}', '{"review": 5}', '', 'plain', 'null', '{"review": " "}'];
  const problem = 'no JSON object with a text as "review"';

  expect(await linesOf(lines.join('\n'), 'review')).toEqual([
    good(1, 'fine\n'),
    bad(2, problem),
    bad(3, 'empty'),
    bad(4, problem),
    bad(5, problem),
    bad(6, 'empty'),
  ]);
});

test('when a line is not UTF-8 then it is read and said', async () => {
  const [line, next] = await linesOf(Buffer.from('caf\xe9\nfine', 'latin1'));

  expect(line).toEqual({ line: 1, text: 'caf\ufffd', problem: expect.stringContaining('not UTF-8') });
  expect(next).toEqual(good(2, 'fine'));
});

test('when a line is longer than any review then it is refused by its number', async () => {
  await expect(linesOf(`a\n${'x'.repeat(2 << 20)}\nb`)).rejects.toMatchObject({
    code: 'ERR_DATASET',
    message: expect.stringContaining('line 2 of'),
  });
});

test('when there is no such file then the error names it', async () => {
  const { signal } = new AbortController();
  const reading = readTextLines('nowhere.txt', { signal }).next();
  await expect(reading).rejects.toMatchObject({
    code: 'ERR_DATASET',
    message: expect.stringContaining('nowhere.txt'),
  });
});
