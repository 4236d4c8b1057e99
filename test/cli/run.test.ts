import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readRun } from '../../src/storage/read_run.js';
import type { ModelAnalysis } from '../../src/experiments/model_analysis.js';
import type { LoraDocument, TrainDocument } from '../../src/storage/run_document.js';
import { notebookFeatures } from '../../src/text/features.js';
import { withTemporaryFolder } from '../helpers.js';
import { runCli } from './helpers.js';

const metrics = { loss: expect.any(Number), accuracy: expect.any(Number) };
const figures = {
  schema: 1,
  device: 'cpu',
  engine: 'fused',
  dtype: 'float32',
  data: { source: 'sample', train: 3200, valid: 800, test: 1000 },
  seconds: {
    data: expect.any(Number),
    train: expect.any(Number),
    evaluate: expect.any(Number),
    total: expect.any(Number),
  },
};
const onSample = ['--data', 'sample', '--device', 'cpu', '--epochs', '2'];
const loraOnSample = ['--data', 'sample', '--device', 'cpu', '--lora-epochs', '2'];

test('when train runs on the sample then it prints its document and writes the run', async () => {
  await withTemporaryFolder(async (folder) => {
    const { code, stdout } = await runCli(['train', ...onSample, '--json'], { cwd: folder });
    expect(code).toBe(0);
    const document = JSON.parse(stdout) as TrainDocument;
    const { size } = document.vocabulary;
    expect(document).toMatchObject({
      ...figures,
      command: 'train',
      run: expect.stringContaining(join(folder, 'runs')),
      parameters: { trainable: 200 * size + 602, total: 201 * size + 802 },
      before: { train: metrics },
      epochs: [1, 2].map((epoch) => ({
        epoch,
        seconds: expect.any(Number),
        train: metrics,
        valid: metrics,
      })),
      test: metrics,
    });
    expect(document.vocabulary.first.slice(0, 2)).toEqual(['<UNK>', 'the']);
    expect(document.before.train.loss).toBeCloseTo(Math.LN2, 1);
    const { run, tensors } = await readRun(document.run);
    expect(run).toMatchObject({ ...document, seed: 123, options: { hidden: 200, validationSize: 800 } });
    expect(tensors.get('fc1.weight')?.shape).toEqual([200, size]);
    const lines = (await readFile(join(document.run, 'metrics.jsonl'), 'utf8')).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { phase: 'full', epoch: 0, train: document.before.train },
      { phase: 'full', epoch: 1, valid: document.epochs[0]?.valid },
      { phase: 'full', epoch: 2, valid: document.epochs[1]?.valid },
      { phase: 'full', test: document.test },
    ]);
  });
});

test('when lora --merge runs on the sample then it prints its document and writes adapter and models', async () => {
  await withTemporaryFolder(async (folder) => {
    const args = ['lora', '--merge', ...loraOnSample, '--json', '--quiet'];
    const result = await runCli(args, { cwd: folder });
    expect(result).toMatchObject({ code: 0, stderr: '' });
    const document = JSON.parse(result.stdout) as LoraDocument;
    const { size } = document.vocabulary;
    expect(document).toMatchObject({
      ...figures,
      command: 'lora',
      pretrain: { parameters: { trainable: 200 * size + 602 }, before: { train: metrics }, test: metrics },
      lora: { parameters: { trainable: size + 602 }, epochs: [{ epoch: 1 }, { epoch: 2 }], test: metrics },
      frozen: { weight: true, bias: true, A: false, B: false },
      merged: { test: metrics, maxAbsLogitDifference: expect.any(Number), predictionFlips: 0 },
    });
    expect(document.pretrain?.epochs).toHaveLength(1);
    expect(document.lora.firstSteps).toHaveLength(20);
    expect(document.checks).toHaveLength(15);
    expect(document.checks.filter(({ passed }) => !passed)).toEqual([]);
    const { weightChange, topWords, files } = document as LoraDocument & ModelAnalysis & { files: unknown[] };
    expect(weightChange).toMatchObject({ rank: 1, scale: 1, words: { length: 20 }, units: { length: 200 } });
    expect(topWords?.map((row) => row.class)).toEqual(['neg', 'pos']);
    expect(files).toContainEqual(expect.objectContaining({ name: 'adapter/adapter_model.safetensors' }));
    expect(await readdir(document.run)).toEqual([
      'adapter',
      'features.bin',
      'merged.safetensors',
      'metrics.jsonl',
      'model.json',
      'model.safetensors',
      'report.html',
      'run.json',
      'vocabulary.txt',
    ]);
  });
});

