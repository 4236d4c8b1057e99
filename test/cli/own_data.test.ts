import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { writeSample } from '../../src/data/sample/sample.js';
import type { LoraDocument, TrainDocument } from '../../src/storage/run_document.js';
import { withTemporaryFolder } from '../helpers.js';
import { runCli } from './helpers.js';

/** Reviews of three classes. */
const rows = [...writeSample()].slice(1250, 2750).map(({ text, file: place }, index) => ({
  text,
  label: index % 4 === 0 ? 'mixed' : place.label === 1 ? 'good' : 'bad',
}));

function csv(of = rows): string {
  const lines = of.map(({ text, label }) => `"${text.replaceAll('"', '""')}",${label}`);
  return ['review,sentiment', ...lines, ''].join('\n');
}

const small = ['--preset', 'notebook', '--epochs', '2', '--hidden', '8', '--lr', '0.5', '--json'];

test('when CSV and Parquet have the same reviews of three classes then they give the same model, bit for bit', async () => {
  await withTemporaryFolder(async (folder) => {
    const columnData = [
      { name: 'text', data: rows.map(({ text }) => text) },
      { name: 'label', data: rows.map(({ label }) => label) },
    ];
    await writeFile(join(folder, 'reviews.csv'), csv());
    await writeFile(join(folder, 'reviews.parquet'), Buffer.from(parquetWriteBuffer({ columnData })));
    const models: Buffer[] = [];
    for (const name of ['reviews.csv', 'reviews.parquet']) {
      const { code, stdout } = await runCli(['train', '--data', name, ...small], { cwd: folder });
      expect(code).toBe(0);
      const document = JSON.parse(stdout) as TrainDocument;
      expect(document).toMatchObject({
        classes: ['bad', 'good', 'mixed'],
        data: { train: 960, valid: 240, test: 300, testHeldOut: true, badRows: { count: 0, total: 1500 } },
      });
      expect(document.test.accuracy).toBeGreaterThan(1 / 3);
      models.push(await readFile(join(document.run, 'model.safetensors')));
    }
    expect(models[0]).toEqual(models[1]);
  });
});

test('when files are given for the splits then train uses them, and lora --base takes them over', async () => {
  await withTemporaryFolder(async (folder) => {
    const parts = { train: rows.slice(0, 900), valid: rows.slice(900, 1200), test: rows.slice(1200) };
    for (const [name, of] of Object.entries(parts)) await writeFile(join(folder, `${name}.csv`), csv(of));
    const files = Object.keys(parts).flatMap((name) => [`--${name}`, `${name}.csv`]);
    const labels = ['--labels', 'mixed,bad,good'];
    const train = await runCli(['train', ...files, ...labels, ...small, '--out', 'base'], { cwd: folder });
    expect(train.code).toBe(0);
    const lora = await runCli(['lora', '--base', 'base', '--lora-epochs', '1', '--json', '--quiet'], {
      cwd: folder,
    });

    // The reviews are sorted by their labels.
    const notes = 'No validation review has the label "good".\nNo test review has the label "good".\n';
    expect(lora).toMatchObject({ code: 0, stderr: expect.stringContaining(notes) });
    expect(JSON.parse(lora.stdout) as LoraDocument).toMatchObject({
      classes: ['mixed', 'bad', 'good'],
      data: {
        source: 'train.csv, valid.csv, test.csv',
        train: 900,
        valid: 300,
        test: 300,
        testHeldOut: false,
      },
    });
  });
});

test('when rows are bad then the account has them even when quiet, and --strict stops with 4 before any training', async () => {
  await withTemporaryFolder(async (folder) => {
    await writeFile(join(folder, 'reviews.csv'), `${csv()},good\n`);
    const told = await runCli(['data', '--data', 'reviews.csv'], { cwd: folder });
    expect(told.code).toBe(0);
    const account = 'Read 1,500 of 1,501 rows of reviews.csv; left out 1: no text (first: line 1502).\n';
    expect(told).toMatchObject({ stdout: expect.stringContaining(account), stderr: '' });
    const quiet = await runCli(['data', '--data', 'reviews.csv', '--quiet', '--json'], { cwd: folder });
    expect(quiet.stderr).toBe(account);
    const leftOut = [{ why: 'has no text', count: 1, first: 'reviews.csv line 1502' }];
    expect(JSON.parse(quiet.stdout)).toMatchObject({ read: { rows: 1500, leftOut, notes: [] } });
    expect(told.stdout).toMatch(/^Columns: text from "review", labels from "sentiment", by their names/m);
    expect(told.stdout).toMatch(/^Classes: bad, good, mixed\.$/m);
    const strict = await runCli(['train', '--data', 'reviews.csv', '--strict', '--out', 'run'], {
      cwd: folder,
    });
    expect(strict).toMatchObject({ code: 4, stderr: expect.stringMatching(/^error: Expected no bad rows/m) });
  });
});

