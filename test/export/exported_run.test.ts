/** Slim run directories, and what `exportRun` says and refuses. */
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { TextClassifier, exportRun, loadDataset, saveRun, train, type TrainOptions } from '../../src/index.js';
import { readFeatures } from '../../src/storage/features_file.js';
import { readRun } from '../../src/storage/read_run.js';
import { runCli } from '../cli/helpers.js';
import { withTemporaryFolder } from '../helpers.js';

const things = ['printer', 'screen', 'phone', 'mouse', 'router', 'lamp', 'desk', 'chair'];
const faults = ['broken', 'dark', 'slow', 'lost', 'hot'];
const rows = things.flatMap((thing) =>
  faults.flatMap((fault) => [
    { text: `The ${thing} is ${fault}, please help us.`, label: 'support' },
    { text: `What does a new ${thing} cost, one that is not ${fault}?`, label: 'sales' },
  ]),
);
const texts = rows.map(({ text }) => text);
const csv = ['text,label', ...rows.map(({ text, label }) => `"${text}",${label}`)].join('\n');

/** Runs `use` with a run that was trained on the rows, and a folder. */
async function withRun(options: TrainOptions, use: (run: string, folder: string) => Promise<void>): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    const run = join(folder, 'run');
    const data = await loadDataset({ rows, seed: 7, cacheFolder: null });
    await saveRun(run, await train(data, options), { report: false });
    await use(run, folder);
  });
}

test.each(['float32', 'float64'] as const)(
  'when a weighted model of %s becomes a slim run then that opens, with its index, and answers the same',
  async (dtype) => {
    const options = { preset: 'notebook', weighting: 'idf', hidden: 4, epochs: 2, dtype } as const;
    await withRun(options, async (run, folder) => {
      const slim = join(folder, 'slim');
      await exportRun(run, { to: 'folder', out: slim });
      using whole = await TextClassifier.open(run);
      using small = await TextClassifier.open(slim);
      expect(small.predict(texts)).toEqual(whole.predict(texts));
      const { vocabulary, description } = await readRun(slim);
      expect(await readFeatures(slim, vocabulary, description.features)).not.toBeNull();
    });
  },
);

test('when other data are named then a slim run can be evaluated, and exported with fewer digits', async () => {
  await withRun({ preset: 'fast' }, async (run, folder) => {
    const [slim, data] = [join(folder, 'slim'), join(folder, 'rows.csv')];
    await writeFile(data, csv);
    await exportRun(run, { to: 'folder', out: slim });
    expect((await readRun(slim)).run.options).toEqual({ seed: 7, loss: 'logits' });
    const evaluated = await runCli(['evaluate', slim, '--data', data, '--json']);
    expect(evaluated.code).toBe(0);
    const ofWhole = await runCli(['evaluate', run, '--data', data, '--json']);
    expect({ ...(JSON.parse(evaluated.stdout) as object), run: '' }).toEqual({
      ...(JSON.parse(ofWhole.stdout) as object),
      run: '',
    });
    const exported = await runCli(['export', slim, '--precision', 'int8', '--data', data, '--json']);
    expect(exported.code).toBe(0);
    expect(JSON.parse(exported.stdout)).toMatchObject({ cost: { split: 'all', reviews: rows.length } });
    const without = await runCli(['export', slim, '--precision', 'int8', '--out', join(folder, 'other')]);
    expect(without).toMatchObject({ code: 4, stdout: '' });
    expect(await readdir(folder)).not.toContain('other');
    expect(await readFile(join(slim, 'export-web', 'model.bin'))).not.toHaveLength(0);
  });
});
