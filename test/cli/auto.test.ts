import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { PythonRandom } from '../../src/data/numbers/python_random.js';
import type { TrainDocument } from '../../src/storage/run_document.js';
import { withTemporaryFolder } from '../helpers.js';
import { runCli, type CliResult } from './helpers.js';

const fillers = 'the a of and to it was is very quite with some for on at by film story plot scene'.split(' ');
const telling: Readonly<Record<string, readonly string[]>> = {
  bad: ['awful', 'dull', 'clumsy'],
  good: ['superb', 'lovely', 'warm'],
  mixed: ['uneven', 'passable', 'middling'],
};

/** Rows of which four fifths have a telling word of their class, in random order, with one of ten authors. */
function csv(counts: Readonly<Record<string, number>>, seed = 1): string {
  const random = new PythonRandom(seed);
  const pick = (from: readonly string[]): string => from[random.below(from.length)] ?? '';
  const names = Object.keys(counts);
  const rows = names.flatMap((label) =>
    Array.from({ length: counts[label] ?? 0 }, () => {
      const words = Array.from({ length: 8 }, () => pick(fillers));
      words[random.below(8)] = pick(telling[random.below(5) > 0 ? label : pick(names)] ?? []);
      return `${words.join(' ')},${label},author ${random.below(10)}`;
    }),
  );
  const order = Int32Array.from(rows.keys());
  random.shuffle(order);
  return ['text,label,author', ...Array.from(order, (row) => rows[row]), ''].join('\n');
}

const even = { bad: 60, good: 60 };
const quiet = ['--quiet', '--no-report'];

async function train(cwd: string, ...args: string[]): Promise<TrainDocument> {
  const { code, stdout, stderr } = await runCli(['train', ...args, '--json', ...quiet], { cwd });
  expect({ args, code, stderr: code === 0 ? '' : stderr }).toEqual({ args, code: 0, stderr: '' });
  return JSON.parse(stdout) as TrainDocument;
}

const modelOf = (cwd: string, run: string): Promise<Buffer> => readFile(join(cwd, run, 'model.safetensors'));

test('when own reviews are trained on then the choice is documented, the same on any number of threads, and repeated by run.json', async () => {
  await withTemporaryFolder(async (cwd) => {
    await writeFile(join(cwd, 'two.csv'), csv(even));
    const document = await train(cwd, '--data', 'two.csv', '--threads', '1', '--out', 'run');
    expect(document).toMatchObject({
      classes: ['bad', 'good'],
      crossValidation: { metric: 'accuracy', folds: 5, repeats: 5 },
      endedBy: 'plan',
      because: expect.stringMatching(/the usual one/),
      metric: { name: 'accuracy' },
    });
    const { chosen, tried = [], crossValidation } = document;
    expect(tried).toContainEqual(chosen);
    expect(chosen?.value).toBe(crossValidation?.value);
    expect(new Set(tried.map((each) => JSON.stringify(each))).size).toBe(tried.length);
    expect(crossValidation?.value).toBeGreaterThan(0.7);
    expect(document.test.accuracy).toBeGreaterThan(0.7);
    const lines = (await readFile(join(cwd, 'run', 'tried.jsonl'), 'utf8')).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as object).sort(byValue)).toEqual([...tried].sort(byValue));

    const again = await train(cwd, '--data', 'two.csv', '--threads', '2', '--out', 'threads');
    expect(again.tried).toEqual(tried);
    expect(await modelOf(cwd, 'threads')).toEqual(await modelOf(cwd, 'run'));
    for (const config of ['run/run.json', 'run/config.json']) {
      const repeated = await train(cwd, '--config', config, '--out', config.replace('/', '-'));
      expect(await modelOf(cwd, config.replace('/', '-'))).toEqual(await modelOf(cwd, 'run'));
      expect(repeated).toMatchObject({ test: document.test, crossValidation });
      expect(repeated).not.toHaveProperty('tried');
    }
    const { stdout } = await runCli(['train', '--data', 'two.csv', '--preset', 'auto', '--print-config'], { cwd });
    await writeFile(join(cwd, 'printed.json'), stdout);
    expect((await train(cwd, '--config', 'printed.json', '--out', 'printed')).tried).toEqual(tried);
    expect(await modelOf(cwd, 'printed')).toEqual(await modelOf(cwd, 'run'));
  });
}, 120_000);

function byValue(one: object, other: object): number {
  return JSON.stringify(one) < JSON.stringify(other) ? -1 : 1;
}