test('when lora starts from a run then it fine-tunes its model with its options', async () => {
  await withTemporaryFolder(async (cwd) => {
    const trained = await runCli(['train', ...onSample, '--hidden', '8', '--out', 'base', '--json'], { cwd });
    const base = JSON.parse(trained.stdout) as TrainDocument;
    const args = ['lora', '--base', 'base', '--lora-epochs', '1', '--device', 'cpu', '--json'];
    const { code, stdout } = await runCli(args, { cwd });
    expect(code).toBe(0);
    const document = JSON.parse(stdout) as LoraDocument;
    expect(document.base).toEqual({ run: 'base', test: base.test, seenValidation: false });
    expect(document.lora.before.train).toEqual(base.epochs[1]?.train);
    expect(document).not.toHaveProperty('pretrain');
    expect(document).not.toHaveProperty('merged');
  });
});

test('when n-grams are asked for then the run has them, and fine-tuning and prediction use them', async () => {
  await withTemporaryFolder(async (cwd) => {
    const features = ['--tokenizer', 'words-and-punctuation', '--ngrams', '2', '--min-count', '3', '--vocab', 'all'];
    const args = ['train', ...onSample, ...features, '--hidden', '4', '--out', 'base', '--json'];
    const { vocabulary } = JSON.parse((await runCli(args, { cwd })).stdout) as TrainDocument;
    const { description, vocabulary: stored, tensors } = await readRun(join(cwd, 'base'));

    expect(description.features).toEqual({
      ...notebookFeatures,
      tokenizer: 'words-and-punctuation',
      ngrams: 2,
      minimumCount: 3,
      vocabularySize: null,
    });
    expect(stored.words).toHaveLength(vocabulary.size);
    expect(stored.words).toEqual(expect.arrayContaining(['.', 'the ending', "isn't"]));
    expect(tensors.get('fc1.weight')?.shape).toEqual([4, vocabulary.size]);
    const lora = await runCli(['lora', '--base', 'base', '--lora-epochs', '1', '--json'], { cwd });
    expect(lora.code).toBe(0);
    expect((JSON.parse(lora.stdout) as LoraDocument).vocabulary).toEqual(vocabulary);
    const predicted = await runCli(['predict', 'base', 'The film is not dull at all.'], { cwd });
    expect(predicted.stdout).toMatch(/pos|neg/);
  });
});

test('when a base is given with an option that contradicts it then it exits with 2', async () => {
  await withTemporaryFolder(async (cwd) => {
    await runCli(['train', ...onSample, '--hidden', '8', '--out', 'base', '--quiet'], { cwd });
    const narrower = await runCli(['lora', '--base', 'base', '--hidden', '7'], { cwd });
    expect(narrower.code).toBe(2);
    expect(narrower.stderr).toMatch(/Expected --hidden 8, as the model of base has, but received 7/);
    const reshuffled = await runCli(['lora', '--base', 'base', '--seed', '5', '--quiet'], { cwd });
    expect(reshuffled.code).toBe(2);
    expect(reshuffled.stderr).toMatch(/Expected reviews whose vocabulary is that of base/);
  });
});

