import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Prediction } from '../../src/model/text_classifier.js';
import type { ModelAnalysis } from '../../src/experiments/model_analysis.js';
import type { TrainDocument } from '../../src/storage/run_document.js';
import { writeSmallRun } from '../model/helpers.js';
import { withTemporaryFolder } from '../helpers.js';
import { runCli } from './helpers.js';

const train = ['train', '--data', 'sample', '--device', 'cpu', '--epochs', '1', '--hidden', '8', '--json'];

/** Counts the labels and predictions of a file of `--save-predictions`. */
async function confusionIn(path: string): Promise<number[][]> {
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
  const rows = lines.map((line) => JSON.parse(line) as { label: string; predicted: string });
  const count = (label: string, predicted: string): number =>
    rows.filter((found) => found.label === label && found.predicted === predicted).length;
  return ['neg', 'pos'].map((label) => ['neg', 'pos'].map((predicted) => count(label, predicted)));
}

test('when a run is evaluated then the figures are those of its run.json, and all reviews are written', async () => {
  await withTemporaryFolder(async (cwd) => {
    const trained = await runCli([...train, '--out', 'runs/a'], { cwd });
    const { test: tested, evaluation } = JSON.parse(trained.stdout) as TrainDocument & ModelAnalysis;
    const args = ['evaluate', 'runs/a', '--json', '--quiet', '--save-predictions', 'all.jsonl'];
    const { code, stdout, stderr } = await runCli([...args, '--mistakes', '2'], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const document = JSON.parse(stdout) as { mistakes: unknown[]; confusion: number[][] };
    const row = { precision: expect.any(Number), recall: expect.any(Number), f1: expect.any(Number) };
    expect(document).toMatchObject({
      command: 'evaluate',
      data: { source: 'sample' },
      split: 'test',
      count: 1000,
      ...tested,
      ...evaluation,
      classes: ['neg', 'pos'].map((name) => ({ name, ...row, support: 500 })),
      mistakes: [1, 2].map(() => ({ origin: expect.stringMatching(/^test\/(pos|neg)\/.*\.txt$/) })),
    });
    expect(document.confusion).toEqual(await confusionIn(join(cwd, 'all.jsonl')));

    const elsewhere = await runCli(['evaluate', 'runs/a', '--data', 'sample', '--split', 'test'], { cwd });
    expect(elsewhere.stdout).toContain(`loss ${tested.loss.toFixed(4)} accuracy`);
    expect(elsewhere.stdout).toMatch(/The most confident mistakes:\n( {2}test\/.*, labelled (pos|neg)\n){10}$/);
    const list = await runCli(['runs', '--json'], { cwd });
    expect(JSON.parse(list.stdout)).toMatchObject({
      command: 'runs',
      runs: [{ name: 'a', command: 'train', data: 'sample', test: tested, epochs: 1 }],
    });
  });
});

test('when thresholds were fitted then predict and explain go by them, and --decision argmax does not', async () => {
  await withTemporaryFolder(async (cwd) => {
    await writeSmallRun(cwd, { decision: { offsets: [1, 0] } });
    const fitted = await runCli(['predict', 'run', 'good', '--json'], { cwd });
    const { label, probability, probabilities } = JSON.parse(fitted.stdout) as Prediction & {
      probabilities: { neg: number; pos: number };
    };
    expect([label, probability]).toEqual(['neg', probabilities.neg]);
    expect(probability).toBeLessThan(0.5);
    const likeliest = await runCli(['predict', 'run', 'good', '--decision', 'argmax'], { cwd });
    expect(likeliest.stdout).toBe(`pos\t${probabilities.pos.toFixed(6)}\n`);
    const explained = await runCli(['explain', 'run', 'good'], { cwd });
    expect(explained.stdout).toMatch(/^Predicted: neg .*\npos is more probable .* thresholds fitted for macro-F1; /);
    const plain = await runCli(['explain', 'run', 'good', '--decision', 'argmax'], { cwd });
    expect(plain.stdout).toMatch(/^Predicted: pos .*\nLog-odds of pos/);
  });
});

test('when thresholds were fitted then evaluate counts what they decide', async () => {
  await withTemporaryFolder(async (cwd) => {
    const { evaluation } = JSON.parse((await runCli([...train, '--out', 'run'], { cwd })).stdout) as ModelAnalysis;
    const path = join(cwd, 'run', 'model.json');
    const decision = { offsets: [0, 0.7] };
    await writeFile(path, JSON.stringify({ ...(JSON.parse(await readFile(path, 'utf8')) as object), decision }));
    const args = ['evaluate', 'run', '--json', '--save-predictions', 'all.jsonl'];
    const fitted = JSON.parse((await runCli(args, { cwd })).stdout) as {
      confusion: [[number, number], [number, number]];
      accuracy: number;
    };
    const [[negatives], [, positives]] = fitted.confusion;
    expect(fitted).toMatchObject({ decision, accuracy: (negatives + positives) / 1000 });
    expect(fitted.confusion).toEqual(await confusionIn(join(cwd, 'all.jsonl')));
    expect(fitted.confusion).not.toEqual(evaluation.confusion);
    const likeliest = await runCli([...args, '--decision', 'argmax'], { cwd });
    expect(JSON.parse(likeliest.stdout)).toMatchObject(evaluation);
    expect(JSON.parse(likeliest.stdout)).not.toHaveProperty('decision');
  });
});

test('when a table is given then all of it is evaluated, with its lines as origins and the labels by name', async () => {
  await withTemporaryFolder(async (cwd) => {
    await runCli([...train, '--out', 'run'], { cwd });
    const rows = ['pos,a wonderful film', 'neg,a dull film', 'pos,boring and awful', 'neg,bad', 'pos,fine'];
    await writeFile(join(cwd, 'mine.csv'), `sentiment,review\n${rows.join('\n')}\n`);
    const args = ['evaluate', 'run', '--data', 'mine.csv', '--json', '--save-predictions', 'all.jsonl'];
    const { code, stdout } = await runCli(args, { cwd });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      split: 'all',
      count: 5,
      classes: [
        { name: 'neg', support: 2 },
        { name: 'pos', support: 3 },
      ],
    });
    const lines = (await readFile(join(cwd, 'all.jsonl'), 'utf8')).trimEnd().split('\n');
    const found = lines.map((line) => JSON.parse(line) as { origin: string; label: string });
    const expected = rows.map((row, index) => ({
      origin: `mine.csv line ${index + 2}`,
      label: row.slice(0, 3),
    }));
    const byOrigin = (one: { origin: string }, other: { origin: string }): number =>
      one.origin < other.origin ? -1 : 1;
    expect(found.toSorted(byOrigin)).toMatchObject(expected);
    await writeFile(
      join(cwd, 'other.csv'),
      'sentiment,review\nyes,fine\nno,bad\nyes,good\nno,dull\nyes,nice\nno,poor\n',
    );
    const other = await runCli(['evaluate', 'run', '--data', 'other.csv'], { cwd });
    expect(other).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(/classes neg, pos but other\.csv has no, yes/),
    });
  });
});

