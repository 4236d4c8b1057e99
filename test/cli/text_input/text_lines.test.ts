import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { readTexts } from '../../../src/cli/text_input/read_texts.js';
import { joinLines, type TextLine } from '../../../src/cli/text_input/text_lines.js';
import { withTemporaryFolder } from '../../helpers.js';

async function linesOf(content: string | Buffer, textColumn?: string): Promise<TextLine[]> {
  return withTemporaryFolder(async (folder) => {
    const file = join(folder, 'texts');
    await writeFile(file, content);
    const { signal } = new AbortController();
    const lines: TextLine[] = [];
    for await (const batch of readTexts({ file, textColumn }, { signal })) lines.push(...batch);
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

test('when a line is not UTF-8 then it is read as Windows-1252 and said', async () => {
  const [line, next] = await linesOf(Buffer.from('caf\xe9\nfine', 'latin1'));

  expect(line).toEqual({ line: 1, text: 'café', problem: 'not UTF-8, read as Windows-1252' });
  expect(next).toEqual(good(2, 'fine'));
});

test('when a line is longer than any review then it alone is left out', async () => {
  const longest = 'x'.repeat(1 << 20);
  const lines = ['a', 'x'.repeat(2 << 20), longest, `${longest}x`, 'b', 'x'.repeat(3 << 20)];
  const tooLong = 'longer than 1048576 bytes';
  for (const end of ['\n', '\r\n', '\r']) {
    expect(await linesOf(lines.join(end))).toEqual([
      good(1, 'a'),
      bad(2, tooLong),
      good(3, longest),
      bad(4, tooLong),
      good(5, 'b'),
      bad(6, tooLong),
    ]);
  }
});

test('when there is no such file then the error names it', async () => {
  const { signal } = new AbortController();
  const reading = readTexts({ file: 'nowhere.txt' }, { signal }).next();
  await expect(reading).rejects.toMatchObject({
    code: 'ERR_DATASET',
    message: 'Could not read nowhere.txt: it does not exist; check the path.',
  });
});

/** Batches of a line each, with a pause before those of the lines in `pausesBefore`. */
async function* arriving(texts: readonly string[], pausesBefore: readonly number[] = []) {
  for (const [index, text] of texts.entries()) {
    // Much longer than lines are waited for.
    if (pausesBefore.includes(index + 1)) await setTimeout(500);
    yield [good(index + 1, text)];
  }
}

async function joined(batches: AsyncGenerator<TextLine[]>): Promise<number[][]> {
  const lines: number[][] = [];
  for await (const batch of joinLines(batches)) lines.push(batch.map(({ line }) => line));
  return lines;
}

test('when lines follow at once then they are joined, and those after a pause are not waited for', async () => {
  expect(await joined(arriving(['a', 'b', 'c', 'd', 'e'], [3, 5]))).toEqual([[1, 2], [3, 4], [5]]);
  expect(await joined(arriving([]))).toEqual([]);
});

test('when enough lines are joined then they are handed on', async () => {
  const long = 'x'.repeat(100_000);
  expect(await joined(arriving([long, long, long, long, 'end']))).toEqual([
    [1, 2, 3],
    [4, 5],
  ]);
});

test('when lines end with an error then those before it come first', async () => {
  async function* failing() {
    yield* arriving(['a', 'b']);
    await setTimeout(500);
    throw new Error('no more');
  }
  const batches = joinLines(failing());
  expect(await batches.next()).toEqual({ done: false, value: [good(1, 'a'), good(2, 'b')] });
  await expect(batches.next()).rejects.toThrow('no more');
});
