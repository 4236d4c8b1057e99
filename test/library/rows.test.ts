/** What the calls of the library do for rows in memory, beside what the commands do for a file with the same. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import {
  audit,
  classifierOf,
  evaluate,
  explain,
  loadDataset,
  lora,
  saveRun,
  TextClassifier,
  train,
  tune,
  type LoadOptions,
  type Row,
  type Saved,
  type TrainDocument,
} from '../../src/index.js';
import { runCli } from '../cli/helpers.js';
import { withTemporaryFolder } from '../helpers.js';

const things = ['printer', 'screen', 'phone', 'mouse', 'router', 'lamp', 'desk', 'chair'];
const faults = ['broken', 'dark', 'slow', 'lost', 'hot'];
const rows = things.flatMap((thing) =>
  faults.flatMap((fault, k) => [
    { text: `The ${thing} is ${fault}, please help "us".`, label: 'support', author: `a${k}` },
    { text: `What does a new ${thing} cost, one that is not ${fault}?`, label: 'sales', author: `b${k}` },
  ]),
);
const csv = ['text,label,author', ...rows.map((row) => [row.text, row.label, row.author].map(quote).join(','))].join(
  '\n',
);

function quote(cell: string): string {
  return `"${cell.replaceAll('"', '""')}"`;
}

function* one(): Generator<Row> {
  yield* rows;
}

// eslint-disable-next-line @typescript-eslint/require-await -- a cursor gives its rows in turns
async function* cursor(): AsyncGenerator<Row> {
  yield* rows;
}

/** Reads rows and takes what does not differ by when and where. */
async function read(options: LoadOptions): Promise<object> {
  const { splits, classes, vocabulary, weights, features } = await loadDataset({ cacheFolder: null, ...options });
  const numbers = Object.values(splits).map(({ ids, offsets, labels, groups }) => ({ ids, offsets, labels, groups }));
  return { numbers, classes, lines: Buffer.from(vocabulary.lines).toString(), weights, features };
}

test('when rows come as an array, an iterable or a cursor then they are read as a file with the same rows is', async () => {
  await withTemporaryFolder(async (folder) => {
    const data = join(folder, 'rows.csv');
    await writeFile(data, csv);
    for (const options of [{}, { groupColumn: 'author', seed: 7 }, { preset: 'fast', valid: 10 } as const]) {
      const expected = await read({ data, ...options });
      expect(await read({ rows, ...options })).toEqual(expected);
      expect(await read({ rows: one(), ...options })).toEqual(expected);
      expect(await read({ rows: cursor(), ...options })).toEqual(expected);
    }
    const files = [csv.split('\n').slice(0, 61), [csv.split('\n')[0], ...csv.split('\n').slice(61)]];
    const [first, second] = [join(folder, 'train.csv'), join(folder, 'test.csv')];
    await writeFile(first, files[0]?.join('\n') ?? '');
    await writeFile(second, files[1]?.join('\n') ?? '');
    expect(await read({ rows: { train: rows.slice(0, 60), test: new Set(rows.slice(60)) } })).toEqual(
      await read({ train: first, test: second }),
    );
  });
});

/** Returns a document without what depends on when and where it was made. */
function timeless({ data, ...others }: Saved<TrainDocument>): unknown {
  const times = ['seconds', 'evaluateSeconds', 'secondsPerEpoch'];
  const text = JSON.stringify(
    { ...others, run: '', files: [], data: { ...data, source: '', sha256: '', kind: '' } },
    (key, value: unknown) => (times.includes(key) ? 0 : value),
  );
  return JSON.parse(text);
}

/** Has the commands and the calls use the run `library` of `rows`. */
async function expectUsable(cwd: string): Promise<void> {
  const again = await runCli(['evaluate', 'library'], { cwd });
  expect(again).toMatchObject({ code: 4, stdout: '' });
  expect(again.stderr).toMatch(/was made with rows of a program, which are in none; name data with --data/);
  const named = await runCli(['evaluate', 'library', '--data', 'rows.csv', '--json'], { cwd });
  const printedFigures = JSON.parse(named.stdout) as Awaited<ReturnType<typeof evaluate>>;
  using classifier = await TextClassifier.open(join(cwd, 'library'));
  const whole = await loadDataset({ rows, whole: true });
  const found = await evaluate(classifier, whole, { loss: 'logits' });
  // The reviews stand in another order, and sums of floating-point numbers depend on that.
  const exact = ({ split, count, accuracy, confusion, classes, mistakes, decision }: typeof found): object => ({
    ...{ split, count, accuracy, confusion, classes, decision, mistakes: mistakes.length },
  });
  expect(exact(found)).toEqual(exact(printedFigures));
  expect(found.loss).toBeCloseTo(printedFigures.loss, 6);
  const text = 'Please help, what does it cost?';
  const asked = ['explain', 'library', text, '--json', '--top', '2', '--engine', 'fused'];
  const told = await runCli(asked, { cwd });
  const explained = { run: 'library', ...explain(classifier, text, { top: 2 }) };
  expect(JSON.parse(JSON.stringify(explained))).toEqual(JSON.parse(told.stdout));
}

