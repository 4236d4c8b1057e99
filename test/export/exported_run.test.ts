/** Slim run directories, and what `exportRun` says and refuses. */
import { spawnSync } from 'node:child_process';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import {
  TextClassifier,
  exportRun,
  loadDataset,
  saveRun,
  train,
  type ExportRunOptions,
  type TrainOptions,
} from '../../src/index.js';
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

test('when data are named then what is lost is measured on them, and refused where nothing can be', async () => {
  await withRun({ preset: 'fast' }, async (run, folder) => {
    const data = await loadDataset({ rows, cacheFolder: null });
    const { cost } = await exportRun(run, { data });
    expect(cost).toMatchObject({ changed: 0, seen: false });
    await expect(exportRun(run, { data, to: 'folder', out: join(folder, 'slim') })).rejects.toMatchObject({
      code: 'ERR_USAGE',
      message: expect.stringMatching(/^Expected no .*data\b.*folder/) as unknown,
    });
    expect((await exportRun(run)).cost).toBeNull();
  });
});

test('when a model has float64 numbers then a model file loses digits, which is measured', async () => {
  await withRun({ preset: 'notebook', hidden: 4, epochs: 1, dtype: 'float64' }, async (run) => {
    // The rows of a program are nowhere to be read again.
    await expect(exportRun(run)).rejects.toMatchObject({ code: 'ERR_DATASET' });
    const { cost } = await exportRun(run, { data: await loadDataset({ rows, cacheFolder: null }) });
    expect(cost).not.toBeNull();
  });
});

test('when options do not go together then that is said before the run is read', async () => {
  await withTemporaryFolder(async (folder) => {
    const nowhere = join(folder, 'nowhere');
    for (const options of [{ precision: 'int8' }, { maxSize: 1000 }] as const) {
      await expect(exportRun(nowhere, { to: 'folder', ...options })).rejects.toMatchObject({ code: 'ERR_USAGE' });
    }
  });
});

test('when the exported model is the one that the run was tested with then the page says how good it is, else not', async () => {
  await withRun({ preset: 'fast' }, async (run) => {
    const said = async (options: ExportRunOptions): Promise<boolean> => {
      await exportRun(run, options);
      return (await readFile(join(run, 'export-web', 'index.html'), 'utf8')).includes('right on its test');
    };
    expect(await said({})).toBe(true);
    expect(await said({ adapter: 'off' })).toBe(true);
    const description = JSON.parse(await readFile(join(run, 'model.json'), 'utf8')) as object;
    await writeFile(join(run, 'model.json'), JSON.stringify({ ...description, decision: { offsets: [0, 9] } }));
    expect(await said({})).toBe(false);
    expect(await said({ decision: 'argmax' })).toBe(true);
  });
});

test('when the programs of the READMEs run in Node then they answer', async () => {
  await withRun({ preset: 'fast' }, async (run, folder) => {
    for (const to of ['web', 'onnx'] as const) {
      const out = join(folder, to);
      await exportRun(run, { to, out });
      const [, code = ''] = /```js\n([^]*?)```/.exec(await readFile(join(out, 'README.md'), 'utf8')) ?? [];
      // As it says, the lines in comments take the place of the one for browsers.
      const forNode = /^\/\/ /m.test(code) ? code.replace(/^const model.*\n/m, '').replace(/^\/\/ /gm, '') : code;
      await writeFile(join(out, 'program.mjs'), forNode);
      const { status, stderr } = spawnSync(process.execPath, ['program.mjs'], { cwd: out, encoding: 'utf8' });
      expect({ to, status, stderr }).toEqual({ to, status: 0, stderr: '' });
    }
  });
});
