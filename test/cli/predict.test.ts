import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { TextClassifier } from '../../src/model/text_classifier.js';
import { writeSmallRun } from '../model/helpers.js';
import { withTemporaryFolder } from '../helpers.js';
import { main, runCli } from './helpers.js';

/** `predict run -`, which waits for texts, and what it ends with. */
function startPredicting(cwd: string) {
  const child = spawn(process.execPath, [main, 'predict', 'run', '-'], { cwd, timeout: 60_000 });
  let stderr = '';
  child.stderr.on('data', (text) => (stderr += String(text)));
  const ended = new Promise((resolve) => {
    child.on('close', (code) => {
      resolve({ code, stderr });
    });
  });
  return { child, ended };
}

const texts = ['a good film', 'bad, not good', 'film'];

test('when texts, a file or standard input are given then each text has its line', async () => {
  await withTemporaryFolder(async (cwd) => {
    const { path } = await writeSmallRun(cwd);
    using classifier = await TextClassifier.open(path);
    const lines = classifier.predict(texts).map(({ label, probability }) => `${label}\t${probability.toFixed(6)}\n`);
    expect(await runCli(['predict', 'run', ...texts], { cwd })).toEqual({
      code: 0,
      stdout: lines.join(''),
      stderr: '',
    });
    const [first = '', second = '', third = ''] = texts;
    const input = Buffer.from(`${first}\n\n${second}\n${third} \x93`, 'latin1');
    await writeFile(join(cwd, 'texts.txt'), input);
    const expected = {
      code: 0,
      stdout: [lines[0], '\n', ...lines.slice(1)].join(''),
      stderr: expect.stringMatching(
        /^1 line: not UTF-8.*\(first: line 4\)\nAnswered 3 of 4 lines; .*: empty \(first: line 2\)\.\n$/,
      ),
    };
    expect(await runCli(['predict', 'run', '--file', 'texts.txt'], { cwd })).toEqual(expected);
    expect(await runCli(['predict', 'run', '-'], { cwd, input })).toEqual(expected);
  });
});

test('when JSON Lines come and go then classes and problems stand beside their lines', async () => {
  await withTemporaryFolder(async (cwd) => {
    const classes = ['bad', 'fair', 'good'];
    const { path } = await writeSmallRun(cwd, { classes });
    using classifier = await TextClassifier.open(path);
    const predictions = classifier.predict(texts);
    const threshold = 0.5;
    const input = `${texts.map((text) => JSON.stringify({ text })).join('\n')}\n{}\n`;
    const args = ['predict', 'run', '-', '--text-column', 'text', '--json', '--top-k', '2'];
    const result = await runCli([...args, '--threshold', String(threshold)], { cwd, input });
    const found = result.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    const expected = predictions.map(({ label, probability, probabilities }, index) => ({
      line: index + 1,
      label: probability >= threshold ? label : null,
      probability,
      probabilities,
      top: probability >= threshold ? [{ label, probability }] : [],
    }));
    const problem = 'no JSON object with a text as "text"';
    expect(found).toEqual([...expected, { line: 4, label: null, probability: null, problem }]);
    expect(result).toMatchObject({
      code: 4,
      stderr: `error: Answered 3 of 4 lines; left out 1 line: ${problem} (first: line 4).\n`,
    });
    const ranked = await runCli(['predict', 'run', texts[0] ?? '', '--top-k', '3'], { cwd });
    const [first] = predictions;
    const order = classes
      .map((label) => ({ label, probability: first?.probabilities[label] ?? NaN }))
      .sort((one, other) => other.probability - one.probability);
    expect(ranked.stdout).toBe(
      `${order.map(({ label, probability }) => `${label}\t${probability.toFixed(6)}`).join('\t')}\n`,
    );
  });
});

test('when a file is read in many pieces then each line has its own prediction', async () => {
  await withTemporaryFolder(async (cwd) => {
    const { path } = await writeSmallRun(cwd);
    using classifier = await TextClassifier.open(path);
    const words = ['good', 'bad', 'film', 'not', 'other'];
    const many = Array.from({ length: 30_000 }, (_, line) =>
      words.filter((_, k) => (line >> k) & 1 || k === line % 5).join(' '),
    );
    await writeFile(join(cwd, 'texts.txt'), many.join('\n'));
    const { code, stdout } = await runCli(['predict', 'run', '--file', 'texts.txt'], { cwd });
    const expected = classifier.predict(many).map((p) => `${p.label}\t${p.probability.toFixed(6)}`);
    expect(code).toBe(0);
    expect(stdout.split('\n').slice(0, -1)).toEqual(expected);
  });
});

