import { expect, test } from '@jest/globals';
import {
  bestFirst,
  differencesOf,
  figuresOf,
  formatDifferences,
  formatFigures,
  formatRuns,
  pairFigures,
  recordedSettings,
  summarizeRun,
} from '../../src/report/console/runs.js';
import type { RunDocument } from '../../src/storage/run_document.js';

/** Parts of a run are enough for these functions. */
const asRun = (fields: object): RunDocument => fields as RunDocument;
const metrics = (loss: number, accuracy: number): object => ({ loss, accuracy });
const phase = { before: { train: metrics(0.7, 0.5) }, test: metrics(0.45, 0.86) };
const epochs = [{ epoch: 1, train: metrics(0.5, 0.8), valid: metrics(0.51, 0.79) }];
const shared = { schema: 1, device: 'cpu', data: { source: 'sample' }, seconds: { total: 2.5 } };
const full = asRun({ ...shared, ...phase, epochs, command: 'train', options: { seed: 1, lr: 0.1 } });
const tuned = asRun({
  ...shared,
  command: 'lora',
  options: { seed: 2, lr: 0.1 },
  pretrain: { test: metrics(0.6, 0.8) },
  lora: { ...phase, epochs: [...epochs, ...epochs], test: metrics(0.44, 0.87) },
});
const plain = { unicode: false, colour: false };

test('when runs are summed up then the figures are those of the last training', () => {
  const common = { data: 'sample', seconds: 2.5 };
  expect(summarizeRun('a', full)).toEqual({
    ...common,
    name: 'a',
    command: 'train',
    epochs: 1,
    test: phase.test,
  });
  expect(summarizeRun('b', tuned)).toEqual({
    ...common,
    name: 'b',
    command: 'lora',
    epochs: 2,
    test: metrics(0.44, 0.87),
  });
  const nothing = { command: null, data: null, epochs: null, seconds: null, test: null };
  expect(summarizeRun('c', null)).toEqual({ ...nothing, name: 'c' });
  expect(summarizeRun('d', asRun({ schema: 1 }))).toEqual({ ...nothing, name: 'd' });
  const after = { logLoss: 0.3, accuracy: 0.88, calibrationError: 0.01 };
  const calibrated = asRun({ ...tuned, calibration: { test: { before: {}, after } } });
  expect(summarizeRun('f', calibrated).test).toEqual(metrics(0.3, 0.88));
  expect([...figuresOf(calibrated)]).toEqual(
    expect.arrayContaining([
      ['test.accuracy', 0.87],
      ['calibrated.test.accuracy', 0.88],
    ]),
  );
});

test('when runs are listed then each has a line of at most 80 columns', () => {
  const runs = [summarizeRun('x'.repeat(60), full), summarizeRun('c', null)];
  const lines = formatRuns(runs, plain).split('\n');

  expect(lines.find((line) => line.includes('xxx'))).toMatch(/\.\.\.x+ .* train .* 0\.4500 .* 86\.00 % .* 2\.50 s/);
  expect(lines.find((line) => line.includes('| c'))).toContain('not complete');
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
});

test('when runs are compared then settings that differ and all figures are told', () => {
  const differences = differencesOf(recordedSettings(full), recordedSettings(tuned));
  expect(differences).toEqual([
    { name: 'command', a: 'train', b: 'lora' },
    { name: 'options.seed', a: 1, b: 2 },
  ]);
  expect(formatDifferences(differences, plain)).toMatch(/\| options\.seed +\| +1 \| +2 \|/);
  const long = { name: 'options.features.minimumCount', a: 'x'.repeat(40), b: 'y'.repeat(40) };
  expect(
    formatDifferences([long], plain)
      .split('\n')
      .filter((line) => line.length > 80),
  ).toEqual([]);
  const figures = pairFigures(figuresOf(full), figuresOf(tuned));
  expect(figures).toEqual([
    { name: 'before.train.loss', a: 0.7, b: 0.7 },
    { name: 'before.train.accuracy', a: 0.5, b: 0.5 },
    { name: 'last epoch.train.loss', a: 0.5, b: 0.5 },
    { name: 'last epoch.train.accuracy', a: 0.8, b: 0.8 },
    { name: 'last epoch.valid.loss', a: 0.51, b: 0.51 },
    { name: 'last epoch.valid.accuracy', a: 0.79, b: 0.79 },
    { name: 'test.loss', a: 0.45, b: 0.44 },
    { name: 'test.accuracy', a: 0.86, b: 0.87 },
    { name: 'seconds.total', a: 2.5, b: 2.5 },
    { name: 'pretrain.test.loss', a: null, b: 0.6 },
    { name: 'pretrain.test.accuracy', a: null, b: 0.8 },
  ]);
  const table = formatFigures(figures, plain);
  expect(table).toMatch(/\| test\.accuracy +\| 86\.00 % \| 87\.00 % \| +\+1\.00 points \|/);
  expect(table).toMatch(/\| pretrain\.test\.loss +\| +- \| +0\.6000 \| +- \|/);
});

test('when a metric is asked for then runs have it in a column, and the best is the first', () => {
  const macro = (f1: number): object => ({ evaluation: { macro: { f1 }, rocAuc: 0.9 } });
  const judged = { ...macro(0.6), metric: { name: 'roc-auc', test: 0.95 } };
  const documents = { a: full, b: asRun({ ...full, ...macro(0.5) }), c: asRun({ ...tuned, ...judged }) };
  const listed = (metric: 'macro-f1' | 'log-loss' | 'roc-auc'): unknown[] =>
    bestFirst(
      Object.entries(documents).map(([name, document]) => summarizeRun(name, document, metric)),
      metric,
    ).map(({ name, metric: own }) => [name, own?.test]);
  expect(listed('macro-f1')).toEqual([
    ['c', 0.6],
    ['b', 0.5],
    ['a', null],
  ]);
  expect(listed('roc-auc')).toEqual([
    ['c', 0.95],
    ['b', 0.9],
    ['a', null],
  ]);
  // Their losses are of softmaxed probabilities, as far as they say.
  expect(listed('log-loss')).toEqual([
    ['a', null],
    ['b', null],
    ['c', null],
  ]);
  const ofLogits = asRun({ ...full, options: { loss: 'logits' } });
  expect(summarizeRun('a', ofLogits, 'log-loss').metric).toEqual({ name: 'log-loss', test: 0.45 });
  const table = formatRuns([summarizeRun('c', documents.c, 'macro-f1'), summarizeRun('a', full, 'macro-f1')], plain);
  const cells = table.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
  expect(cells.find(([, name]) => name === 'run')?.slice(-3, -1)).toEqual(['macro-F1', 'time']);
  expect(cells.find(([, name]) => name === 'c')?.slice(-3, -1)).toEqual(['60.00 %', '2.50 s']);
  expect(cells.find(([, name]) => name === 'a')?.slice(-3, -1)).toEqual(['-', '2.50 s']);
});
