import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { allSettings } from '../../src/experiments/second_task/methods.js';
import type { SecondTaskDocument } from '../../src/report/console/second_task.js';
import { readRun } from '../../src/storage/read_run.js';
import { writeStarredArchive } from '../experiments/second_task/starred_reviews.js';
import { withTemporaryFolder } from '../helpers.js';
import { readPage } from '../report/support/read_page.js';
import { runCli } from './helpers.js';

const keys = ['output-layer', 'lora-r1', 'lora-r4', 'lora-r8', 'full', 'scratch'];
// One thread: layers as small as these only lose by waiting for another.
const small = ['--device', 'cpu', '--threads', '1', '--hidden', '8', '--labelled', '300', '--valid', '200'];

test('when a second task is learned then the table says what it took, and the base is what it was', async () => {
  await withTemporaryFolder(async (cwd) => {
    const data = ['--data', writeStarredArchive(cwd), '--seed', '5', '--seeds', '2'];
    const args = ['experiment', 'second-task', ...data, ...small, '--out', 'run', '--json'];
    const { code, stdout, stderr } = await runCli(args, { cwd });
    expect(code).toBe(0);
    const document = JSON.parse(stdout) as SecondTaskDocument;
    const { size } = document.vocabulary;
    expect(document).toMatchObject({
      schema: 1,
      command: 'experiment second-task',
      task: { classes: ['mild', 'strong'], base: 500, labelled: 300, valid: 200, tested: 250, seeds: [5, 6] },
      data: { train: 800, valid: 200, test: 250 },
    });
    const { methods, checks, conclusion } = document;
    const output = 2 * 8 + 2;
    const branch = (rank: number): number => rank * (8 + size) + output;
    const all = 8 * size + 8 + output;
    expect(methods.map(({ trainable }) => trainable)).toEqual([
      output,
      branch(1),
      branch(4),
      branch(8),
      all,
      all,
    ]);
    for (const { grid, learningRate, epochs, valid, test: tested } of methods) {
      expect(grid.map((point) => [point.learningRate, point.epochs])).toEqual(
        allSettings().map((point) => [point.learningRate, point.epochs]),
      );
      expect(grid).toContainEqual({ learningRate, epochs, valid });
      expect(tested).toHaveLength(2);
    }
    expect(checks.map(({ passed }) => passed)).toEqual([true, true, true]);
    expect(stderr.trim().split('\n').at(-1)).toBe(conclusion);
    const { run, tensors, description } = await readRun(join(cwd, 'run'));
    expect(run).toMatchObject({ conclusion, seed: 5, options: { labelled: 300, seeds: 2 } });
    expect(description.classes).toEqual(['neg', 'pos']);
    expect(tensors.get('fc1.weight')?.shape).toEqual([8, size]);
    const predict = async (...more: readonly string[]): Promise<string> =>
      (await runCli(['predict', 'run', 'A wonderful film!', ...more], { cwd })).stdout;
    expect(await predict()).toMatch(/^(neg|pos)/);
    expect(await predict('--adapter', join('run', 'lora-r1'))).toMatch(/^(mild|strong)/);
    const report = readPage(await readFile(join(cwd, 'run', 'report.html'), 'utf8'));
    expect(report.find(({ from }) => from === 'conclusion')?.text).toBe(conclusion);
    const merged = await runCli(['merge', 'run', '--adapter', 'run/lora-r1', '--json'], { cwd });
    const { validation, ...rest } = JSON.parse(merged.stdout) as { validation: { count: number } };
    expect(validation.count).toBe(200);
    expect(rest).not.toHaveProperty('test');
    expect(await predict()).toMatch(/^(mild|strong)/);
    const lines = (await readFile(join(cwd, 'run', 'metrics.jsonl'), 'utf8')).trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { phase: string }).phase)).toEqual(['base', ...keys]);
  });
}, 180_000);

test('when the reviews have no stars then that is said', async () => {
  await withTemporaryFolder(async (cwd) => {
    const { code, stderr } = await runCli(['experiment', 'second-task', '--data', 'sample', '--quiet'], {
      cwd,
    });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(
        /^error: Expected reviews whose file names have their stars.* sample has no stars/,
      ),
    });
    expect(await readdir(cwd)).toEqual([]);
  });
});

test('when options do not fit then each is named and nothing is written', async () => {
  await withTemporaryFolder(async (cwd) => {
    const archive = writeStarredArchive(cwd);
    const run = async (...args: readonly string[]): Promise<string> => {
      const { code, stderr } = await runCli(['experiment', 'second-task', '--data', archive, ...args], {
        cwd,
      });
      expect(code).toBe(2);
      return stderr;
    };
    const both = await run('--labelled', '0', '--seeds', 'x');
    expect(both).toMatch(/for --labelled but received "0"/);
    expect(both).toMatch(/for --seeds but received "x"/);
    expect(await run('--valid', '200', '--labelled', '800')).toMatch(/--labelled to be below the 800/);
    expect(await run(...small, '--hidden', '4')).toMatch(/--hidden 8, the largest rank/);
    expect((await readdir(cwd)).filter((name) => name !== 'starred.tar')).toEqual([]);
  });
});

test('when it is interrupted then it exits with 130 and leaves nothing', async () => {
  await withTemporaryFolder(async (cwd) => {
    const args = ['experiment', 'second-task', '--data', writeStarredArchive(cwd), ...small];
    const { code } = await runCli(args, {
      cwd,
      onOutput: { when: /^output layer: /m, then: (child) => child.kill('SIGINT') },
    });
    expect(code).toBe(130);
    expect(await readdir(cwd)).toEqual(['starred.tar']);
  });
});
