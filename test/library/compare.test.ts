/** Comparing two models on rows, beside what the command says of their runs on the same rows. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { compare, loadDataset, saveRun, TextClassifier, train, type ComparisonDocument } from '../../src/index.js';
import { runCli } from '../cli/helpers.js';
import { withTemporaryFolder } from '../helpers.js';

const adjectives = ['good', 'fine', 'sad', 'dull', 'odd', 'new', 'old', 'slow'];
const things = ['film', 'plot', 'cast', 'score', 'scene', 'joke', 'end', 'title', 'cut', 'set'];
/** One word says the class of three quarters of the rows, and of the others nothing does. */
const rows = adjectives.flatMap((adjective, k) =>
  things.map((thing, n) => ({
    text: `a ${adjective} ${thing}`,
    label: (n % 4 === 3 ? k % 2 === 0 : k < 4) ? 'pos' : 'neg',
  })),
);

async function compareByCommand(cwd: string): Promise<ComparisonDocument> {
  const { code, stdout } = await runCli(['runs', 'compare', 'a', 'b', '--metric', 'macro-f1', '--json'], { cwd });
  expect(code).toBe(0);
  return JSON.parse(stdout) as ComparisonDocument;
}

test('when two models are compared then the call says what the command says of their runs', () =>
  withTemporaryFolder(async (cwd) => {
    const data = join(cwd, 'rows.csv');
    await writeFile(data, ['text,label', ...rows.map(({ text, label }) => `${text},${label}`)].join('\n'));
    const dataset = await loadDataset({ data, cacheFolder: null });
    await saveRun(join(cwd, 'a'), await train(dataset, { ngrams: 1, characters: null }), { report: false });
    const b = await train(dataset, { preset: 'fixed', epochs: 1, hidden: 2, vocab: 8 });
    await saveRun(join(cwd, 'b'), b, { report: false });

    using first = await TextClassifier.open(join(cwd, 'a'));
    using second = await TextClassifier.open(join(cwd, 'b'));
    const told = await compare(first, second, dataset, { metric: ['accuracy', 'macro-f1', 'accuracy'] });
    const { test: expected } = await compareByCommand(cwd);
    expect(expected.onlyA).toBeGreaterThan(expected.onlyB);
    expect(told).toEqual({
      ...{ schema: 1, command: 'runs compare', split: 'test', classes: ['neg', 'pos'], test: expected },
      data: { source: dataset.source.location, sha256: dataset.source.sha256 },
    });

    const whole = await compare(first, first, await loadDataset({ rows, whole: true }));
    expect(whole).toMatchObject({
      split: 'all',
      test: { reviews: rows.length, onlyA: 0, onlyB: 0, mcNemar: { midP: 1 } },
    });
    expect(whole.test.differences.map(({ metric }) => metric)).toEqual(['accuracy']);
    const training = await compare(first, second, dataset, { split: 'train' });
    expect(training).toMatchObject({ split: 'train', test: { reviews: dataset.splits.train.labels.length } });
  }));

test('when two models have other classes then they are not compared', () =>
  withTemporaryFolder(async (folder) => {
    const renamed = rows.map(({ text, label }) => ({ text, label: label === 'pos' ? 'good' : 'bad' }));
    for (const [name, own] of Object.entries({ a: rows, b: renamed }))
      await saveRun(join(folder, name), await train(await loadDataset({ rows: own })), { report: false });
    using first = await TextClassifier.open(join(folder, 'a'));
    using second = await TextClassifier.open(join(folder, 'b'));
    await expect(compare(first, second, await loadDataset({ rows, whole: true }))).rejects.toMatchObject({
      code: 'ERR_RUN',
      message:
        'Expected models with the same classes, in the same order, but received one of neg, pos and one of bad, good; ' +
        'compare models that were trained on the same labels.',
    });
  }));
