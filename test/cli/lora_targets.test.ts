/** LoRA on the hidden layer, on the output layer and on both, from fine-tuning to what is done with the run. */
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ModelAnalysis } from '../../src/experiments/model_analysis.js';
import type { LoraDocument, TrainDocument } from '../../src/storage/run_document.js';
import { readSafetensors } from '../../src/storage/safetensors.js';
import type { Metrics } from '../../src/training/evaluation.js';
import { runCli } from './helpers.js';

const hidden = 8;
const onSample = ['--data', 'sample', '--device', 'cpu', '--hidden', String(hidden)];

let cwd: string;
let base: TrainDocument;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'imdb-torch-targets-'));
  base = await runJson('train', ...onSample, '--lr', '0.5', '--epochs', '2', '--out', 'base');
});
afterAll(() => rm(cwd, { recursive: true }));

async function runJson<T>(...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await runCli([...args, '--json', '--quiet'], { cwd });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as T;
}

type Run = LoraDocument & ModelAnalysis & { options: { targetModules: string[] } };

const frozen = { weight: true, bias: true };
const moved = { ...frozen, A: false, B: false };

test.each([
  {
    target: 'fc2,fc1',
    options: ['--rank', '2', '--alpha', '4', '--lora-dropout', '0.2'],
    layers: { ...moved, fc2: moved },
    trainable: (words: number) => 2 * (words + hidden) + 2 * (hidden + 2),
    config: { target_modules: ['fc1', 'fc2'], r: 2, modules_to_save: null, use_dora: false },
  },
  {
    target: 'fc1,fc2',
    options: ['--use-dora', '--lr', '0.05', '--init', 'kaiming'],
    layers: { ...moved, magnitude: false, fc2: { ...moved, magnitude: false } },
    trainable: (words: number) => words + hidden + (hidden + 2) + hidden + 2,
    config: { target_modules: ['fc1', 'fc2'], r: 1, modules_to_save: null, use_dora: true },
  },
  {
    target: 'fc2',
    options: ['--rank', '2', '--init', 'pissa', '--use-rslora', '--lr', '0.05', '--optimizer', 'adam'],
    layers: { ...frozen, fc2: moved },
    trainable: () => 2 * (hidden + 2),
    // The start is in W, so that the adapter is for the W of before.
    config: { target_modules: ['fc2'], r: 4, modules_to_save: null, use_rslora: true },
  },
])(
  'when $target are the targets, with $options, then numbers, checks, adapter and report are of these layers',
  async ({ target, options, layers, trainable, config }) => {
    const out = `run-${target}-${String(options[0])}`;
    const lora = ['lora', '--base', 'base', '--target', target, '--lora-epochs', '2', '--merge'];
    const document = await runJson<Run>(...lora, ...options, '--out', out);
    const words = document.vocabulary.size;
    const plain = words * hidden + hidden + 2 * hidden + 2;
    expect({ engine: document.engine, frozen: document.frozen }).toEqual({ engine: 'torch', frozen: layers });
    expect(document.lora.parameters.trainable).toBe(trainable(words));
    expect(document.lora.parameters.total).toBe(plain + trainable(words));
    expect(document.checks.filter(({ passed }) => !passed)).toEqual([]);
    expect(document.checks.map(({ name }) => name)).toContain('merging changed W of fc2');
    const { options: stored } = JSON.parse(await readFile(join(cwd, out, 'run.json'), 'utf8')) as Run;
    expect(stored.targetModules).toEqual(target === 'fc2' ? ['fc2'] : ['fc1', 'fc2']);

    const adapter = join(cwd, out, 'adapter');
    const text = await readFile(join(adapter, 'adapter_config.json'), 'utf8');
    expect(JSON.parse(text)).toMatchObject(config);
    const { tensors } = await readSafetensors(join(adapter, 'adapter_model.safetensors'));
    expect([...tensors.keys()].some((name) => name.includes('fc1'))).toBe(target !== 'fc2');
    const page = await readFile(join(cwd, out, 'report.html'), 'utf8');
    expect(page.includes('In the hidden layer, a change of rank')).toBe(target !== 'fc2');
    expect(page).toContain('In the output layer, a change of rank');
    expect(document.weightChange === null).toBe(target === 'fc2');
    expect(document.outputChange).toMatchObject({ rank: config.r, norm: expect.any(Number) });
  },
);

