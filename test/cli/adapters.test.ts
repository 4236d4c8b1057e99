import { cp, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { LoraDocument } from '../../src/storage/run_document.js';
import { readSafetensors, writeSafetensors } from '../../src/storage/safetensors.js';
import type { StoredFile } from '../../src/storage/recorded_files.js';
import { hashFile } from '../../src/system/file_hash.js';
import type { Metrics } from '../../src/training/evaluation.js';
import { runCli } from './helpers.js';

const onSample = ['--data', 'sample', '--device', 'cpu', '--hidden', '8', '--json', '--quiet'];

let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'imdb-torch-adapters-'));
  const { code } = await runCli(['train', ...onSample, '--epochs', '1', '--out', 'base'], { cwd });
  expect(code).toBe(0);
});
afterAll(() => rm(cwd, { recursive: true }));

test.each([
  [['--use-dora', '--rank', '4'], { use_dora: true, use_rslora: false, r: 4, lora_alpha: 1 }, 'torch'],
  [
    ['--init', 'pissa', '--use-rslora', '--rank', '2', '--lr', '0.01'],
    { use_dora: false, use_rslora: true, r: 4, lora_alpha: Math.SQRT2 },
    'fused',
  ],
  [
    ['--init', 'gaussian', '--alpha', '2', '--lora-dropout', '0.5'],
    { use_dora: false, r: 1, lora_alpha: 2, lora_dropout: 0.5 },
    'fused',
  ],
])(
  'when lora runs with %j then all checks pass, and its adapter on the base is the tested model',
  async (options, config, engine) => {
    const out = `tuned-${options.join('')}`;
    const args = ['lora', '--base', 'base', '--lora-epochs', '1', '--merge', ...options, '--out', out];
    const { code, stdout } = await runCli([...args, '--json', '--quiet'], { cwd });
    const document = JSON.parse(stdout) as LoraDocument;
    expect(document.checks.filter(({ passed }) => !passed)).toEqual([]);
    expect({ code, engine: document.engine }).toEqual({ code: 0, engine });
    expect(document.frozen).toMatchObject({ weight: true, bias: true, A: false, B: false });
    const adapter = join(out, 'adapter');
    const text = await readFile(join(cwd, adapter, 'adapter_config.json'), 'utf8');
    expect(JSON.parse(text)).toMatchObject({ modules_to_save: ['fc2'], ...config });
    const evaluate = ['evaluate', 'base', '--adapter', adapter, '--json', '--quiet'];
    const { loss, accuracy } = JSON.parse((await runCli(evaluate, { cwd })).stdout) as Metrics;
    // Float32, in another order.
    expect(loss).toBeCloseTo(document.lora.test.loss, 5);
    expect(accuracy).toBeCloseTo(document.lora.test.accuracy, 2);
  },
);

test('when options of the branch contradict each other or the engine then lora exits with 2', async () => {
  const { code, stderr } = await runCli(['lora', '--engine', 'fused', '--use-dora', '--init', 'none']);
  expect(code).toBe(2);
  expect(stderr).toMatch(/Expected --engine torch or auto with --use-dora/);
  expect(stderr).toMatch(/Expected one of notebook, kaiming, gaussian, pissa for --init but received "none"/);
});

interface MergeDocument {
  adapter: string;
  model: string;
  validation: { count: number; maxAbsLogitDifference: number; maxAbsLogit: number; predictionFlips: number };
  test: Metrics;
}

interface Calibrated {
  calibration: object | null;
  test: Metrics;
}

async function runJson<T>(...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await runCli([...args, '--json', '--quiet'], { cwd });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as T;
}

/** The files that `run.json` names, after a look whether each is as it says. */
async function recordedFiles(run: string): Promise<string[]> {
  const { files } = JSON.parse(await readFile(join(cwd, run, 'run.json'), 'utf8')) as { files: StoredFile[] };
  for (const { name, ...facts } of files) expect(facts).toEqual(await hashFile(join(cwd, run, name)));
  return files.map(({ name }) => name);
}

async function expectNotMerged(run: string, has: string): Promise<void> {
  const { code, stderr } = await runCli(['unmerge', run], { cwd });
  const sentence = `error: Expected a run with a merged model but ${run} has ${has}.\n`;
  expect({ code, stderr }).toEqual({ code: 4, stderr: sentence });
}

