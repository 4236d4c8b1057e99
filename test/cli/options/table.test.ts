import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { findConflicts } from '../../../src/settings/conflicts.js';
import { flagOf } from '../../../src/settings/option.js';
import type { Setting } from '../../../src/settings/setting.js';
import {
  byKeys,
  recordSettings,
  settings,
  settingsOf,
  withFlags,
  type ExperimentSettings,
} from '../../../src/settings/settings.js';
import { trainPresets } from '../../../src/experiments/presets.js';
import { withTemporaryFolder } from '../../helpers.js';
import { runCli } from '../helpers.js';

const entries = Object.entries<Setting<unknown>>(settings);

async function printed(...args: readonly string[]): Promise<object> {
  const { stdout, stderr } = await runCli([...args, '--print-config']);
  expect(stderr).toBe('');
  return JSON.parse(stdout) as object;
}

/** Every field of `options` in the `run.json` of the first version, with those that only some runs have. */
const recordedNames = [
  ...['seed', 'vocabularySize', 'hidden', 'optimizer', 'learningRate', 'momentum', 'nesterov', 'weightDecay'],
  ...['betas', 'eps', 'schedule', 'warmup', 'maxGradNorm', 'inputDropout', 'learningRateA', 'learningRateB'],
  ...['patience', 'epochs', 'batchSize', 'loss', 'classWeight', 'engine', 'dtype', 'device', 'targetModules'],
  ...['rank', 'alpha'],
  ...['useRslora', 'useDora', 'initialization', 'loraDropout', 'loraEpochs', 'pretraining', 'calibration', 'metric'],
  ...['cost', 'cleanUp', 'repeats', 'search', 'budget', 'decision', 'learningCurve'],
  ...['folds', 'refit', 'validationSize', 'features', 'split', 'data', 'strict', 'threads', 'seeds'],
  ...[
    'train',
    'validFile',
    'test',
    'textColumn',
    'labelColumn',
    'groupColumn',
    'header',
    'labels',
    'files',
    'encoding',
  ],
];
const recordedFeatures = [
  'tokenizer',
  'ngrams',
  'characters',
  'characterWeight',
  'minimumCount',
  'counts',
  'weighting',
  'normalize',
  'gain',
];

function notebookSettings(changes: Partial<ExperimentSettings> = {}): ExperimentSettings {
  const { values } = byKeys(trainPresets.notebook);
  return { ...values, header: true, strict: false, threads: null, seeds: 1, ...changes } as ExperimentSettings;
}

test('when options are declared then each has a group, one line of help, a command and a flag of its own', () => {
  expect(new Set(entries.map(([key]) => flagOf(key))).size).toBe(entries.length);
  for (const [key, { help, group, commands }] of entries) {
    expect({ key, help }).toEqual({ key, help: expect.stringMatching(/^[^\n]{4,}[^.]$/) });
    expect(group).toMatch(/^[A-Z][a-z]+$/);
    expect(commands.length).toBeGreaterThan(0);
  }
  expect(flagOf('loraEpochs')).toBe('--lora-epochs');
});

test('when settings are recorded then run.json has the names that it has always had, and they read back', () => {
  const labels = ['bad', 'good'];
  const lists = { files: ['*.txt'], valid: ['b.csv', 'd.csv'] };
  const files = { data: undefined, train: 'a.csv', test: 'c.csv', labels, ...lists };
  const all = notebookSettings({ ...files, textColumn: 'text', labelColumn: 'label', groupColumn: 'by', rank: 3 });
  const recorded = recordSettings(all, { location: 'a.csv', validationSize: 12 });
  expect(Object.keys(recorded).sort()).toEqual([...recordedNames].sort());
  expect(Object.keys(recorded.features as object)).toEqual(recordedFeatures);
  expect(recorded).toMatchObject({ validationSize: 12, validFile: ['b.csv', 'd.csv'], data: undefined });
  const { values, unknown } = byKeys(JSON.parse(JSON.stringify(recorded)) as object);
  expect(values).toEqual(JSON.parse(JSON.stringify(all)));
  expect(unknown).toEqual([]);
  const number = recordSettings(notebookSettings({ valid: 7 }), { location: '/x', validationSize: 7 });
  expect(number).toMatchObject({ data: '/x', validationSize: 7, validFile: undefined });
});