test('when rows are trained on and saved then the run is the one that the command writes', async () => {
  await withTemporaryFolder(async (cwd) => {
    await writeFile(join(cwd, 'rows.csv'), csv);
    const command = await runCli(['train', '--data', 'rows.csv', '--out', 'command', '--threads', '1', '--json'], {
      cwd,
    });
    expect(command.code).toBe(0);
    const records: object[] = [];
    const dataset = await loadDataset({ rows });
    const result = await train(dataset, { threads: 1, events: { onMetrics: (record) => void records.push(record) } });
    expect(result.run).toBeNull();
    const saved = await saveRun(join(cwd, 'library'), result);
    for (const file of ['model.safetensors', 'vocabulary.txt', 'model.json', 'tried.jsonl']) {
      const [one, other] = await Promise.all(
        ['command', 'library'].map((run) => readFile(join(cwd, run, file), 'utf8')),
      );
      expect(other).toBe(one);
    }
    const printed = JSON.parse(command.stdout) as Saved<TrainDocument>;
    expect(timeless(saved)).toEqual(timeless(printed));
    const metrics = (await readFile(join(cwd, 'library', 'metrics.jsonl'), 'utf8')).trimEnd().split('\n');
    expect(metrics.map((line) => JSON.parse(line) as unknown)).toEqual(JSON.parse(JSON.stringify(records)));
    expect(await readFile(join(cwd, 'library', 'report.html'), 'utf8')).toContain('<!doctype html>');

    await expectUsable(cwd);
    using classifier = await TextClassifier.open(join(cwd, 'library'));
    const text = 'Please help, what does it cost?';
    using unsaved = classifierOf(result);
    expect(unsaved.predict([text])).toEqual(classifier.predict([text]));
  });
});

test('when rows are tuned on, fine-tuned on and looked at then each call does what its command does', async () => {
  await withTemporaryFolder(async (folder) => {
    const dataset = await loadDataset({ rows });
    const tuned = await tune(dataset, { budget: 0.001, threads: 1 });
    expect(tuned).toMatchObject({ endedBy: 'budget', command: 'train' });
    const base = join(folder, 'base');
    await saveRun(base, await train(dataset, { preset: 'fixed', epochs: 20, hidden: 8 }), { report: false });
    const tunedBase = await lora(base, dataset, { preset: 'stable', rank: 2, loraEpochs: 30, merge: true });
    expect(tunedBase).toMatchObject({ command: 'lora', base: { run: base }, frozen: { weight: true, bias: true } });
    const saved = await saveRun(join(folder, 'lora'), tunedBase);
    expect(saved.files.map(({ name }) => name)).toEqual(expect.arrayContaining(['merged.safetensors']));
    using classifier = await TextClassifier.open(join(folder, 'lora'), { adapter: 'on' });
    using unsaved = classifierOf(tunedBase);
    expect(unsaved.predict(['please help'])).toEqual(classifier.predict(['please help']));
    const wrong = rows.map((row, k) => (k === 3 ? { ...row, label: 'support' } : row));
    const found = await audit(await loadDataset({ rows: [...wrong, rows[0] ?? {}], whole: true }), { top: 1 });
    expect(found).toMatchObject({ command: 'audit', reviews: 81, repeated: { texts: 1 } });
    expect(found.doubtful.rows[0]).toMatchObject({ label: 'support', suggested: 'sales' });
  });
});

test('when rows are not as expected then they are accounted for, or refused in one sentence', async () => {
  const some = [...rows, { text: 'no label' }, { text: 5, label: 'sales' }];
  const many = Array.from({ length: 5 }, () => some.slice(0, 80)).flat();
  const { read: account } = await loadDataset({ rows: [...many, ...some.slice(80), 'text'] as Row[] });
  expect(account).toMatchObject({
    rows: 400,
    leftOut: [
      { why: 'has no label', count: 1, first: 'rows row 401' },
      { why: 'has a number as "text"', count: 1, first: 'rows row 402' },
      { why: 'is no object', count: 1, first: 'rows row 403' },
    ],
  });
  const refused = async (options: object): Promise<unknown> =>
    loadDataset(options as LoadOptions).catch((error: unknown) => error);
  expect(await refused({ rows: [] })).toMatchObject({ code: 'ERR_DATASET' });
  expect(await refused({ rows: some.slice(0, 82) })).toMatchObject({ code: 'ERR_DATASET' });
  expect(await refused({ rows, data: 'sample' })).toMatchObject({ code: 'ERR_USAGE' });
  expect(await refused({ rows, epoch: 3, ngrams: 'two', preset: 'slow' })).toMatchObject({
    code: 'ERR_USAGE',
    message: [
      'Expected one of notebook, fixed, fast, best, auto for the option preset but received "slow".',
      'Expected a whole number from 1 to 16 for the option ngrams but received "two".',
      'Expected no option "epoch": there is none of that name.',
    ].join('\n'),
  });
  const dataset = await loadDataset({ rows });
  await expect(train(dataset, { momentum: 0.5, optimizer: 'adam', hidden: 4 })).rejects.toMatchObject({
    code: 'ERR_USAGE',
    message: expect.stringMatching(/^Expected optimizer sgd with momentum: /) as unknown,
  });
  await expect(train(dataset, { textColumn: 'text' } as object)).rejects.toMatchObject({
    message: 'Expected no option textColumn here: it says what loadDataset reads, which takes it.',
  });
  const controller = new AbortController();
  const reason = new Error('enough');
  controller.abort(reason);
  await expect(train(dataset, { signal: controller.signal })).rejects.toBe(reason);
});
