import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { withTemporaryFolder } from '../helpers.js';
import { runCli } from './helpers.js';

test.each([
  ['an unknown command', ['trian'], 2, /unknown command 'trian'\n\(Did you mean train\?\)/],
  ['an unknown option', ['train', '--epoch', '3'], 2, /unknown option '--epoch'\n\(Did you mean --epochs\?\)/],
  ['an argument too many', ['train', 'extra'], 2, /too many arguments/],
  ['an option without its value', ['train', '--seed'], 2, /option '--seed <number>' argument missing/],
  ['no number', ['train', '--seed', 'abc'], 2, /Expected a whole number .* for --seed but received "abc"/],
  ['a fraction', ['train', '--epochs', '1.5'], 2, /Expected a whole number .* for --epochs but received "1.5"/],
  ['a number below its range', ['train', '--valid', '0'], 2, /from 1 to .* for --valid but received "0"/],
  ['a number above its range', ['train', '--threads', '5000'], 2, /to 1024 for --threads/],
  ['a learning rate of 0', ['train', '--lr', '0'], 2, /a number above 0 for --lr but received "0"/],
  ['an infinite number', ['train', '--lr', '1e999'], 2, /for --lr but received "1e999"/],
  ['an unknown word', ['train', '--loss', 'hinge'], 2, /Expected one of softmax, logits for --loss/],
  ['an unknown device', ['train', '--device', 'gpu'], 2, /Expected one of auto, cpu, cuda, cuda:N for --device/],
  ['a rank larger than the layer', ['lora', '--rank', '300'], 2, /--rank to be at most 200/],
  ['fused kernels on CUDA', ['train', '--engine', 'fused', '--device', 'cuda'], 2, /--engine torch or auto/],
  ['n-grams of no word', ['train', '--ngrams', '0'], 2, /from 1 to 16 for --ngrams but received "0"/],
  ['no minimum count', ['train', '--min-count', '0'], 2, /for --min-count but received "0"/],
  [
    'an unknown tokenizer',
    ['train', '--tokenizer', 'bpe'],
    2,
    /notebook, words-and-punctuation, unicode for --tokenizer/,
  ],
  ['an unknown split', ['data', '--split', 'year'], 2, /random, movie, auto for --split but received "year"/],
  ['a split by unknown movies', ['data', '--data', 'sample', '--split', 'movie'], 2, /the movies of the reviews/],
  ['an unknown preset', ['train', '--preset', 'great'], 2, /notebook, fixed, fast, best, auto for --preset/],
  ['momentum for Adam', ['train', '--optimizer', 'adam', '--momentum', '0.9'], 2, /--optimizer sgd with --momentum/],
  [
    'a beta of 1',
    ['lora', '--optimizer', 'adam', '--betas', '0.9,1'],
    2,
    /two numbers from 0 to below 1 .* for --betas but received "0\.9,1"/,
  ],
  ['an eps of 0', ['train', '--optimizer', 'adam', '--eps', '0'], 2, /a number above 0 for --eps but received "0"/],
  ['one beta', ['train', '--optimizer', 'adam', '--betas', '0.9'], 2, /for --betas but received "0\.9"/],
  ['betas for SGD', ['train', '--betas', '0.9,0.99'], 2, /sparse-adam with --betas/],
  ['Nesterov without momentum', ['train', '--nesterov'], 2, /--momentum above 0 with --nesterov/],
  ['folds without a refit', ['train', '--folds', '3'], 2, /--refit with --folds/],
  ['folds and held-out reviews', ['train', '--folds', '3', '--refit', '--valid', '9'], 2, /no --valid with --folds/],
  ['a dropout of 1', ['train', '--dropout', '1'], 2, /from 0 to below 1 for --dropout but received "1"/],
  ['LoRA on a linear model', ['lora', '--hidden', '0'], 2, /a model with a hidden layer/],
  ['a configuration that is no file', ['train', '--config', '/no/such'], 2, /JSON file of options for --config/],
  [
    'an empty path',
    ['train', '--data', ''],
    2,
    /Expected one path, or a pattern for several files, for --data but received ""/,
  ],
  ['data that do not exist', ['train', '--data', '/no/such'], 4, /"?\/no\/such"? does not exist/],
  ['a base that is no run', ['lora', '--base', '/no/such'], 4, /\/no\/such is no complete run directory/],
  ['more validation than there is', ['data', '--data', 'sample', '--valid', '999999'], 2, /valid/],
])('when it is given %s then it exits with the code and one sentence', async (_what, args, code, sentence) => {
  const result = await runCli(args);
  expect(result).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(sentence) });
  expect(result.stderr.match(/error: /g)).toHaveLength(1);
});

test('when several options are wrong then all of them are named at once', async () => {
  const { code, stderr } = await runCli(['train', '--seed', 'x', '--epochs', '0', '--dtype', 'int8', '--json']);
  expect(code).toBe(2);
  expect(stderr.split('\n').map((line) => /--\w+/.exec(line)?.[0])).toEqual([
    '--seed',
    '--epochs',
    '--dtype',
    undefined,
  ]);
});

test('when there is no such device then it exits with 3 and leaves no run', async () => {
  await withTemporaryFolder(async (folder) => {
    const out = join(folder, 'run');
    const result = await runCli(['train', '--data', 'sample', '--device', 'cuda:99', '--out', out]);
    expect(result.code).toBe(3);
    expect(result.stderr).toMatch(/^error: Expected one of the devices cpu.* but received cuda:99/m);
  });
});

test('when the rank exceeds the words that there are then it exits with 2', async () => {
  const { code, stderr } = await runCli(['lora', '--data', 'sample', '--hidden', '900', '--rank', '800']);
  expect(code).toBe(2);
  expect(stderr).toMatch(/--rank to be at most \d+, the number of words/);
});

test('when the loss becomes NaN then it names epoch and batch, exits with 1 and leaves no run', async () => {
  await withTemporaryFolder(async (folder) => {
    const args = ['train', '--data', 'sample', '--lr', '1e30', '--epochs', '1', '--quiet'];
    const result = await runCli(args, { cwd: folder });
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/the loss of batch \d+ in epoch 1 of the full training is NaN/);
    const { code } = await runCli([...args.slice(0, 3), '--quiet', '--epochs', '1', '--out', 'runs'], {
      cwd: folder,
    });
    expect(code).toBe(0);
  });
});

test('when the output folder has files then it exits with 1 and leaves them alone', async () => {
  await withTemporaryFolder(async (folder) => {
    const out = join(folder, 'run');
    await mkdir(out);
    await writeFile(join(out, 'mine.txt'), 'mine');
    const result = await runCli(['train', '--data', 'sample', '--out', out, '--quiet']);
    expect(result).toMatchObject({ code: 1, stdout: '' });
    expect(result.stderr).toMatch(/^error: Expected a new or empty folder but .* has files in it/);
  });
});

test('when the output folder lies below a file then it exits with 1', async () => {
  await withTemporaryFolder(async (folder) => {
    await writeFile(join(folder, 'file'), '');
    const out = join(folder, 'file', 'run');
    const result = await runCli(['train', '--data', 'sample', '--out', out, '--quiet']);
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/^error: Could not write .*\n$/);
  });
});