test('when every option of a command is in a file, by its key or its recorded name, then it is read as it is', async () => {
  await withTemporaryFolder(async (folder) => {
    const path = join(folder, 'config.json');
    const lists = { train: [resolve('a.csv'), resolve('b*.csv')], files: ['*.txt'] };
    const others = {
      ...lists,
      valid: resolve('b.csv'),
      test: resolve('c.csv'),
      textColumn: 'x',
      labelColumn: 'y',
      groupColumn: 'z',
    };
    for (const command of ['train', 'lora'] as const) {
      const config = await printed(command, '--seed', '7', '--vocab', 'all');
      const whole = { ...config, ...others, labels: ['a', 'b'], split: 'movie', threads: 3 };
      const { data, ...keys } = settingsOf(command);
      expect(data).toBeDefined();
      expect(Object.keys(whole).sort()).toEqual(Object.keys(keys).sort());
      const recorded = recordSettings({ ...notebookSettings(), ...whole } as ExperimentSettings, {
        location: '',
        validationSize: 5,
      });
      const known = Object.entries(recorded).filter(
        ([name]) => name === 'features' || Object.keys(byKeys({ [name]: 1 }).values).every((key) => key in keys),
      );
      for (const document of [whole, Object.fromEntries(known)]) {
        await writeFile(path, JSON.stringify(document));
        expect(await printed(command, '--config', path)).toEqual(whole);
      }
    }
  });
});

test('when a base is fine-tuned then it is known of every option whether it is taken over', () => {
  const keysOf = (how: string): string[] =>
    entries.filter(([, { inherited }]) => inherited === how).map(([key]) => key);
  expect(keysOf('always')).toEqual(['split', 'vocab', 'seed']);
  expect(keysOf('training')).toEqual(['batch', 'loss', 'classWeight', 'lr', 'schedule', 'warmup', 'clip']);
  expect(keysOf('optimizer')).toEqual(['optimizer', 'momentum', 'weightDecay', 'betas', 'eps']);
  expect(keysOf('data')).toEqual([
    'data',
    'train',
    'valid',
    'test',
    'files',
    'textColumn',
    'labelColumn',
    'groupColumn',
    'header',
    'labels',
    'encoding',
  ]);
  const features = [
    'tokenizer',
    'ngrams',
    'characters',
    'characterWeight',
    'minCount',
    'counts',
    'weighting',
    'normalize',
    'gain',
  ];
  expect(keysOf('model')).toEqual([...features, 'hidden', 'dtype']);
});

test('when betas or eps are given to sgd then each is refused with the reason', () => {
  const sgd = notebookSettings({ betas: [0.5, 0.6], eps: 0.25 });
  expect(findConflicts(sgd, {})).toEqual([
    'Expected --optimizer adam, adamw or sparse-adam with --betas: sgd keeps no means of gradients.',
    'Expected --optimizer adam, adamw or sparse-adam with --eps: sgd keeps no means of gradients.',
  ]);
  expect(findConflicts(notebookSettings(), {})).toEqual([]);
  expect(findConflicts({ ...sgd, optimizer: 'adam' }, {})).toEqual([]);
});

test('when a rank is larger than a layer then only what takes a rank refuses it', () => {
  const large = notebookSettings({ rank: 300 });
  expect(findConflicts(large, {}, 'train')).toEqual([]);
  const sentence = expect.stringMatching(/^Expected --rank to be at most 200, /);
  expect([findConflicts(large, {}, 'lora'), findConflicts(large, {}, 'experiment')]).toEqual([[sentence], [sentence]]);
});

test('when the library names options by their keys then the command line names them by their flags', () => {
  expect(withFlags('name them with the options textColumn and labelColumn.')).toBe(
    'name them with --text-column and --label-column.',
  );
  expect(withFlags('as the option strict asks, but')).toBe('as --strict asks, but');
  expect(withFlags('give the option header false and 1 as the option textColumn.')).toBe(
    'give --no-header and 1 as --text-column.',
  );
  const plain = 'Expected the options that a run was made with, the option strictness and the options of text.';
  expect(withFlags(plain)).toBe(plain);
});