test('when the whole experiment runs on the sample then it ends in one table of results', async () => {
  await withTemporaryFolder(async (cwd) => {
    const args = ['experiment', 'notebook', ...onSample, '--lora-epochs', '1', '--quiet', '--out', 'both'];
    const { code, stdout, stderr } = await runCli(args, { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const rows = ['before training', 'full training', 'pretrained', 'LoRA', 'merged'];
    const found = stdout.split('\n').flatMap((line) => rows.filter((row) => /^[│|] /.test(line) && line.includes(row)));
    expect(found).toEqual(rows);
    expect(existsSync(join(cwd, 'both', 'train', 'run.json'))).toBe(true);
    expect(existsSync(join(cwd, 'both', 'lora', 'run.json'))).toBe(true);
    for (const name of ['', 'train', 'lora']) {
      expect(existsSync(join(cwd, 'both', name, 'report.html'))).toBe(true);
    }
  });
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 130],
  ['SIGHUP', 129],
] as const)('when %s comes then it exits with %i and leaves nothing', async (name, exitCode) => {
  await withTemporaryFolder(async (cwd) => {
    const { code, stderr } = await runCli(['train', '--data', 'sample', '--epochs', '1000000'], {
      cwd,
      onOutput: { when: /Epoch +2\//, then: (child) => child.kill(name) },
    });
    expect({ code, stderr }).toEqual({
      code: exitCode,
      stderr: `error: Interrupted by ${name}; nothing half-written is left.\n`,
    });
    expect(await readdir(cwd)).toEqual([]);
  });
});

test.each([
  ['SIGHUP', 'SIGTERM'],
  ['SIGINT', 'SIGHUP'],
  ['SIGTERM', 'SIGINT'],
] as const)('when %s and %s come at once, as from a shell that ends, then nothing is left', async (...names) => {
  await withTemporaryFolder(async (cwd) => {
    const { code, stderr } = await runCli(['train', '--data', 'sample', '--epochs', '1000000'], {
      cwd,
      onOutput: {
        when: /Epoch +2\//,
        then: (child) => {
          names.forEach((name) => child.kill(name));
        },
      },
    });
    expect([129, 130]).toContain(code);
    expect(stderr).toMatch(/^error: Interrupted by SIG[A-Z]+; nothing half-written is left\.\n$/);
    expect(await readdir(cwd)).toEqual([]);
  });
});

test('when the reader of stdout has gone then the run goes on quietly to its end', async () => {
  await withTemporaryFolder(async (cwd) => {
    const { code, stderr } = await runCli(['train', ...onSample, '--out', 'run'], {
      cwd,
      onOutput: { when: /Data: /, then: (child) => child.stdout?.destroy() },
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(existsSync(join(cwd, 'run', 'run.json'))).toBe(true);
  });
});

test('when the operators are compared then each has a median, and the fastest are named', async () => {
  const { code, stdout } = await runCli(['bench', 'operators', '--json']);
  expect(code).toBe(0);
  const document = JSON.parse(stdout) as {
    timings: { operator: string; median: number }[];
    fastest: string[];
  };
  expect(document).toMatchObject({ command: 'bench operators', left: [200, 1], right: [1, 3000] });
  expect(document.timings.map(({ operator }) => operator)).toEqual(['matmul', 'mm', '@']);
  const quickest = document.timings.toSorted((one, other) => one.median - other.median)[0]?.operator;
  expect(document.fastest).toContain(quickest);
});

test('when data is asked for then it shows sizes, words and previews, and prints them as a document', async () => {
  const text = await runCli(['data', '--data', 'sample']);
  expect(text).toMatchObject({ code: 0, stderr: '' });
  expect(text.stdout).toMatch(/^Reviews: 3,200 to train on, 800 to validate, 1,000 to test\.$/m);
  expect(text.stdout).toMatch(/^The training reviews have fewer than the 20,000 words asked for/m);
  expect(text.stdout.match(/^ {2}(pos|neg) {2}\S/gm)).toHaveLength(18);
  const { stdout } = await runCli(['data'], { env: { IMDB_TORCH_DATA: 'sample' } });
  expect(stdout).toContain('Reviews: 3,200');
  const json = await runCli(['data', '--data', 'sample', '--json', '--quiet']);
  expect(json.stderr).toBe('');
  expect(JSON.parse(json.stdout)).toMatchObject({ command: 'data', known: null, ...{ data: figures.data } });
});

test('when help or the version is asked for then it goes to stdout', async () => {
  const help = await runCli(['--help']);
  expect(help).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('Usage: imdb-torch') });
  const version = await runCli(['--version']);
  expect(version).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^imdb-torch \d+\.\d+\.\d+\nlibtorch /),
  });
});
