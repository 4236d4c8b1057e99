import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readRunDocument } from '../../src/storage/read_run.js';
import { writeStarredArchive } from '../data/starred_reviews.js';
import { withTemporaryFolder } from '../helpers.js';
import { runCli } from './helpers.js';

const isEventFile = (name: string): boolean => name.startsWith('events.out.tfevents.');

/** The tags in an event file; their names are texts among its bytes. */
async function tagsIn(run: string): Promise<Set<string>> {
  const [file = '', ...others] = (await readdir(run)).filter(isEventFile);
  expect(others).toEqual([]);
  const text = await readFile(join(run, file), 'latin1');
  return new Set([...text.matchAll(/(?:[a-z0-9-]+\/)?(?:loss|accuracy|macro-f1)\/[a-z]+/g)].map(([tag]) => tag));
}

test('when train is to write for TensorBoard then the run has an event file that run.json lists', () =>
  withTemporaryFolder(async (cwd) => {
    const args = ['train', '--data', 'sample', '--epochs', '1', '--metric', 'macro-f1', '--no-report', '--out', 'run'];
    expect((await runCli([...args, '--tensorboard'], { cwd })).code).toBe(0);
    const run = join(cwd, 'run');
    const tags = ['accuracy/test', 'accuracy/train', 'accuracy/valid', 'loss/test', 'loss/train', 'loss/valid'];
    expect([...(await tagsIn(run))].sort()).toEqual([...tags, 'macro-f1/valid']);
    const { files } = await readRunDocument(run);
    expect(files?.map(({ name }) => name).filter(isEventFile)).toHaveLength(1);
  }));

test('when lora pretrains or a linear model is fitted then TensorBoard gets that too', () =>
  withTemporaryFolder(async (cwd) => {
    const lora = ['lora', '--data', 'sample', '--lora-epochs', '1', '--merge', '--no-report', '--out', 'lora'];
    expect((await runCli([...lora, '--tensorboard'], { cwd })).code).toBe(0);
    expect([...(await tagsIn(join(cwd, 'lora')))]).toEqual(
      expect.arrayContaining(['pretrain/loss/train', 'loss/valid', 'loss/test', 'merged/loss/test']),
    );
    const rows = Array.from({ length: 80 }, (_, row) =>
      row % 2 === 0 ? `a fine film ${row},pos` : `a dull book ${row},neg`,
    );
    await writeFile(join(cwd, 'own.csv'), `text,label\n${rows.join('\n')}\n`);
    const linear = ['train', '--data', 'own.csv', '--search', 'none', '--no-report', '--out', 'linear'];
    const { code, stderr } = await runCli([...linear, '--tensorboard'], { cwd });
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect([...(await tagsIn(join(cwd, 'linear')))]).toEqual(
      expect.arrayContaining(['accuracy/valid', 'accuracy/test']),
    );
  }));

test('when IMDb is trained on without a preset then the last line offers the fast one, else nothing does', () =>
  withTemporaryFolder(async (cwd) => {
    const data = writeStarredArchive(cwd);
    const quick = ['--epochs', '1', '--vocab', '500', '--hidden', '4', '--valid', '100', '--no-report'];
    const train = async (...args: readonly string[]): Promise<string> => {
      const { code, stdout, stderr } = await runCli(['train', ...args, ...quick], { cwd });
      expect(code).toBe(0);
      return stdout + stderr;
    };
    expect(await train('--data', data)).toMatch(/`--preset fast` reaches 92\.5 % .*\n$/);
    for (const args of [['--preset', 'notebook'], ['--quiet'], ['--json']]) {
      expect(await train('--data', data, ...args)).not.toContain('--preset fast');
    }
    expect(await train('--data', 'sample')).not.toContain('--preset fast');
  }));