test('when files are given one by one and by pattern then they are trained on, and a folder of them is evaluated by its test', async () => {
  await withTemporaryFolder(async (folder) => {
    const mixed = rows.flatMap((_, index) => rows[(7 * index) % rows.length] ?? []);
    const parts = { 'a.csv': mixed.slice(0, 300), 'p-1.csv': mixed.slice(300, 500), 'p-2.csv': mixed.slice(500, 600) };
    const splits = { 'data/train.csv': mixed.slice(0, 900), 'data/test.csv': mixed.slice(900, 1000) };
    await mkdir(join(folder, 'data'));
    for (const [name, of] of Object.entries({ ...parts, ...splits })) await writeFile(join(folder, name), csv(of));
    const files = ['--train', 'a.csv', '--train', 'p-*.csv', '--test', 'data/test.csv', '--out', 'run'];
    const trained = await runCli(['train', ...files, ...small], { cwd: folder });
    expect(trained.code).toBe(0);
    expect(JSON.parse(trained.stdout)).toMatchObject({ data: { train: 480, valid: 120, test: 100 } });
    const own = await runCli(['evaluate', 'run', '--json'], { cwd: folder });
    const given = await runCli(['evaluate', 'run', '--json', '--data', 'data'], { cwd: folder });
    for (const { stdout } of [own, given]) expect(JSON.parse(stdout)).toMatchObject({ split: 'test' });
  });
});

test.each([
  ['data and training reviews', ['--data', 'a', '--train', 'b'], /--data or --train but received both/],
  ['test reviews alone', ['--test', 'b'], /Expected --train with the training reviews beside --test b/],
  ['a validation file alone', ['--valid', 'b'], /Expected --train with the training reviews beside --valid b/],
  ['what a shell makes of a pattern', ['--train', 'a.csv', 'b.csv'], /too many arg[^]*Put a pattern [^\n]* in quotes/],
  ['two sources', ['--data', 'a', '--data', 'b'], /one path, or a pattern for several files, for --data/],
  ['a single class', ['--labels', 'good'], /two different names, separated by commas, for --labels/],
  ['a class twice', ['--labels', 'good,bad,good'], /two different names, separated by commas, for --labels/],
])('when it is given %s then it exits with 2 and one sentence', async (_what, args, sentence) => {
  const result = await runCli(['train', ...args]);
  expect(result).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(sentence) });
  expect(result.stderr.match(/error: /g)).toHaveLength(1);
});

test.each(['fast', 'best'])('when data have three classes then the preset %s learns them', async (preset) => {
  await withTemporaryFolder(async (cwd) => {
    const rows = Array.from({ length: 60 }, (_, k) => `word${k % 3} film w${k},${k % 3}`);
    await writeFile(join(cwd, 'three.csv'), ['text,label', ...rows, ''].join('\n'));
    const train = [
      'train',
      '--data',
      'three.csv',
      '--preset',
      preset,
      '--epochs',
      '20',
      '--lr',
      '0.02',
      '--out',
      'run',
    ];
    expect(await runCli([...train, '--quiet'], { cwd })).toMatchObject({ code: 0 });
    const run = JSON.parse(await readFile(join(cwd, 'run', 'run.json'), 'utf8')) as object;
    expect(run).toMatchObject({
      test: { accuracy: 1 },
      ...(preset === 'fast' && {
        calibration: {
          calibration: { kind: 'temperature' },
          because: 'A sigmoid is for two classes and there are 3.',
        },
      }),
    });
    expect(await runCli(['predict', 'run', 'a word1 film'], { cwd })).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^1\t[01]\.\d{6}\n$/),
    });
  });
});

test('when a class is rare then macro-F1 is the metric, if it is left to the data', async () => {
  await withTemporaryFolder(async (cwd) => {
    const row = (index: number): string => (index % 8 === 0 ? `bad,a dull film ${index}` : `good,a fine film ${index}`);
    const rows = Array.from({ length: 160 }, (_, index) => row(index));
    await writeFile(join(cwd, 'mine.csv'), `label,text\n${rows.join('\n')}\n`);
    const args = [
      'train',
      '--data',
      'mine.csv',
      '--preset',
      'notebook',
      '--metric',
      'auto',
      '--hidden',
      '4',
      '--epochs',
      '2',
      '--patience',
      '1',
    ];
    const { stdout, stderr } = await runCli([...args, '--out', 'run', '--json'], { cwd });
    const because = 'the largest class has more than 4 times the training reviews of the smallest';
    expect(stderr).toContain(`Metric: macro-F1, as ${because}.\n`);
    expect(stderr).toMatch(/Test macro-F1: \d+\.\d\d %\n/);
    const document = JSON.parse(stdout) as TrainDocument & { evaluation: { macro: { f1: number } } };
    expect(document.metric).toEqual({
      name: 'macro-f1',
      because,
      test: expect.closeTo(document.evaluation.macro.f1, 12),
    });
    expect(document.epochs[0]?.valid).toHaveProperty('macro-f1');
    const leak = document.warnings?.find(({ kind }) => kind === 'leak')?.sentence;
    expect(leak).toMatch(/^The word "(dull|bad|fine)" gives "(bad|good)" away \(100\.0 % /);
    expect(stderr).toContain(`Warning: ${leak ?? ''}\n`);
    const listed = await runCli(['runs', '.', '--metric', 'macro-f1', '--json'], { cwd });
    expect(JSON.parse(listed.stdout)).toMatchObject({
      runs: [{ name: 'run', metric: { test: document.metric?.test } }],
    });
  });
});
