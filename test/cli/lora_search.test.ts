import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { LoraDocument } from '../../src/storage/run_document.js';
import { runCli } from './helpers.js';

const words = { pos: ['fein', 'prima', 'toll', 'gut'], neg: ['mies', 'lahm', 'fad', 'platt'] };
const others = ['der', 'die', 'und', 'ein', 'film', 'buch', 'auch'];
let cwd: string;

/** Writes a table of two classes, each of whose texts has a word of its class. */
async function writeTable(name: string, count: number, shift: number): Promise<void> {
  const rows = Array.from({ length: count }, (_, row) => {
    const label = row % 2 === 0 ? 'pos' : 'neg';
    const own = words[label][(row * 5 + shift) % 4] ?? '';
    const text = [others[row % 7], own, others[(row * 3 + shift) % 7], others[(row * 2) % 5]].join(' ');
    return `${text},${label}`;
  });
  await writeFile(join(cwd, name), ['text,label', ...rows, ''].join('\n'));
}

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'imdb-torch-'));
  await writeTable('own.csv', 200, 0);
  await writeTable('new.csv', 240, 1);
  const base = ['train', '--preset', 'fixed', '--data', 'own.csv', '--out', 'base', '--quiet'];
  expect(await runCli(base, { cwd })).toMatchObject({ code: 0 });
});

afterAll(() => rm(cwd, { recursive: true }));

async function lora(...args: readonly string[]): Promise<LoraDocument> {
  const { code, stdout, stderr } = await runCli(['lora', ...args, '--no-report', '--json'], { cwd });
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as LoraDocument;
}

test('when a base is fine-tuned on other data then rate and epochs are chosen in folds, and config.json repeats the run', async () => {
  const {
    chosen,
    tried = [],
    because,
    endedBy,
    ...document
  } = await lora(...['--base', 'base', '--data', 'new.csv', '--out', 'auto', '--merge']);
  expect(chosen).toEqual(tried.find(({ lr, loraEpochs }) => lr === chosen?.lr && loraEpochs === chosen.loraEpochs));
  expect(tried.length).toBeGreaterThanOrEqual(12);
  expect(tried[0]?.value).toBe(Math.max(...tried.map(({ value }) => value)));
  expect(chosen).toMatchObject({ folds: 5 });
  expect({ because, endedBy }).toEqual({ because: expect.stringContaining('the usual one'), endedBy: 'plan' });
  expect(document.lora.epochs).toHaveLength(chosen?.loraEpochs ?? NaN);
  expect(document.checks.every(({ passed }) => passed)).toBe(true);
  expect(document.data.source).toBe('new.csv');
  const lines = (await readFile(join(cwd, 'auto', 'tried.jsonl'), 'utf8')).trimEnd().split('\n');
  expect(lines).toHaveLength(tried.length);

  const again = await lora('--base', 'base', '--config', 'auto/config.json', '--out', 'again', '--merge');
  expect(again).not.toHaveProperty('chosen');
  for (const name of ['adapter/adapter_model.safetensors', 'merged.safetensors', 'model.json']) {
    const [one, two] = await Promise.all(['auto', 'again'].map((run) => readFile(join(cwd, run, name))));
    expect(two?.equals(one ?? Buffer.alloc(0))).toBe(true);
  }
});

test('when there is no base then one is pretrained as preset fixed does, and what is named is taken as it is', async () => {
  const document = await lora('--data', 'new.csv', '--lr', '0.004', '--metric', 'log-loss', '--out', 'alone');
  expect(new Set(document.tried?.map(({ lr }) => lr))).toEqual(new Set([0.004]));
  const values = document.tried?.map(({ value }) => value) ?? [];
  expect(values).toEqual(values.toSorted((one, other) => one - other));
  // As many epochs as have 157 steps: 153 reviews are two batches.
  expect(document.pretrain?.epochs).toHaveLength(79);
  const config = JSON.parse(await readFile(join(cwd, 'alone', 'config.json'), 'utf8')) as object;
  expect(config).toMatchObject({ pretraining: 'fixed', tokenizer: 'unicode', search: 'none', lr: 0.004 });
  const named = await lora('--data', 'new.csv', '--lr', '0.004', '--lora-epochs', '1', '--out', 'named');
  expect(named).not.toHaveProperty('tried');
});

