import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { mcNemarTest } from '../../src/training/numbers/mcnemar.js';
import type { PairedComparison } from '../../src/training/paired_comparison.js';
import { withTemporaryFolder } from '../helpers.js';
import { runCli } from './helpers.js';

interface Compared {
  a: string;
  b: string;
  test: PairedComparison | null;
  because?: string;
}

async function compare(cwd: string, ...args: readonly string[]): Promise<Compared & { comparisons?: Compared[] }> {
  const { code, stdout, stderr } = await runCli(['runs', 'compare', ...args, '--json'], { cwd });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Compared;
}

async function train(cwd: string, out: string, ...args: readonly string[]): Promise<void> {
  const usual = ['--epochs', '1', '--hidden', '8', '--no-report', '--quiet', '--preset', 'notebook'];
  const { code, stderr } = await runCli(['train', ...args, ...usual, '--out', out], { cwd });
  expect({ code, stderr }).toMatchObject({ code: 0 });
}

/** Which predictions of a run are right, as `evaluate` saves them. */
async function rightOnes(cwd: string, run: string): Promise<boolean[]> {
  await runCli(['evaluate', run, '--quiet', '--save-predictions', `${run}.jsonl`], { cwd });
  const lines = (await readFile(join(cwd, `${run}.jsonl`), 'utf8')).trim().split('\n');
  return lines.map((line) => {
    const { label, predicted } = JSON.parse(line) as Record<string, string>;
    return label === predicted;
  });
}

async function expectSaid(cwd: string, onlyA: number, onlyB: number): Promise<void> {
  const { stdout } = await runCli(['runs', 'compare', 'a', 'b', '--metric', 'log-loss'], { cwd });
  expect(stdout).toContain(`A alone on ${onlyA}, B alone on ${onlyB}`);
  expect(stdout).toMatch(/accuracy .*-\d+\.\d\d.* -\d+\.\d\d \.\. -\d+\.\d\d/);
  expect(stdout).toMatch(/log loss .* \+0\.\d{4}/);
  expect(stdout).toMatch(/McNemar's test: p = 0\.\d+; A is right more often, and hardly by chance\.\n$/);
  expect(stdout.split('\n').filter((line) => line.length > 110)).toEqual([]);
}

/** @param macroF1 of the run b */
async function expectMetric(cwd: string, macroF1: number | undefined): Promise<void> {
  const evaluated = await runCli(['evaluate', 'b', '--metric', 'macro-f1', '--json'], { cwd });
  const { metric } = JSON.parse(evaluated.stdout) as { metric: unknown };
  expect(metric).toEqual({ name: 'macro-f1', value: macroF1 });
  const told = await runCli(['evaluate', 'b', '--metric', 'log-loss'], { cwd });
  expect(told.stdout).toMatch(/\nlog loss: 0\.\d{4}\n$/);
}

test('when runs are compared then their models are, on the test reviews that they have in common', () =>
  withTemporaryFolder(async (cwd) => {
    await train(cwd, 'a', '--data', 'sample');
    await train(cwd, 'b', '--data', 'sample', '--vocab', '50', '--metric', 'macro-f1');
    const [a, b] = [await rightOnes(cwd, 'a'), await rightOnes(cwd, 'b')];
    const count = (isA: boolean, isB: boolean): number => a.filter((is, row) => is === isA && b[row] === isB).length;
    const { test: compared, because } = await compare(cwd, 'a', 'b');
    expect(because).toBeUndefined();
    const [onlyA, onlyB] = [count(true, false), count(false, true)];
    expect(onlyA).toBeGreaterThan(onlyB);
    expect(compared).toMatchObject({
      reviews: 1000,
      ...{ bothRight: count(true, true), onlyA, onlyB, bothWrong: count(false, false) },
      mcNemar: mcNemarTest(onlyA, onlyB),
      differences: [
        { metric: 'accuracy', difference: expect.closeTo((onlyB - onlyA) / 1000, 12) },
        { metric: 'macro-f1' },
      ],
    });
    for (const { difference, interval } of compared?.differences ?? []) {
      expect(interval?.[0]).toBeLessThan(difference);
      expect(interval?.[1]).toBeGreaterThan(difference);
    }

    await expectSaid(cwd, onlyA, onlyB);
    await expectMetric(cwd, compared?.differences[1]?.b);

    const { comparisons } = await compare(cwd, 'a', 'b', 'a');
    expect(comparisons?.map((each) => [each.a, each.b, each.test?.onlyA])).toEqual([
      ['a', 'b', onlyA],
      ['a', 'a', 0],
    ]);
    expect(await compare(cwd, 'a', 'b', '--no-test')).toMatchObject({ test: null });
  }));

test('when runs have other test reviews or no model then a sentence says why they are not compared', () =>
  withTemporaryFolder(async (cwd) => {
    const rows = Array.from({ length: 60 }, (_, row) =>
      row % 2 === 0 ? `a fine film ${row},pos` : `a dull book ${row},neg`,
    );
    await writeFile(join(cwd, 'own.csv'), `text,label\n${rows.join('\n')}\n`);
    await writeFile(join(cwd, 'more.csv'), `text,label\n${rows.join('\n')}\na good one,pos\n`);
    await train(cwd, 'a', '--data', 'own.csv');
    await train(cwd, 'seed', '--data', 'own.csv', '--seed', '7');
    await train(cwd, 'more', '--data', 'more.csv');
    await cp(join(cwd, 'a'), join(cwd, 'broken'), { recursive: true });
    await rm(join(cwd, 'broken', 'model.safetensors'));
    const because = async (other: string): Promise<unknown> => {
      const compared = await compare(cwd, 'a', other);
      expect(compared.test).toBeNull();
      return compared.because;
    };
    expect(await because('more')).toMatch(
      /^The models are not compared: a was tested on other data \(SHA-256 .* than more/,
    );
    expect(await because('seed')).toMatch(/^The models are not compared: a holds out other test reviews .* than seed/);
    expect(await because('broken')).toMatch(/^The models are not compared: .*broken.*model\.safetensors/);
    const { stdout } = await runCli(['runs', 'compare', 'a', 'more'], { cwd });
    expect(stdout).toMatch(/\nThe models are not compared: [^\n]*\n$/);
    await writeFile(join(cwd, 'own.csv'), `text,label\n${rows.slice(2).join('\n')}\n`);
    expect(await because('seed')).toMatch(
      /^The models are not compared: Expected the data that the run a was made with/,
    );
  }));