test('when a run does not say its options, or an option is wrong, then evaluate says so', async () => {
  await withTemporaryFolder(async (cwd) => {
    await writeSmallRun(cwd, { classes: ['no', 'yes'] });
    const bare = await runCli(['evaluate', 'run'], { cwd });
    expect(bare).toMatchObject({ code: 4, stderr: expect.stringContaining('Expected the options that run') });
    const others = await runCli(['evaluate', 'run', '--data', 'sample'], { cwd });
    expect(others).toMatchObject({ code: 4, stderr: expect.stringContaining('classes no, yes but sample has neg') });
    const split = await runCli(['evaluate', 'run', '--split', 'some', '--mistakes', '-1'], { cwd });
    expect(split).toMatchObject({ code: 2, stdout: '' });
  });
});

test('when options say how to read data but none are named then evaluate refuses them, each by its flag', async () => {
  await withTemporaryFolder(async (cwd) => {
    await writeSmallRun(cwd);
    const columns = ['--text-column', 'body', '--label-column', 'label', '--labels', 'neg,pos'];
    const others = ['--no-header', '--files', '*.txt', '--encoding', 'utf-8'];
    const refused = await runCli(['evaluate', 'run', ...columns, ...others], { cwd });
    const flags = '--text-column, --label-column, --no-header, --files, --encoding, --labels';
    const stderr = expect.stringContaining(`error: Expected --data with ${flags}, which say how it is read`);
    expect(refused).toMatchObject({ code: 2, stdout: '', stderr });
    const one = await runCli(['evaluate', 'run', '--labels', 'neg,pos'], { cwd });
    expect(one).toMatchObject({ code: 2, stderr: expect.stringContaining('Expected --data with --labels, which') });
  });
});

