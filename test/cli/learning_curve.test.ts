import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { PythonRandom } from '../../src/data/numbers/python_random.js';
import { withTemporaryFolder } from '../helpers.js';
import { runCli } from './helpers.js';

interface Run {
  crossValidation: { value: number; standardError: number };
  learningCurve?: { metric: string; points: { reviews: number; value: number }[]; twice: number | null };
}

/** Writes 400 reviews whose classes are told apart by 60 rare words: the more a model has seen, the better. */
async function writeReviews(folder: string): Promise<void> {
  const random = new PythonRandom(5);
  const rows = Array.from({ length: 400 }, (_, row) => {
    const text = [`w${2 * random.below(60) + (row % 2)}`, `v${random.below(50)}`, `v${random.below(50)}`];
    return `${text.join(' ')},${row % 2 === 0 ? 'pos' : 'neg'}`;
  });
  await writeFile(join(folder, 'reviews.csv'), ['text,label', ...rows, ''].join('\n'));
}

const fixed = ['--search', 'none', '--ngrams', '1', '--characters', 'none', '--weighting', 'idf'];

test('when a learning curve is asked for then the terminal, run.json and the report have it', async () => {
  await withTemporaryFolder(async (cwd) => {
    await writeReviews(cwd);
    const args = ['train', '--data', 'reviews.csv', '--learning-curve', ...fixed, '--character-weight', '1'];
    const { code, stdout } = await runCli([...args, '--out', 'run'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain('Learning curve');
    expect(stdout).toMatch(/^Twice as many labelled reviews would /m);
    const { crossValidation, learningCurve } = JSON.parse(await readFile(join(cwd, 'run/run.json'), 'utf8')) as Run;
    const { points = [], twice = null, metric } = learningCurve ?? {};
    expect(metric).toBe('accuracy');
    const [{ reviews: all } = { reviews: NaN }] = points.slice(-1);
    expect(points.map(({ reviews }) => reviews)).toEqual([8, 4, 2, 1].map((part) => Math.round(all / part)));
    expect(points.at(-1)).toMatchObject({ value: crossValidation.value });
    expect(points[0]?.value).toBeLessThan(crossValidation.value - 0.1);
    expect(twice).toBeGreaterThan(crossValidation.value);
    const page = await readFile(join(cwd, 'run/report.html'), 'utf8');
    expect(page).toContain('What more reviews would bring');
    expect(page).toContain('data-from="learningCurve.points.0.value"');
  });
});

test('when no learning curve is asked for then run.json has none', async () => {
  await withTemporaryFolder(async (cwd) => {
    await writeReviews(cwd);
    const args = ['train', '--data', 'reviews.csv', ...fixed, '--character-weight', '1', '--quiet', '--no-report'];
    expect(await runCli([...args, '--out', 'run'], { cwd })).toMatchObject({ code: 0 });
    expect(JSON.parse(await readFile(join(cwd, 'run/run.json'), 'utf8'))).not.toHaveProperty('learningCurve');
  });
});

test('when the model is trained step by step then a learning curve is refused in one sentence', async () => {
  expect(await runCli(['train', '--data', 'sample', '--learning-curve'])).toEqual({
    code: 2,
    stdout: '',
    stderr:
      'error: Expected --optimizer dual-coordinate-descent, or --preset auto, with --learning-curve, which trains the model many times.\n',
  });
});