test('when a run is merged then it uses the merged model, and unmerged its own again, bit for bit', async () => {
  await rm(join(cwd, 'runs'), { recursive: true, force: true });
  await cp(join(cwd, 'base'), join(cwd, 'runs', 'mine'), { recursive: true });
  const base = await readFile(join(cwd, 'runs', 'mine', 'model.safetensors'));
  const tuned = await runJson<LoraDocument>(
    ...['lora', '--base', 'runs/mine', '--lora-epochs', '1', '--use-dora', '--rank', '4', '--lr', '0.05'],
  );
  const before = await runJson<Metrics>('evaluate', 'runs/mine');

  const merged = await runJson<MergeDocument>('merge', 'runs/mine');
  expect(join(cwd, merged.adapter)).toBe(join(tuned.run, 'adapter'));
  expect(merged.model).toBe('runs/mine/merged.safetensors');
  const { count, maxAbsLogitDifference, maxAbsLogit, predictionFlips } = merged.validation;
  expect({ count, predictionFlips }).toEqual({ count: 800, predictionFlips: 0 });
  // 64 float32 roundings.
  expect(maxAbsLogitDifference).toBeLessThan(2 ** -17 * maxAbsLogit);
  expect(merged.test.loss).toBeCloseTo(tuned.lora.test.loss, 5);
  // With DoRA merge computes by another engine.
  const close = { accuracy: merged.test.accuracy, loss: expect.closeTo(merged.test.loss, 5) };
  expect(await runJson('evaluate', 'runs/mine')).toMatchObject(close);
  const own = ['metrics.jsonl', 'model.json', 'model.safetensors', 'vocabulary.txt'];
  expect(await recordedFiles('runs/mine')).toEqual(['features.bin', 'merged.safetensors', ...own]);
  const report = join(cwd, 'runs', 'mine', 'report.html');
  expect(await readFile(report, 'utf8')).toContain('merged.safetensors');

  await runJson('merge', 'runs/mine', '--out', 'runs/alone');
  expect(await runJson('evaluate', 'runs/alone')).toMatchObject(close);
  const list = await runCli(['runs', '--json'], { cwd });
  expect((JSON.parse(list.stdout) as { runs: unknown[] }).runs).toContainEqual(
    expect.objectContaining({ name: 'alone', command: 'merge', test: merged.test }),
  );
  await expectNotMerged('runs/alone', 'none; its base is runs/mine');

  await runJson('unmerge', 'runs/mine');
  expect(await recordedFiles('runs/mine')).toEqual(['features.bin', ...own]);
  expect(await readFile(report, 'utf8')).not.toContain('merged.safetensors');
  expect((await readFile(join(cwd, 'runs', 'mine', 'model.safetensors'))).equals(base)).toBe(true);
  expect(await runJson('evaluate', 'runs/mine')).toEqual(before);
  await expectNotMerged('runs/mine', 'none');
});

test('when an adapter is of another base, broken or missing then merge says so and writes nothing', async () => {
  const run = join(cwd, 'elsewhere', 'run');
  await cp(join(cwd, 'base'), run, { recursive: true });
  const names = await readdir(run);
  const missing = await runCli(['merge', run], { cwd });
  expect(missing).toMatchObject({ code: 4, stderr: expect.stringMatching(/there is none; fine-tune with/) });
  const word = await runCli(['merge', run, '--adapter', 'off'], { cwd });
  expect(word).toMatchObject({ code: 2, stderr: expect.stringMatching(/Expected a folder for --adapter/) });

  const broken = join(cwd, 'broken');
  await runJson(...['lora', '--base', 'base', '--lora-epochs', '1', '--out', 'other']);
  await cp(join(cwd, 'other', 'adapter'), broken, { recursive: true });
  const file = join(broken, 'adapter_model.safetensors');
  const { tensors, metadata } = await readSafetensors(file);
  tensors.get('base_model.model.fc1.lora_A.weight')?.data.fill(NaN as never);
  await writeSafetensors(file, tensors, { base_sha256: metadata.get('base_sha256') ?? '' });
  const infinite = await runCli(['merge', run, '--adapter', broken], { cwd });
  expect(infinite).toMatchObject({
    code: 4,
    stderr: expect.stringMatching(/fc1\.lora_A\.weight has a NaN or an infinity/),
  });

  const { tensors: model } = await readSafetensors(join(run, 'model.safetensors'));
  await writeSafetensors(join(run, 'model.safetensors'), model, { another: 'yes' });
  const other = await runCli(['merge', run, '--adapter', 'other/adapter'], { cwd });
  expect(other).toMatchObject({
    code: 4,
    stderr: expect.stringMatching(/adapter was trained on the one with/),
  });
  expect(await readdir(run)).toEqual(names);
});

test('when an adapter is merged into a calibrated base then the calibration is that of its own run, or none', async () => {
  await runJson(...['train', ...onSample.slice(0, -2), '--preset', 'fixed', '--epochs', '1', '--out', 'calibrated']);
  const lora = ['lora', '--base', 'calibrated', '--preset', 'stable', '--lora-epochs', '1'];
  const { stdout, stderr } = await runCli([...lora, '--json', '--out', 'tuned-calibrated'], { cwd });
  const { base, calibration } = JSON.parse(stdout) as LoraDocument;
  expect(base?.seenValidation).toBe(true);
  expect(stderr).toMatch(/^calibrated was trained on all training reviews, those held out here/m);

  const kept = await runJson<Calibrated>('merge', 'calibrated');
  expect(kept.calibration).toEqual(calibration?.calibration);
  const evaluated = await runJson<Metrics & { uncalibrated: Metrics }>('evaluate', 'calibrated');
  const { after } = calibration?.test ?? {};
  expect(evaluated.loss).toBeCloseTo(after?.logLoss ?? NaN, 5);
  expect(evaluated.accuracy).toBeCloseTo(after?.accuracy ?? NaN, 2);
  expect(evaluated.uncalibrated).toEqual(kept.test);

  await cp(join(cwd, 'tuned-calibrated', 'adapter'), join(cwd, 'moved'), { recursive: true });
  const dropped = await runCli(['merge', 'calibrated', '--adapter', 'moved', '--json'], { cwd });
  expect(JSON.parse(dropped.stdout)).toMatchObject({ calibration: null, test: kept.test });
  expect(dropped.stderr).toMatch(/^The calibration of calibrated was fitted without an adapter and does not count/m);
  const plain = await runJson<Metrics>('evaluate', 'calibrated');
  expect(plain).toMatchObject(kept.test);
  expect(plain).not.toHaveProperty('uncalibrated');
  await runJson('merge', 'calibrated', '--adapter', 'moved', '--out', 'merged-calibrated');
  const again = await runCli(['lora', '--base', 'merged-calibrated', '--lora-epochs', '1'], { cwd });
  expect(again.stderr).toMatch(/^merged-calibrated was trained on all training reviews/m);
  await runJson('unmerge', 'calibrated');
  expect(await runJson('evaluate', 'calibrated')).toHaveProperty('uncalibrated');
}, 120_000);