test('when a class is rare then macro-F1 counts, thresholds are fitted, and every command goes by them', async () => {
  await withTemporaryFolder(async (cwd) => {
    await writeFile(join(cwd, 'skewed.csv'), csv({ bad: 24, good: 240 }));
    const document = await train(cwd, '--data', 'skewed.csv', '--out', 'run');
    expect(document).toMatchObject({ metric: { name: 'macro-f1' }, crossValidation: { metric: 'macro-f1' } });
    const offsets = document.decision?.offsets ?? [];
    expect(offsets).toHaveLength(2);
    const description = JSON.parse(await readFile(join(cwd, 'run', 'model.json'), 'utf8')) as object;
    expect(description).toMatchObject({ hidden: 0, decision: { offsets } });
    const macroF1 = async (...args: string[]): Promise<number> => {
      const { stdout } = await runCli(['evaluate', 'run', '--json', ...args], { cwd });
      return (JSON.parse(stdout) as { macro: { f1: number } }).macro.f1;
    };
    expect(await macroF1()).toBeCloseTo(document.metric?.test ?? NaN, 12);
    const table = csv({ bad: 50, good: 50 }, 2).replace(/,[^,]*,[^,]*$/gm, '');
    await writeFile(join(cwd, 'texts.txt'), table);
    const predicted = (await runCli(['predict', 'run', '--file', 'texts.txt'], { cwd })).stdout;
    const most = (await runCli(['predict', 'run', '--file', 'texts.txt', '--decision', 'argmax'], { cwd })).stdout;
    const rare = (of: string): number => of.match(/^bad\t/gm)?.length ?? 0;
    expect(rare(predicted)).toBeGreaterThan(rare(most));
    expect(await train(cwd, '--data', 'skewed.csv', '--decision', 'argmax', '--out', 'argmax')).not.toHaveProperty(
      'decision',
    );
  });
}, 120_000);