test('when each line waits for the prediction of the last then texts and problems have their lines', async () => {
  await withTemporaryFolder(async (cwd) => {
    const { path } = await writeSmallRun(cwd);
    using classifier = await TextClassifier.open(path);
    const { child, ended } = startPredicting(cwd);
    const lines = [...texts, '', ...texts];
    let stdout = '';
    for (const line of lines) {
      child.stdin.write(`${line}\n`);
      stdout += String((await once(child.stdout, 'data'))[0]);
    }
    child.stdin.end();
    const expected = lines.map((line) => {
      const [prediction] = line === '' ? [] : classifier.predict([line]);
      return prediction ? `${prediction.label}\t${prediction.probability.toFixed(6)}\n` : '\n';
    });
    expect(stdout).toBe(expected.join(''));
    expect(await ended).toEqual({
      code: 0,
      stderr: 'Answered 6 of 7 lines; left out 1 line: empty (first: line 4).\n',
    });
  });
});

test('when a line is too long then all others are predicted and it exits with 4', async () => {
  await withTemporaryFolder(async (cwd) => {
    await writeSmallRun(cwd);
    await writeFile(join(cwd, 'texts.txt'), `${'good\n'.repeat(100_000)}${'bad '.repeat(300_000)}\nbad\n`);
    const { code, stdout, stderr } = await runCli(['predict', 'run', '--file', 'texts.txt'], { cwd });
    expect({ code, stderr }).toEqual({
      code: 4,
      stderr:
        'error: Answered 100,001 of 100,002 lines; left out 1 line: longer than 1048576 bytes (first: line 100001).\n',
    });
    const lines = stdout.trimEnd().split('\n');
    expect([new Set(lines.slice(0, 100_000)).size, lines[100_000], lines.length]).toEqual([1, '', 100_002]);
    expect([lines[0]?.slice(0, 3), lines[100_001]?.slice(0, 3)]).toEqual(['pos', 'neg']);
  });
});

test('when it is interrupted while it waits for more text then it ends with 130', async () => {
  await withTemporaryFolder(async (cwd) => {
    await writeSmallRun(cwd);
    const { child, ended } = startPredicting(cwd);
    child.stdin.write('good\n');
    child.stdout.once('data', () => child.kill('SIGINT'));
    expect(await ended).toEqual({ code: 130, stderr: expect.stringContaining('Interrupted by SIGINT') });
  });
});

test('when the reader has gone then it ends quietly, although the input has not ended', async () => {
  await withTemporaryFolder(async (cwd) => {
    await writeSmallRun(cwd);
    const { child, ended } = startPredicting(cwd);
    child.stdin.on('error', () => undefined).write('good\n');
    child.stdout.once('data', () => {
      child.stdout.destroy();
      child.stdin.write('bad\n');
    });
    expect(await ended).toEqual({ code: 0, stderr: '' });
  });
});

test.each<[string, string[], RegExp]>([
  ['no text', [], /either texts, or - for standard input, or --file/],
  ['a text and a file', ['good', '--file', 'x'], /either texts, or -/],
  ['a text and standard input', ['good', '-'], /either texts, or -/],
  ['a column for texts', ['good', '--text-column', 'x'], /texts have no columns/],
  [
    'a missing header for texts',
    ['good', '--no-header'],
    /Expected --file or - with --no-header: texts have no columns/,
  ],
  ['a share as --top-k', ['good', '--top-k', '0.5', '--threshold', '2'], /--top-k.*\n.*--threshold/],
])('when %s is given then it exits with 2', async (_, args, message) => {
  const { code, stderr } = await runCli(['predict', 'run', ...args]);
  expect(code).toBe(2);
  expect(stderr).toMatch(message);
});

test('when there is no such run, adapter or file then it exits with 4', async () => {
  await withTemporaryFolder(async (cwd) => {
    await writeSmallRun(cwd);
    const none = await runCli(['predict', 'nowhere', 'good'], { cwd });
    expect(none).toMatchObject({ code: 4, stdout: '', stderr: expect.stringContaining('has no run.json') });
    const adapter = await runCli(['predict', 'run', 'good', '--adapter', 'on'], { cwd });
    expect(adapter).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('is no adapter for this model'),
    });
    const file = await runCli(['predict', 'run', '--file', 'nowhere.txt'], { cwd });
    expect(file).toMatchObject({ code: 4, stderr: expect.stringContaining('nowhere.txt') });
  });
});

test('when the system says nothing of a file then predict says that it could not be read, and exits with 4', async () => {
  await withTemporaryFolder(async (cwd) => {
    await writeSmallRun(cwd);
    await symlink('itself', join(cwd, 'itself'));
    for (const name of ['run/run.json/texts.txt', 'n'.repeat(300), 'itself']) {
      const { code, stdout, stderr } = await runCli(['predict', 'run', '--file', name], { cwd });
      expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
      expect(stderr).toContain(`error: Could not read ${name}: `);
    }
  });
});

test('when predict is given two files then it takes neither without a word', async () => {
  await withTemporaryFolder(async (cwd) => {
    await writeSmallRun(cwd);
    expect(await runCli(['predict', 'run', '--file', 'a.txt', '--file', 'b.txt'], { cwd })).toEqual({
      code: 2,
      stdout: '',
      stderr: 'error: Expected one file for --file but received ["a.txt","b.txt"].\n',
    });
  });
});