test('when the base has seen the data then the reviews held out for validation judge, which a note qualifies', async () => {
  const { stdout, stderr } = await runCli(['lora', '--base', 'base', '--no-report', '--json', '--out', 'same'], {
    cwd,
  });
  const { base, tried = [], data } = JSON.parse(stdout) as LoraDocument;
  expect(base?.seenValidation).toBe(true);
  expect(
    tried.every(({ folds, value }) => folds === 1 && Number.isInteger(Number((value * data.valid).toFixed(9)))),
  ).toBe(true);
  expect(stderr).toMatch(/too favourable.*\n.*learning rate and the number of epochs are chosen by them all the same/);
});

test('when there are many classes then the logits of all reviews at once are no more than can be taken', async () => {
  const rows = Array.from({ length: 2000 }, (_, row) => `wort${row % 400} ${others[row % 7]},k${row % 400}`);
  await writeFile(join(cwd, 'many.csv'), ['text,label', ...rows, ''].join('\n'));
  const { chosen } = await lora(
    '--data',
    'many.csv',
    '--batch',
    '16',
    '--lr',
    '0.002',
    '--budget',
    '0.001s',
    '--out',
    'many',
  );
  expect(chosen?.folds).toBe(5);
});

test('when the search is interrupted or its time is over then it takes the best so far', async () => {
  const run = ['lora', '--base', 'base', '--data', 'new.csv', '--search', 'wide', '--no-report', '--json'];
  const { code, stdout, stderr } = await runCli([...run, '--out', 'interrupted'], {
    cwd,
    onOutput: { when: /Best so far/, then: (child) => child.kill('SIGINT') },
  });
  expect({ code, notes: stderr.match(/Taking the best so far/g) }).toEqual({
    code: 0,
    notes: ['Taking the best so far'],
  });
  const interrupted = JSON.parse(stdout) as LoraDocument;
  expect(interrupted.endedBy).toBe('interrupt');
  expect(interrupted.tried?.length).toBeLessThan(32);
  const over = await lora(...run.slice(1, -2), '--budget', '0.001s', '--out', 'over');
  expect({ endedBy: over.endedBy, tried: over.tried?.length }).toEqual({ endedBy: 'budget', tried: 1 });
  expect(over.chosen).toMatchObject({ lr: 5e-4, loraEpochs: 64 });
});

test('when the preset is stable then few reviews are gone through often, and run.json repeats that', async () => {
  const stable = ['--preset', 'stable', '--data', 'new.csv'];
  const { data, pretrain, lora: tuned } = await lora(...stable, '--out', 'stable');
  const steps = Math.ceil(data.train / 128);
  expect(pretrain?.epochs).toHaveLength(Math.ceil(157 / steps));
  expect(tuned.epochs).toHaveLength(64);
  expect(tuned.test.accuracy).toBeGreaterThan(0.8);
  const run = JSON.parse(await readFile(join(cwd, 'stable', 'run.json'), 'utf8')) as { options: object };
  expect(run.options).toMatchObject({ loraEpochs: 64 });
  await lora('--config', 'stable/run.json', '--out', 'stable-again');
  const [one, two] = await Promise.all(
    ['stable', 'stable-again'].map((name) => readFile(join(cwd, name, 'adapter/adapter_model.safetensors'))),
  );
  expect(two?.equals(one ?? Buffer.alloc(0))).toBe(true);
  const named = await lora(...stable, '--lora-epochs', '3', '--out', 'stable-named');
  expect(named.lora.epochs).toHaveLength(3);
});