test('when a text is explained then its words have effects, as lines or as a document', async () => {
  await withTemporaryFolder(async (cwd) => {
    await writeSmallRun(cwd);
    const text = 'not good, not even funny';
    const lines = await runCli(['explain', 'run', text, '--top', '2'], { cwd });
    expect(lines).toMatchObject({ code: 0, stderr: '' });
    expect(lines.stdout).toMatch(/^Predicted: (neg|pos) \(\d+\.\d\d %\)\.\n.*\n {2}not\[[+-]/);
    expect(lines.stdout).toMatch(/speaks for neg[^]*speaks for pos/);
    const json = await runCli(['explain', 'run', '-', '--json', '--label', 'pos'], { cwd, input: text });
    expect(JSON.parse(json.stdout)).toMatchObject({
      command: 'explain',
      prediction: { probabilities: { neg: expect.any(Number), pos: expect.any(Number) } },
      words: [
        { word: 'not', spans: [[0, 3], expect.anything()] },
        { word: 'good' },
        { word: 'even' },
        { word: 'funny' },
      ],
    });
    const label = await runCli(['explain', 'run', text, '--label', 'maybe'], { cwd });
    expect(label).toMatchObject({ code: 2, stderr: expect.stringContaining('Expected one of neg, pos') });
    expect(await runCli(['explain', 'run'], { cwd })).toMatchObject({ code: 2 });
  });
});

test.each(['', ' \n\t ', '\u3000'.repeat(200)])(
  'when the text %j is empty then explain and predict say so',
  async (text) => {
    await withTemporaryFolder(async (cwd) => {
      await writeSmallRun(cwd);
      const shown = await runCli(['explain', 'run', text], { cwd });
      expect(shown).toEqual({ code: 0, stdout: '', stderr: expect.stringMatching(/^The text is empty: [^\n]*\n$/) });
      const answer = { label: null, probability: null, problem: 'empty' };
      const json = await runCli(['explain', 'run', '-', '--json'], { cwd, input: text });
      expect(JSON.parse(json.stdout)).toEqual({ schema: 1, command: 'explain', run: 'run', ...answer });
      const predicted = await runCli(['predict', 'run', text, '--json'], { cwd });
      expect(JSON.parse(predicted.stdout)).toEqual({ line: 1, ...answer });
      await writeFile(join(cwd, 'blank.txt'), text.replaceAll('\n', '') + '\n');
      const lines = await runCli(['predict', 'run', '--file', 'blank.txt', '--json'], { cwd });
      expect(JSON.parse(lines.stdout)).toEqual({ line: 1, ...answer });
    });
  },
);

test('when runs are listed or compared then complete and other ones are told apart', async () => {
  await withTemporaryFolder(async (cwd) => {
    expect(await runCli(['runs'], { cwd })).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/no runs in/),
    });
    expect(await runCli(['runs', 'nowhere'], { cwd })).toMatchObject({ code: 4 });
    await writeSmallRun(cwd);
    const list = await runCli(['runs', '.'], { cwd });
    expect(list.stdout).toMatch(/ run .* train /);
    const compared = await runCli(['runs', 'compare', 'run', 'run', '--json'], { cwd });
    expect(JSON.parse(compared.stdout)).toMatchObject({ command: 'runs compare', settings: [], figures: [] });
    expect(await runCli(['runs', 'compare', 'run', 'nowhere'], { cwd })).toMatchObject({ code: 4 });
  });
});

test('when predictions or a report are to take the place of another file then it stays as it is', async () => {
  await withTemporaryFolder(async (cwd) => {
    await runCli([...train, '--out', 'run'], { cwd });
    const data = 'sentiment,review\npos,a fine film\nneg,a dull film\n';
    await writeFile(join(cwd, 'mine.csv'), data);
    execFileSync('mkfifo', [join(cwd, 'pipe')]);
    const evaluate = ['evaluate', 'run', '--data', 'mine.csv', '--quiet', '--save-predictions'];
    const refused = {
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^error: Could not write .*another name\.\n$/),
    };
    for (const path of ['mine.csv', 'run/run.json', '.', 'pipe']) {
      expect(await runCli([...evaluate, path], { cwd })).toEqual(refused);
      expect(await runCli(['report', 'run', '--out', path], { cwd })).toEqual(refused);
    }
    expect(await readFile(join(cwd, 'mine.csv'), 'utf8')).toBe(data);
    for (const times of [1, 2]) {
      expect({ times, ...(await runCli([...evaluate, 'all.jsonl'], { cwd })) }).toMatchObject({ code: 0 });
      expect({ times, ...(await runCli(['report', 'run', '--out', 'a.html'], { cwd })) }).toMatchObject({ code: 0 });
    }
  });
});
