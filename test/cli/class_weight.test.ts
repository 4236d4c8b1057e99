import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { withTemporaryFolder } from '../helpers.js';
import { runCli } from './helpers.js';

interface Run {
  options: object;
  before: { train: object };
  firstSteps: number[];
}

/** Writes forty reviews of which eight are of the class rare. */
async function writeReviews(folder: string): Promise<void> {
  const rows = Array.from({ length: 40 }, (_, k) => `film w${k} w${k % 7},${k % 5 === 0 ? 'rare' : 'usual'}`);
  await writeFile(join(folder, 'reviews.csv'), ['text,label', ...rows, ''].join('\n'));
}

const data = [
  '--data',
  'reviews.csv',
  '--preset',
  'notebook',
  '--epochs',
  '2',
  '--hidden',
  '4',
  '--quiet',
  '--no-report',
];

test('when classes have weights then training counts them, metrics do not, and a configuration says the same', async () => {
  await withTemporaryFolder(async (cwd) => {
    await writeReviews(cwd);
    const train = async (out: string, ...args: string[]): Promise<Run> => {
      expect(await runCli(['train', ...args, '--out', out], { cwd })).toMatchObject({ code: 0 });
      return JSON.parse(await readFile(join(cwd, out, 'run.json'), 'utf8')) as Run;
    };
    const plain = await train('plain', ...data);
    const weighted = await train('weighted', ...data, '--class-weight', 'rare=4');
    expect(plain.options).toMatchObject({ classWeight: 'none' });
    expect(weighted.options).toMatchObject({ classWeight: { rare: 4 } });
    expect(weighted.before).toEqual(plain.before);
    expect(weighted.firstSteps[0]).not.toBe(plain.firstSteps[0]);
    const { stdout: config } = await runCli(['train', ...data, '--class-weight', 'rare=4', '--print-config'], { cwd });
    await writeFile(join(cwd, 'config.json'), config);
    await train('again', '--preset', 'notebook', '--config', 'config.json', '--quiet', '--no-report');
    const model = (run: string): Promise<Buffer> => readFile(join(cwd, run, 'model.safetensors'));
    expect(await model('again')).toEqual(await model('weighted'));
    expect(await model('again')).not.toEqual(await model('plain'));
    const balanced = ['--class-weight', 'balanced', '--rank', '1', '--lora-epochs', '2', '--batch', '8'];
    const lora = await runCli(['lora', ...data.filter((word) => !/epochs|^2$/.test(word)), ...balanced], { cwd });
    expect(lora).toMatchObject({ code: 0 });
  });
});

test.each([
  [
    'scarce=2',
    'error: Expected names of classes in --class-weight but received "scarce"; the classes are rare, usual.\n',
  ],
  [
    'rare=0',
    'error: Expected none, balanced, or names of classes with numbers above 0 such as a=1,b=5 for --class-weight but received "rare=0".\n',
  ],
])('when --class-weight is %s then it stops before it trains, with one sentence', async (weights, stderr) => {
  await withTemporaryFolder(async (cwd) => {
    await writeReviews(cwd);
    expect(await runCli(['train', ...data, '--class-weight', weights], { cwd })).toEqual({
      code: 2,
      stdout: '',
      stderr,
    });
  });
});