test('when a model says nothing then that is told, and no calibration is used', async () => {
  const rows = Array.from(
    { length: 200 },
    (_, row) => `${others[row % 7]} ${others[(row * 3) % 7]},${row % 3 === 0 ? 'a' : 'b'}`,
  );
  await writeFile(join(cwd, 'noise.csv'), ['text,label', ...rows, ''].join('\n'));
  const { warnings = [], calibration } = await lora(
    ...['--preset', 'stable', '--data', 'noise.csv', '--lr', '1e-4', '--lora-epochs', '4', '--out', 'noise'],
  );
  expect(warnings.map(({ kind }) => kind)).toContain('no-better');
  expect(calibration === undefined || calibration.calibration.kind === 'temperature').toBe(true);
});

test('when there is nothing to choose then a first Ctrl-C ends the command', async () => {
  const named = ['--lr', '0.004', '--lora-epochs', '1000000', '--no-report', '--out', 'endless'];
  const { code, stderr } = await runCli(['lora', '--base', 'base', '--data', 'new.csv', ...named], {
    cwd,
    onOutput: { when: /Epoch +2\//, then: (child) => child.kill('SIGINT') },
  });
  expect({ code, stderr }).toEqual({ code: 130, stderr: expect.stringMatching(/Interrupted by SIGINT/) });
  expect(stderr).not.toContain('Taking the best');
});

test('when no preset is named then it is auto for data of one’s own, and the notebook for the sample', async () => {
  const printed = async (...args: readonly string[]): Promise<object> =>
    JSON.parse((await runCli(['lora', ...args, '--print-config'], { cwd })).stdout) as object;
  const own = await printed('--base', 'base');
  expect(own).toMatchObject({
    search: 'auto',
    optimizer: 'sparse-adam',
    schedule: 'linear',
    calibration: 'temperature',
  });
  expect(own).not.toHaveProperty('lr');
  expect(await printed('--data', 'own.csv', '--lr', '0.01')).toMatchObject({ search: 'auto', lr: 0.01 });
  expect(await printed('--data', 'sample')).toMatchObject({ search: 'none', lr: 0.1, loraEpochs: 10 });
  const stable = await printed('--base', 'base', '--preset', 'stable');
  expect(stable).toMatchObject({ search: 'none', lr: 5e-4 });
  // How many epochs are enough is counted from the reviews.
  expect(stable).not.toHaveProperty('loraEpochs');
  expect(await printed('--data', 'own.csv', '--search', 'none')).not.toHaveProperty('loraEpochs');
  expect(await printed('--data', 'own.csv', '--preset', 'stable', '--lora-epochs', '2')).toMatchObject({
    loraEpochs: 2,
  });
  expect(await printed('--data', 'own.csv', '--preset', 'notebook')).toMatchObject({ loraEpochs: 10 });
  expect(await printed('--data', 'sample', '--preset', 'stable')).toMatchObject({ loraEpochs: 2 });
});

test('when the base is linear, or its classes are in another order, then one sentence says so', async () => {
  const linear = ['train', '--preset', 'fast', '--data', 'own.csv', '--out', 'linear', '--quiet'];
  expect(await runCli(linear, { cwd })).toMatchObject({ code: 0 });
  const { code, stderr } = await runCli(['lora', '--base', 'linear'], { cwd });
  expect({ code, lines: stderr.trimEnd().split('\n').length }).toEqual({ code: 2, lines: 1 });
  expect(stderr).toMatch(/linear is linear.*train --preset fixed or best/);
  const swapped = ['lora', '--base', 'base', '--data', 'new.csv', '--labels', 'pos,neg', '--quiet'];
  const other = await runCli(swapped, { cwd });
  expect(other.code).toBe(2);
  expect(other.stderr).toMatch(
    /Expected the classes "neg", "pos", in the order that base has, but these reviews have "pos", "neg"/,
  );
});
