import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readConfigToSearch } from '../../../src/settings/config_file.js';
import { withTemporaryFolder } from '../../helpers.js';
import { writeSmallRun } from '../../model/helpers.js';
import { runCli } from '../helpers.js';

async function printed(args: readonly string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await runCli([...args, '--print-config']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Record<string, unknown>;
}

test('when a preset is named then its options hold, but for those that are given', async () => {
  const config = await printed(['train', '--preset', 'best', '--hidden', '8', '--ngrams', '2', '--no-refit']);
  expect(config).toMatchObject({
    hidden: 8,
    refit: false,
    optimizer: 'sparse-adam',
    dropout: 0.5,
    vocab: null,
    ...{ tokenizer: 'words-and-punctuation', ngrams: 2, minCount: 3, weighting: 'naive-bayes' },
  });
});

test('when a printed configuration is read then it says the same, and the command line goes before it', async () => {
  await withTemporaryFolder(async (folder) => {
    const path = join(folder, 'stable.json');
    const own = ['--rank', '4', '--betas', '0.8,0.95', '--eps', '1e-6'];
    const config = await printed(['lora', '--preset', 'stable', ...own]);
    expect(config).toMatchObject({ rank: 4, betas: [0.8, 0.95], eps: 1e-6 });
    const noHeader = { ...config, header: false };
    await writeFile(path, JSON.stringify(noHeader));
    expect(await printed(['lora', '--config', path])).toEqual(noHeader);
    await writeFile(path, JSON.stringify(config));
    expect(await printed(['lora', '--config', path])).toEqual(config);
    expect(await printed(['lora', '--config', path, '--no-header'])).toEqual(noHeader);
    expect(await printed(['lora', '--config', path, '--lr', '0.5'])).toEqual({
      ...config,
      lr: 0.5,
    });
  });
});

test('when a base is given then its optimizer is taken over whole, unless another one is given', async () => {
  await withTemporaryFolder(async (folder) => {
    const { path } = await writeSmallRun(folder);
    const optimizer = { optimizer: 'adam', betas: [0.8, 0.95], eps: 1e-6, weightDecay: 0.01 };
    const options = { data: 'sample', ...optimizer, lr: 0.02 };
    await writeFile(join(path, 'run.json'), JSON.stringify({ schema: 1, command: 'train', options }));
    const lora = ['lora', '--base', path, '--rank', '1'];
    expect(await printed(lora)).toMatchObject({ ...optimizer, lr: 0.02 });
    const another = { optimizer: 'sgd', betas: null, eps: null, weightDecay: 0, lr: 0.02 };
    expect(await printed([...lora, '--optimizer', 'sgd'])).toMatchObject(another);
  });
});

test('when a base is fine-tuned on data of one’s own then what preset auto says goes behind how the base was trained', async () => {
  await withTemporaryFolder(async (folder) => {
    const { path } = await writeSmallRun(folder);
    const data = join(folder, 'own.csv');
    await writeFile(data, 'text,label\nfine,good\ndull,bad\n');
    const trained = { optimizer: 'adamw', weightDecay: 0.01, batch: 16, classWeight: 'balanced', schedule: 'cosine' };
    const options = { data: 'sample', ...trained, lr: 0.02 };
    await writeFile(join(path, 'run.json'), JSON.stringify({ schema: 1, command: 'train', options }));
    const lora = ['lora', '--base', path, '--rank', '1', '--data', data];
    expect(await printed(lora)).toMatchObject({ ...trained, search: 'auto', calibration: 'temperature' });
    expect(await printed([...lora, '--preset', 'auto'])).toMatchObject({ optimizer: 'adam', batch: 128 });
  });
});

test('when a file tells what a search chose then a new search takes the rest of it', async () => {
  await withTemporaryFolder(async (folder) => {
    const path = join(folder, 'config.json');
    const kept = { classWeight: 'balanced', seed: 7 };
    const chosen = { cost: 3, ngrams: 2, characters: null, characterWeight: 1, folds: 5, budget: null };
    await writeFile(path, JSON.stringify({ ...kept, ...chosen, search: 'none' }));
    expect(readConfigToSearch(path, 'train')).toEqual({ values: kept, problems: [] });
    const asked = { ...kept, cost: 3, characterWeight: 1 };
    await writeFile(path, JSON.stringify(asked));
    expect(readConfigToSearch(path, 'train')).toEqual({ values: asked, problems: [] });
    const options = { ...kept, cost: 3, characters: [3, 5], characterWeight: 0.7, search: 'none', folds: 5, valid: 9 };
    await writeFile(path, JSON.stringify({ schema: 1, command: 'train', options }));
    expect(readConfigToSearch(path, 'train').values).toEqual({ ...kept, characterWeight: 0.7, valid: null });
  });
});

test('when a configuration is wrong then every problem is named at once', async () => {
  await withTemporaryFolder(async (folder) => {
    const path = join(folder, 'config.json');
    const config = {
      epochs: 0,
      features: { ngrams: 'two', colour: 1 },
      optimizer: 'sgdm',
      rank: 2,
      refit: 'yes',
      betas: [0.9, 1],
      eps: 0,
    };
    await writeFile(path, JSON.stringify(config));
    const { code, stderr } = await runCli(['train', '--config', path]);
    expect(code).toBe(2);
    for (const problem of [
      /config\.json: Expected a whole number from 1 to \d+ for epochs but received 0\./,
      /a whole number from 1 to 16 for ngrams but received "two"/,
      /no "features\.colour"/,
      /one of sgd, adam, adamw, sparse-adam, dual-coordinate-descent for optimizer but received "sgdm"/,
      /config\.json: .*no "rank"/,
      /true or false for refit but received "yes"/,
      /two numbers from 0 to below 1 .* for betas but received \[0\.9,1\]/,
      /a number above 0 for eps but received 0/,
    ]) {
      expect(stderr).toMatch(problem);
    }
  });
});

test('when values are to be divided by the length then both the command line and a file can say so', async () => {
  await withTemporaryFolder(async (folder) => {
    const path = join(folder, 'config.json');
    await writeFile(path, JSON.stringify({ features: { normalize: 'length' } }));
    for (const [args, normalize] of [
      [['--normalize'], true],
      [['--normalize', '--gain', '2'], true],
      [['--normalize', 'length'], 'length'],
      [['--normalize=length'], 'length'],
      [['--no-normalize'], false],
      [['--config', path], 'length'],
      [['--config', path, '--normalize'], true],
      [['--config', path, '--no-normalize'], false],
      [[], false],
    ] as const) {
      expect({ args, ...(await printed(['train', ...args])) }).toMatchObject({ args, normalize });
    }
    const { code, stderr } = await runCli(['train', '--normalize', 'norm']);
    expect(code).toBe(2);
    expect(stderr).toContain('Expected true, false or length for --normalize but received "norm".');
  });
});