test('when there are three classes with authors then folds keep these together, and other commands use the run', async () => {
  await withTemporaryFolder(async (cwd) => {
    await writeFile(join(cwd, 'three.csv'), csv({ bad: 50, good: 50, mixed: 50 }));
    const grouped = ['--data', 'three.csv', '--group-column', 'author'];
    const document = await train(cwd, ...grouped, '--out', 'run');
    const { train: fitted, valid, test: held } = document.data;
    expect([fitted + valid + held, document.classes]).toEqual([150, ['bad', 'good', 'mixed']]);
    const tooMany = await runCli(['train', ...grouped, '--folds', '30', ...quiet], { cwd });
    expect(tooMany).toMatchObject({ code: 2, stderr: expect.stringMatching(/group/) });

    const succeeds = async (...args: string[]): Promise<string> => {
      const { code, stdout, stderr } = await runCli(args, { cwd });
      expect({ args, code, stderr: code === 0 ? '' : stderr }).toEqual({ args, code: 0, stderr: '' });
      return stdout;
    };
    expect(await succeeds('predict', 'run', 'a superb and lovely story')).toMatch(/^good\t0\.\d{6}\n$/);
    expect(await succeeds('explain', 'run', 'a superb and dull story')).toMatch(/superb\[[+]/);
    expect(await succeeds('explain', 'run', '--top', '3')).toMatch(/superb|lovely|warm/);
    const evaluated = JSON.parse(await succeeds('evaluate', 'run', '--json', '--quiet')) as TrainDocument['test'];
    expect(evaluated.accuracy).toBe(document.test.accuracy);
    expect(await succeeds('report', 'run')).toMatch(/report\.html/);
    expect(await succeeds('runs', '.')).toMatch(/run/);
    const merged = await runCli(['merge', 'run'], { cwd });
    expect(merged.code).not.toBe(0);
    expect(merged.stderr).toMatch(/^error: Expected [^\n]*adapter[^\n]*\n$/);
  });
}, 120_000);

test('when reviews to validate on are given, or their number, then these say what is best', async () => {
  await withTemporaryFolder(async (cwd) => {
    await writeFile(join(cwd, 'two.csv'), csv(even));
    await writeFile(join(cwd, 'other.csv'), csv({ bad: 20, good: 20 }, 3));
    for (const held of [
      ['--train', 'two.csv', '--valid', 'other.csv'],
      ['--data', 'two.csv', '--valid', '40'],
    ]) {
      const document = await train(cwd, ...held, '--out', held[0] ?? '');
      expect(document).toMatchObject({ data: { valid: 40 }, crossValidation: { folds: 1, repeats: 1 } });
    }
    expect(await train(cwd, '--data', 'two.csv', '--folds', '3', '--out', 'folds')).toMatchObject({
      crossValidation: { folds: 3, repeats: 5 },
    });
  });
}, 120_000);

test('when the time is over then that is documented, and tune takes a time too', async () => {
  await withTemporaryFolder(async (cwd) => {
    await writeFile(join(cwd, 'two.csv'), csv(even));
    const short = await train(cwd, '--data', 'two.csv', '--budget', '0.001s', '--out', 'short');
    expect(short).toMatchObject({ endedBy: 'budget', tried: [{ weighting: ['idf', 'naive-bayes'], cost: 0.3 }] });
    const tune = ['tune', '--data', 'two.csv', '--budget', '3s', '--json', ...quiet, '--out', 'tuned'];
    const { code, stdout, stderr } = await runCli(tune, { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const tuned = JSON.parse(stdout) as TrainDocument;
    expect(tuned.tried?.length).toBeGreaterThan(6);
    await train(cwd, '--config', 'tuned/config.json', '--out', 'again');
    expect(await modelOf(cwd, 'again')).toEqual(await modelOf(cwd, 'tuned'));
  });
}, 120_000);

test('when settings are given then the search takes them as they are', async () => {
  await withTemporaryFolder(async (cwd) => {
    await writeFile(join(cwd, 'two.csv'), csv(even));
    const fixed = ['--cost', '0.5', '--ngrams', '2', '--characters', 'none'];
    const { tried = [] } = await train(cwd, '--data', 'two.csv', ...fixed, '--out', 'run');
    expect(tried.length).toBeGreaterThan(1);
    expect(tried.every(({ cost, ngrams, characters }) => cost === 0.5 && ngrams === 2 && characters === null)).toBe(
      true,
    );
  });
}, 120_000);

test('when texts are Chinese then their characters tell the classes apart', async () => {
  await withTemporaryFolder(async (cwd) => {
    const random = new PythonRandom(1);
    const pick = (from: string): string => from[random.below(from.length)] ?? '';
    const rows = Array.from({ length: 80 }, (_, k) => {
      const filler = Array.from({ length: 6 }, () => pick('这部电影的故事和音乐')).join('');
      return `${filler}${k % 2 === 0 ? '很好看' : '太难看'}${pick('了啊吧')},${k % 2 === 0 ? '好' : '坏'}`;
    });
    await writeFile(join(cwd, 'chinese.csv'), ['text,label', ...rows, ''].join('\n'));
    const { test: tested } = await train(cwd, '--data', 'chinese.csv', '--out', 'run');
    expect(tested.accuracy).toBe(1);
    const predicted = await runCli(['predict', 'run', '故事很好看'], { cwd });
    expect(predicted).toMatchObject({ code: 0, stdout: expect.stringMatching(/^好\t/) });
  });
}, 120_000);

const useless = /^error: Expected no --(lr|epochs|batch|dropout|patience)[^\n]* with dual-coordinate-descent/;
test.each<[string, string[], RegExp]>([
  ['a learning rate', ['--data', 'two.csv', '--lr', '0.1'], useless],
  ['several settings of steps', ['--data', 'two.csv', '--epochs', '3', '--patience', '2'], useless],
  ['a hidden layer', ['--data', 'two.csv', '--hidden', '8'], /Expected --hidden 0 with --optimizer dual-coordinate/],
  [
    'a GPU',
    ['--data', 'two.csv', '--device', 'cuda'],
    /Expected --device cpu or auto with --optimizer dual-coordinate/,
  ],
  ['float64', ['--data', 'two.csv', '--dtype', 'float64'], /Expected --dtype float32/],
  ['a calibration', ['--data', 'two.csv', '--calibration', 'sigmoid'], /Expected --calibration none/],
  ['folds and held-out reviews', ['--data', 'two.csv', '--folds', '3', '--valid', '9'], /no --valid with --folds/],
  ['a budget in apples', ['--data', 'two.csv', '--budget', '3 apples'], /for --budget but received "3 apples"/],
  [
    'a budget for SGD',
    ['--data', 'sample', '--budget', '3s'],
    /Expected --optimizer dual-coordinate-descent, or --pres/,
  ],
  [
    'several weightings for SGD',
    ['--data', 'sample', '--weighting', 'idf,naive-bayes'],
    /several kinds of --weighting/,
  ],
])('when auto is given %s then it exits with 2 and one sentence', async (_what, args, sentence) => {
  const result = await runCli(['train', ...args]);
  expect(result).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(sentence) });
  expect(result.stderr.match(/error: /g)).toHaveLength(1);
});

test('when reviews are those of IMDb or the sample then the notebook is the default, else auto', async () => {
  await withTemporaryFolder(async (cwd) => {
    const optimizerOf = async (...args: string[]): Promise<unknown> => {
      const { stdout }: CliResult = await runCli(['train', ...args, '--print-config'], { cwd });
      return (JSON.parse(stdout) as { optimizer: string }).optimizer;
    };
    for (const split of ['train', 'test']) {
      for (const label of ['pos', 'neg']) {
        await mkdir(join(cwd, 'aclImdb', split, label), { recursive: true });
        await writeFile(join(cwd, 'aclImdb', split, label, '0_9.txt'), 'a film');
      }
    }
    await writeFile(join(cwd, 'two.csv'), csv(even));
    const linear = 'dual-coordinate-descent';
    expect(await optimizerOf()).toBe('sgd');
    expect(await optimizerOf('--data', 'sample')).toBe('sgd');
    expect(await optimizerOf('--data', 'aclImdb')).toBe('sgd');
    expect(await optimizerOf('--data', 'sample', '--preset', 'auto')).toBe(linear);
    expect(await optimizerOf('--data', 'two.csv')).toBe(linear);
    expect(await optimizerOf('--train', 'two.csv')).toBe(linear);
    expect(await optimizerOf('--data', 'two.csv', '--preset', 'fast')).toBe('sparse-adam');
  });
});