test('when a run has a branch on the output layer then every command uses it', async () => {
  const lora = ['lora', '--base', 'base', '--target', 'fc2', '--lr', '0.5', '--lora-epochs', '5'];
  const { lora: tuned } = await runJson<LoraDocument>(...lora, '--out', 'second');
  // Float32, in another order.
  const close = {
    accuracy: expect.closeTo(tuned.test.accuracy, 2),
    loss: expect.closeTo(tuned.test.loss, 5),
  };
  expect(tuned.test.loss).not.toBeCloseTo(base.test.loss, 3);
  expect(await runJson('evaluate', 'second')).toMatchObject(close);
  expect(await runJson('evaluate', 'base', '--adapter', 'second/adapter')).toMatchObject(close);
  const off = await runJson<Metrics>('evaluate', 'second', '--adapter', 'off');
  expect(off.loss).toBeCloseTo(base.test.loss, 5);

  const text = 'A dull, painful film.';
  const [on, alone] = await Promise.all(
    [['second'], ['base', '--adapter', 'second/adapter'], ['base']].map((run) =>
      runJson<{ probability: number }>('predict', ...run, text),
    ),
  ).then(([one, other, plain]) => {
    expect(other).toEqual(one);
    return [one, plain];
  });
  expect(on).not.toEqual(alone);
  expect(await runJson('explain', 'second', text)).toMatchObject({ words: expect.any(Array) });

  const merged = await runJson<{ validation: { predictionFlips: number }; test: Metrics }>('merge', 'second');
  expect(merged).toMatchObject({ validation: { predictionFlips: 0 }, test: close });
  expect(await runJson('evaluate', 'second')).toMatchObject(close);
  await runJson('unmerge', 'second');
  expect(await readdir(join(cwd, 'second'))).not.toContain('merged.safetensors');
});

test('when several seeds are pretrained then the targets change nothing before fine-tuning', async () => {
  const seeds = ['lora', ...onSample, '--lora-epochs', '1', '--preset', 'stable', '--engine', 'torch', '--seeds', '2'];
  const both = await runJson<{ runs: LoraDocument[] }>(...seeds, '--target', 'fc1,fc2', '--out', 'both');
  const first = await runJson<{ runs: LoraDocument[] }>(...seeds, '--out', 'first');
  const testsOf = ({ runs }: { runs: LoraDocument[] }) => runs.map(({ pretrain }) => pretrain?.test);
  expect(testsOf(both)).toEqual(testsOf(first));
  expect(both.runs.map(({ lora }) => lora.test)).not.toEqual(first.runs.map(({ lora }) => lora.test));
  expect(new Set(both.runs.map(({ lora }) => lora.test.loss)).size).toBe(2);
});

test.each([
  [['--target', 'fc2', '--engine', 'fused'], /^error: Expected --engine torch or auto with fc2 in --target: the fused/],
  [['--target', 'fc3'], /^error: Expected fc1, fc2 or fc1,fc2 for --target but received "fc3"\.$/m],
  [['--target', 'fc2,fc2'], /received "fc2,fc2"/],
  [['--target', ''], /received ""/],
  [
    ['--target', 'fc1,fc2', '--rank', '3'],
    /--rank to be at most 2, the smaller side of fc2 \(8 units x 2 classes\), but received 3/,
  ],
  [['--target', 'fc1', '--rank', '9'], /--rank to be at most 8, the smaller side of the hidden layer/],
])('when lora is given %j then it is refused with the reason and nothing is written', async (options, reason) => {
  const { code, stdout, stderr } = await runCli(['lora', ...onSample, ...options, '--quiet', '--out', 'none'], { cwd });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(reason);
  expect(await readdir(cwd)).not.toContain('none');
});

test('when targets are configured then the file and the command line say them', async () => {
  const path = join(cwd, 'targets.json');
  const printed = (...args: string[]) => runJson<Record<string, unknown>>('lora', ...args, '--print-config');
  expect(await printed()).toMatchObject({ target: ['fc1'] });
  await writeFile(path, JSON.stringify({ target: ['fc2', 'fc1'] }));
  expect(await printed('--config', path)).toMatchObject({ target: ['fc1', 'fc2'] });
  expect(await printed('--config', path, '--target', 'fc2')).toMatchObject({ target: ['fc2'] });
  await writeFile(path, JSON.stringify({ target: [] }));
  const { code, stderr } = await runCli(['lora', '--config', path], { cwd });
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringMatching(/for target but received \[\]/),
  });
});
