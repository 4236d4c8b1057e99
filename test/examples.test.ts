import { execFileSync } from 'node:child_process';
import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { exportRun } from '../src/library/export_run.js';
import { loadDataset } from '../src/library/load_dataset.js';
import { readRun } from '../src/storage/read_run.js';
import { readSafetensors } from '../src/storage/safetensors.js';
import { runCli } from './cli/helpers.js';
import { writeStarredArchive } from './data/starred_reviews.js';
import { withTemporaryFolder } from './helpers.js';
import { writeSmallRun } from './model/helpers.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const compiled = join(root, 'build', 'examples');

/** Options of the example of a second task that suit a small archive. */
const quick = ['--quick', '--labelled', '300', '--valid', '200', '--seeds', '2'];

/** The examples import the package by its name, so they run with what `npm run build` made. */
function runExample(name: string, folder: string, ...args: readonly string[]): string {
  return execFileSync(process.execPath, [join(compiled, `${name}.js`), ...args], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** The numbers that follow a word in what an example printed. */
function numbersAfter(word: string, output: string): number[] {
  return [...output.matchAll(new RegExp(`${word} ([\\d.]+)`, 'g'))].map(([, number]) => Number(number));
}

test('when rows are learned from then the program prints an accuracy and a prediction', () => {
  const output = execFileSync(process.execPath, [join(root, 'examples', 'rows.mjs')], { encoding: 'utf8' });
  expect(output).toMatch(/^Accuracy on 10 rows that were held out: 1\n/);
  expect(output).toMatch(/label: 'sales',\n {2}probability: 0\.\d+,\n {2}probabilities: \{ sales: /);
});

describe('examples', () => {
  beforeAll(() => {
    execFileSync(process.execPath, [join(root, 'scripts', 'compile_examples.mjs')]);
  });

  test('when the training loop runs then its loss falls', () =>
    withTemporaryFolder((folder) => {
      const losses = numbersAfter('loss', runExample('training_loop', folder));
      expect(losses).toHaveLength(4);
      expect(losses).toEqual(losses.toSorted((one, other) => other - one));
      expect(losses.at(-1)).toBeLessThan(0.2);
      return Promise.resolve();
    }));

  test('when a tokenizer of its own is used then the model predicts with it', () => {
    expect(runExample('tokenizer', root)).toBe("[ 'pos', 'neg' ]\n");
  });

  test('when a layer is fine-tuned then its loss falls and its weight stays', () =>
    withTemporaryFolder((folder) => {
      const output = runExample('lora_fine_tuning', folder);
      const losses = numbersAfter('loss', output);
      expect(losses).toHaveLength(3);
      expect(losses).toEqual(losses.toSorted((one, other) => other - one));
      expect(output).toContain('The weight is what it was: true');
      return Promise.resolve();
    }));

  test('when a branch is merged then the outputs stay and the layer is written', () =>
    withTemporaryFolder(async (folder) => {
      expect(runExample('merge', folder)).toBe('The outputs moved by no more than rounding: true\n');
      const { tensors } = await readSafetensors(join(folder, 'merged.safetensors'));
      expect([...tensors].map(([name, { shape }]) => [name, shape])).toEqual([
        ['bias', [4]],
        ['weight', [4, 16]],
      ]);
    }));

  test('when it trains on reviews then every epoch is told and the model predicts', () =>
    withTemporaryFolder((folder) => {
      const accuracies = numbersAfter('accuracy', runExample('reviews', folder));
      expect(accuracies).toHaveLength(3);
      expect(accuracies.at(-1)).toBeGreaterThan(0.85);
      return Promise.resolve();
    }));

  test('when an app has the service then it answers', () =>
    withTemporaryFolder(async (folder) => {
      await makeRuns(folder, ['demo']);
      expect(runExample('service', folder)).toMatch(/^200 (neg|pos)\n$/);
    }));

  test('when texts are classified then each has a class and a probability', () =>
    withTemporaryFolder(async (folder) => {
      await makeRuns(folder, ['demo']);
      expect(runExample('predict', folder)).toMatch(/^(neg|pos) [\d.]+ %\n(neg|pos) [\d.]+ %\n$/);
    }));

  test('when a model is exported then it classifies, explains and encodes without the package', () =>
    withTemporaryFolder(async (folder) => {
      await makeRuns(folder, ['demo']);
      const rows = ['pos', 'neg'].map((label) => ({ text: 'not bad', label }));
      await exportRun(join(folder, 'runs', 'demo'), { data: await loadDataset({ rows, whole: true }) });
      expect(runExample('portable', folder)).toMatch(/^(neg|pos) [\d.]+ %\nnot \[[^]*Int32Array\(\d+\) \[[^]*null\n$/);
    }));

  test('when threads share a model then each predicts as the one that opened it', () =>
    withTemporaryFolder(async (folder) => {
      await makeRuns(folder, ['demo']);
      const alone = runExample('predict', folder).split('\n').slice(0, 2);
      const shared = runExample('threads', folder).split('\n');
      expect(shared.slice(0, 2)).toEqual(alone);
      expect(shared).toHaveLength(5);
    }));

  test('when several adapters share a model then they come and go without a trace', () =>
    withTemporaryFolder(async (folder) => {
      await makeRuns(folder, ['base', 'films', 'books']);
      expect(runExample('adapters', folder)).toBe('The logits are the same, bit for bit: true\n');
      expect(existsSync(join(folder, 'adapters', 'both', 'adapter_model.safetensors'))).toBe(true);
    }));

  test(
    'when a second task is learned then each method says what it took, and the base is what it was',
    () =>
      withTemporaryFolder(async (folder) => {
        const archive = writeStarredArchive(folder);
        const output = runExample('second_task', folder, archive, ...quick, '--out', 'run');
        expect(output).toContain('300 reviews to learn from, 200 to choose on, 250 to test on');

        const { tensors: base, description } = await readRun(join(folder, 'run'));
        expect(description.classes).toEqual(['neg', 'pos']);
        const [hidden = NaN, words = NaN] = base.get('fc1.weight')?.shape ?? [];
        const outputLayer = 2 * hidden + 2;
        const all = hidden * words + hidden + outputLayer;
        const branch = (rank: number): number => rank * (hidden + words) + outputLayer;
        const parameters = [outputLayer, branch(1), branch(4), branch(8), all, all];
        const names = ['output-layer', 'lora-r1', 'lora-r4', 'lora-r8', 'full', 'scratch'];
        const rows = rowsOf(output, names);
        expect(rows.map(([name, , , count]) => [name, Number(count)])).toEqual(
          names.map((name, index) => [name, parameters[index]]),
        );
        for (const [, accuracy, deviation, count, bytes, seconds] of rows) {
          expect(Number(accuracy)).toBeGreaterThan(50);
          expect(Number(deviation)).toBeLessThan(20);
          expect(Number(bytes)).toBeGreaterThan(4 * Number(count));
          expect(Number(seconds)).toBeGreaterThan(0);
        }
        expect(output.match(/^ {2}lora-r\d: (true|false)$/gm)).toEqual(
          [1, 4, 8].map((rank) => `  lora-r${rank}: true`),
        );
        const predict = async (...args: readonly string[]): Promise<string> =>
          (await runCli(['predict', 'run', 'A wonderful film!', ...args], { cwd: folder })).stdout;
        expect(await predict()).toMatch(/^(neg|pos)/);
        expect(await predict('--adapter', join('run', 'lora-r1'))).toMatch(/^(mild|strong)/);
      }),
    60_000,
  );

  test('when reviews have no stars then the example of a second task says so', () =>
    withTemporaryFolder((folder) => {
      expect(() => runExample('second_task', folder, 'sample', ...quick)).toThrow(/sample has no stars/);
      return Promise.resolve();
    }));
});

/** The cells of the lines of a table that begin with one of these names. */
function rowsOf(output: string, names: readonly string[]): string[][] {
  const rows = output.split('\n').map((line) => line.split(/ {2,}/).map((cell) => cell.trim()));
  return rows.filter(([name = '']) => names.includes(name));
}

/** Writes run directories of one small model with an adapter, `runs/NAME` for each name. */
async function makeRuns(folder: string, names: readonly string[]): Promise<void> {
  const { path } = await writeSmallRun(folder, { adapter: true });
  for (const name of names) cpSync(path, join(folder, 'runs', name), { recursive: true });
}
