import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { TextClassifier } from '../../src/model/text_classifier.js';
import { writeSmallRun } from '../model/helpers.js';
import { withTemporaryFolder } from '../helpers.js';
import { runCli } from './helpers.js';

const table = 'id,text,note\n1,a good film,"x\ty"\n2,bad,\n3,too,many,fields\n4,,z\n5,"not\ngood",w\n';
const texts = ['a good film', 'bad', 'not\ngood'];
const account =
  'error: Answered 3 of 5 lines; left out 1 line: has 4 fields where the header has 3 (first: line 4); ' +
  '1 line: empty (first: line 5).\n';

test('when a table is given, in whatever way, then its texts are answered and its columns handed on', async () => {
  await withTemporaryFolder(async (cwd) => {
    const { path } = await writeSmallRun(cwd);
    using classifier = await TextClassifier.open(path);
    const [first, second, third] = classifier.predict(texts).map((p) => `${p.label}\t${p.probability.toFixed(6)}`);
    const lines = [`${first}\t1\tx\\ty`, `${second}\t2\t`, '\t\t\t', '\t\t4\tz', `${third}\t5\tw`, ''];
    const expected = { code: 4, stdout: lines.join('\n'), stderr: account };
    const args = ['predict', 'run', '--text-column', 'text', '--keep', 'id,note'];
    await writeFile(join(cwd, 'table.csv'), table);
    await writeFile(join(cwd, 'table'), gzipSync(Buffer.from(`\ufeff${table}`, 'utf16le')));
    expect(await runCli([...args, '--file', 'table.csv'], { cwd })).toEqual(expected);
    expect(await runCli([...args, '-', '--quiet'], { cwd, input: table })).toEqual(expected);
    const read = `table was read as UTF-16LE.\n`;
    const wide = await runCli([...args, '--file', 'table'], { cwd });
    expect(wide).toEqual({ ...expected, stderr: `${read}${account}` });
  });
});

test('when answers are JSON then each has its line, and the columns that its row has', async () => {
  await withTemporaryFolder(async (cwd) => {
    await writeSmallRun(cwd);
    const args = ['predict', 'run', '-', '--text-column', 'text', '--keep', 'all', '--json'];
    const { stdout } = await runCli(args, { cwd, input: table });
    const answers = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(answers).toMatchObject([
      { line: 2, columns: { id: '1', note: 'x\ty' } },
      { line: 3, columns: { id: '2', note: '' } },
      { line: 4, label: null, problem: 'has 4 fields where the header has 3' },
      { line: 5, label: null, problem: 'empty', columns: { id: '4', note: 'z' } },
      { line: 6, columns: { id: '5', note: 'w' } },
    ]);
    expect(answers[2]).not.toHaveProperty('columns');
  });
});

test('when texts are left out then the account is told even when quiet', async () => {
  await withTemporaryFolder(async (cwd) => {
    await writeSmallRun(cwd);
    const { code, stderr } = await runCli(['predict', 'run', '-', '--quiet', '--json'], {
      cwd,
      input: 'good\n\n\nbad',
    });
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: 'Answered 2 of 4 lines; left out 2 lines: empty (first: line 2).\n',
    });
    expect((await runCli(['predict', 'run', 'good', ' '], { cwd })).stderr).toContain('Answered 1 of 2 lines');
  });
});

test.each<[string, string | Buffer, string[], number, RegExp]>([
  ['a web page', '<html>\n<body>', [], 4, /standard input is a web page/],
  ['Parquet', Buffer.from('PAR1\x15\0\x15\0'), [], 4, /Expected a file for Parquet/],
  ['a table without the column', table, ['--text-column', 'x'], 2, /columns "id", "text", "note"/],
  [
    'a table without a kept column',
    table,
    ['--text-column', 'text', '--keep', 'x'],
    2,
    /column to keep but received "x"/,
  ],
  [
    'a table whose texts are not named',
    table,
    ['--keep', 'id'],
    2,
    /^error: Expected --text-column with --keep: .* a text/,
  ],
  ['a table of which all is kept', 'a\tb\nc\td\n', ['--keep', 'all', '--json'], 2, /--text-column with --keep: /],
  ['rows without a header', '1,good\n', ['--no-header'], 2, /Expected --text-column with --no-header: /],
  ['text in an encoding that is none', 'good', ['--encoding', 'x'], 2, /for --encoding but received "x"/],
])('when standard input is %s then it says so', async (_, input, args, code, message) => {
  await withTemporaryFolder(async (cwd) => {
    await writeSmallRun(cwd);
    const result = await runCli(['predict', 'run', '-', ...args], { cwd, input });
    expect(result).toEqual({ code, stdout: '', stderr: expect.stringMatching(message) });
  });
});

test('when explain reads standard input then it is opened as any text', async () => {
  await withTemporaryFolder(async (cwd) => {
    await writeSmallRun(cwd);
    const explain = (input: string | Buffer) => runCli(['explain', 'run', '-', '--json'], { cwd, input });
    const plain = await explain('a good film');
    expect(await explain(gzipSync(Buffer.from('\ufeffa good film', 'utf16le')))).toEqual(plain);
    expect(await explain('<!doctype html>\n<p>')).toEqual({
      code: 4,
      stdout: '',
      stderr: expect.stringMatching(/^error: Expected a text on standard input but it is a web page/),
    });
  });
});
