import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { TextClassifier } from '../../src/model/text_classifier.js';
import type { LoraDocument } from '../../src/storage/run_document.js';
import { runCli } from './helpers.js';

const places = ['bar', 'hotel', 'zoo'] as const;
const words = {
  bar: ['bier', 'wirt', 'tresen'],
  hotel: ['bett', 'zimmer', 'empfang'],
  zoo: ['affe', 'elefant', 'gehege'],
};
const others = ['der', 'die', 'und', 'ein', 'war', 'sehr', 'auch'];
const moods = ['gut', 'toll', 'mies', 'fad'];
let cwd: string;

/** Writes reviews of places, labelled with the mood or the place. */
async function writeTable(name: string, count: number, labelOf: (row: number) => string): Promise<void> {
  const rows = Array.from({ length: count }, (_, row) => {
    const own = words[places[row % 3] ?? 'bar'][Math.floor(row / 3) % 3];
    const text = [others[row % 7], own, others[(row * 3) % 7], moods[Math.floor(row / 5) % 4], others[(row * 2) % 5]];
    return `${text.join(' ')},${labelOf(row)}`;
  });
  await writeFile(join(cwd, name), ['text,label', ...rows, ''].join('\n'));
}

async function succeed(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runCli(args, { cwd });
  expect({ args, code, stderr: code === 0 ? '' : stderr }).toEqual({ args, code: 0, stderr: '' });
  return stdout;
}

async function lora(...args: readonly string[]): Promise<LoraDocument> {
  const named = ['--lr', '0.01', '--lora-epochs', '8', '--json'];
  return JSON.parse(await succeed('lora', '--base', 'base', ...named, ...args)) as LoraDocument;
}

const read = (...names: string[]): Promise<Buffer> => readFile(join(cwd, ...names));
const text = 'der elefant war gut';

async function predict(run: string, ...args: readonly string[]): Promise<{ label: string; probabilities: object }> {
  const line = await succeed('predict', run, text, '--json', ...args);
  return JSON.parse(line) as { label: string; probabilities: object };
}

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'imdb-torch-'));
  await writeTable('moods.csv', 300, (row) => (Math.floor(row / 5) % 4 < 2 ? 'pos' : 'neg'));
  await writeTable('places.csv', 330, (row) => places[row % 3] ?? '');
  await succeed('train', '--preset', 'fixed', '--data', 'moods.csv', '--epochs', '20', '--out', 'base', '--quiet');
  await lora('--data', 'places.csv', '--out', 'places');
});

afterAll(() => rm(cwd, { recursive: true }));

test('when the classes are others then an output layer is trained beside the base, which stays bit for bit', async () => {
  const document = JSON.parse((await read('places', 'run.json')).toString()) as LoraDocument;
  expect(document.classes).toEqual(places);
  expect(document.lora.test.accuracy).toBeGreaterThan(0.9);
  expect(document.checks.every(({ passed }) => passed)).toBe(true);
  expect(document.base).toEqual({ run: 'base', seenValidation: false });
  // A fifth of the new reviews less the test, rather than as many as the base held out.
  expect(document.data).toMatchObject({ train: 212, valid: 52, test: 66 });
  for (const file of ['vocabulary.txt', 'model.safetensors']) {
    expect((await read('places', file)).equals(await read('base', file))).toBe(true);
  }
  const [own, base] = await Promise.all(
    ['places', 'base'].map(async (run) => JSON.parse((await read(run, 'model.json')).toString()) as object),
  );
  expect(own).toEqual({ ...base, base: expect.any(String) });

  using alone = await TextClassifier.open(join(cwd, 'base'));
  using off = await TextClassifier.open(join(cwd, 'places'), { adapter: 'off' });
  expect(off.predict([text])).toEqual(alone.predict([text]));
  using on = await TextClassifier.open(join(cwd, 'places'));
  expect(on.predict([text])[0]?.label).toBe('zoo');
  expect(on.description.calibration).toEqual(document.calibration?.calibration);
  await alone.adapters.load('places', join(cwd, 'places', 'adapter'));
  alone.adapters.use('places');
  expect(alone.predict([text])).toEqual(on.predict([text]));
});

test('when commands use such a run then labels are right, or one sentence says why not', async () => {
  expect((await predict('places')).label).toBe('zoo');
  expect(Object.keys((await predict('places', '--adapter', 'off')).probabilities)).toEqual(['neg', 'pos']);
  expect((await predict('base', '--adapter', 'places/adapter')).label).toBe('zoo');
  const evaluation = JSON.parse(await succeed('evaluate', 'places', '--json')) as { accuracy: number };
  expect(evaluation.accuracy).toBeGreaterThan(0.9);
  const off = await runCli(['evaluate', 'places', '--adapter', 'off'], { cwd });
  expect({ code: off.code, said: off.stderr.includes('Expected reviews of the classes neg, pos') }).toEqual({
    code: 4,
    said: true,
  });
  expect(await succeed('explain', 'places', text, '--json')).toContain('"zoo"');
  expect(await succeed('runs', '.')).toContain('places');
  expect(await succeed('report', 'places')).toContain('report.html');
});

test('when such an adapter is merged then the merged model has its classes, and unmerging brings the run back', async () => {
  await succeed('merge', 'base', '--adapter', 'places/adapter', '--out', 'merged');
  expect(JSON.parse((await read('merged', 'model.json')).toString())).toMatchObject({ classes: places, output: 3 });
  const before = await predict('places');
  expect(await predict('merged')).toMatchObject({ label: 'zoo' });
  await succeed('merge', 'places');
  expect((await predict('places')).label).toBe('zoo');
  expect(Object.keys((await predict('places', '--adapter', 'off')).probabilities)).toEqual(['neg', 'pos']);
  await succeed('unmerge', 'places');
  expect(await predict('places')).toEqual(before);
  const document = await lora('--data', 'places.csv', '--merge', '--out', 'at-once');
  expect(document.merged?.test.accuracy).toBeGreaterThan(0.9);
  expect((await predict('at-once', '--adapter', 'merged')).label).toBe('zoo');
});

test('when the run is a base in its turn then its own data have its new classes, and it repeats from its record', async () => {
  await succeed('lora', '--base', 'places', '--lr', '0.01', '--lora-epochs', '2', '--out', 'further', '--quiet');
  expect((await read('further', 'model.safetensors')).equals(await read('base', 'model.safetensors'))).toBe(true);
  await succeed('lora', '--base', 'base', '--config', 'places/run.json', '--out', 'again', '--quiet');
  const adapter = ['adapter', 'adapter_model.safetensors'] as const;
  expect((await read('again', ...adapter)).equals(await read('places', ...adapter))).toBe(true);
});

test('when the output layer is to have a branch then other classes are refused', async () => {
  const { code, stderr } = await runCli(['lora', '--base', 'base', '--data', 'places.csv', '--target', 'fc2'], { cwd });
  expect({ code, lines: stderr.trimEnd().split('\n').at(-1) }).toEqual({
    code: 2,
    lines: expect.stringMatching(/Expected --target fc1 with reviews of the classes "bar", "hotel", "zoo"/) as unknown,
  });
});
