import { rm, stat, writeFile, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { TrainDocument } from '../../src/storage/run_document.js';
import { runCli } from './helpers.js';

const count = 1000;
const names = Array.from({ length: count }, (_, k) => `class${String(k).padStart(4, '0')}`);
let cwd: string;

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'imdb-torch-classes-'));
  const rows = Array.from({ length: 5 * count }, (_, k) => `word${k % count} film ${k % 7},${names[k % count] ?? ''}`);
  await writeFile(join(cwd, 'many.csv'), ['text,label', ...rows, ''].join('\n'));
  const options = [
    '--preset',
    'notebook',
    '--epochs',
    '1',
    '--hidden',
    '8',
    '--vocab',
    '2000',
    '--out',
    'run',
    '--json',
    '--quiet',
  ];
  const { code, stdout } = await runCli(['train', '--data', 'many.csv', ...options], { cwd });
  expect(code).toBe(0);
  const { evaluation, topWords } = JSON.parse(stdout) as TrainDocument & Record<string, unknown>;
  expect(evaluation).toMatchObject({ confusion: null, mostConfused: expect.any(Array) });
  expect(topWords).toBeNull();
}, 120_000);
afterAll(() => rm(cwd, { recursive: true }));

test('when there are a thousand classes then the run and its report stay small', async () => {
  expect((await stat(join(cwd, 'run', 'run.json'))).size).toBeLessThan(250_000);
  expect((await stat(join(cwd, 'run', 'report.html'))).size).toBeLessThan(100_000);
});

test('when there are a thousand classes then evaluate shows the weakest and --json has all', async () => {
  const shown = await runCli(['evaluate', 'run'], { cwd });
  expect(shown.code).toBe(0);
  expect(shown.stdout).toMatch(/the 20 weakest of 1,000 classes/);
  expect(shown.stdout).toMatch(/most confused.*\n[^\n]*\n[^\n]* class\d{4} as class\d{4} /);
  expect(shown.stdout.split('\n').length).toBeLessThan(80);
  const { stdout } = await runCli(['evaluate', 'run', '--json', '--quiet'], { cwd });
  const document = JSON.parse(stdout) as { classes: { name: string }[]; confusion: number[][]; mostConfused: object[] };
  expect(document.classes.map(({ name }) => name)).toEqual(names);
  expect(document.confusion.flat().reduce((sum, each) => sum + each, 0)).toBe(count);
  expect(document.confusion.map(({ length }) => length)).toEqual(names.map(() => count));
  expect(document.mostConfused).toHaveLength(20);
  expect(stdout.length).toBeLessThan(3_000_000);
}, 120_000);

test('when there are a thousand classes then explain and errors name some of them', async () => {
  const { stdout } = await runCli(['explain', 'run', '--top', '3', '--label', 'class0007'], { cwd });
  expect(stdout).toMatch(/speaks for class0007/);
  expect(stdout.match(/speaks for/g)).toHaveLength(1);
  expect(stdout).toMatch(/--label names another of the 1,000 classes/);
  const json = await runCli(['explain', 'run', '--top', '3', '--json'], { cwd });
  expect(Object.keys((JSON.parse(json.stdout) as { top: object }).top)).toEqual(names);
  const wrong = await runCli(['explain', 'run', 'film', '--label', 'other'], { cwd });
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringMatching(/class0011 and 988 more for --label/) });
  await writeFile(join(cwd, 'other.csv'), 'text,label\nfilm,other\nfilm,another\n');
  const unknown = await runCli(['evaluate', 'run', '--data', 'other.csv'], { cwd });
  expect(unknown).toMatchObject({
    code: 4,
    stderr: expect.stringMatching(/class0011 and 988 more but other\.csv has another, other;/),
  });
});

test.each([
  ['one class', 'film word1,class0001\nword1,class0001\nfilm,class0001\n', 3],
  ['one review', 'film word1,class0001\n', 1],
  ['two classes, one review each', 'film,class0001\nfilm,class0009\n', 2],
])('when a model is evaluated on %s then the other classes have no scores', async (_, rows, reviews) => {
  await writeFile(join(cwd, 'few.csv'), `text,label\n${rows}`);
  const { code, stdout } = await runCli(['evaluate', 'run', '--data', 'few.csv', '--json', '--quiet'], { cwd });
  expect(code).toBe(0);
  const document = JSON.parse(stdout) as {
    count: number;
    classes: { precision: number | null; recall: number | null; f1: number | null; support: number }[];
    macro: { recall: number };
    rocAuc: null;
  };
  expect([document.count, document.rocAuc]).toEqual([reviews, null]);
  const present = document.classes.filter(({ support }) => support > 0);
  expect(document.macro.recall).toBe(present.reduce((sum, { recall }) => sum + Number(recall), 0) / present.length);
  expect(document.classes[2]).toEqual({ name: 'class0002', precision: null, recall: null, f1: null, support: 0 });
  const test = await runCli(['evaluate', 'run', '--data', 'few.csv', '--split', 'test'], { cwd });
  if (reviews < 3) expect(test).toMatchObject({ code: 4, stderr: expect.stringMatching(/take --split all/) });
});

test('when data of one class are to be trained on then they are refused as before', async () => {
  await writeFile(join(cwd, 'one.csv'), 'text,label\na,pos\nb,pos\nc,pos\n');
  const { code, stderr } = await runCli(['train', '--data', 'one.csv'], { cwd });
  expect({ code, stderr }).toMatchObject({ code: 4, stderr: expect.stringMatching(/at least two classes/) });
});
