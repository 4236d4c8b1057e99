import { execFileSync } from 'node:child_process';
import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { readSafetensors } from '../src/storage/safetensors.js';
import { withTemporaryFolder } from './helpers.js';
import { writeSmallRun } from './model/helpers.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const compiled = join(root, 'build', 'examples');

/** The examples import the package by its name, so they run with what `npm run build` made. */
function runExample(name: string, folder: string): string {
  return execFileSync(process.execPath, [join(compiled, `${name}.js`)], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

/** The numbers that follow a word in what an example printed. */
function numbersAfter(word: string, output: string): number[] {
  return [...output.matchAll(new RegExp(`${word} ([\\d.]+)`, 'g'))].map(([, number]) => Number(number));
}

describe('examples', () => {
  beforeAll(() => {
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    execFileSync(process.execPath, [tsc, '-p', join(root, 'examples'), '--noEmit', 'false']);
  });

  test('when the training loop runs then its loss falls', () =>
    withTemporaryFolder((folder) => {
      const losses = numbersAfter('loss', runExample('training_loop', folder));
      expect(losses).toHaveLength(4);
      expect(losses).toEqual(losses.toSorted((one, other) => other - one));
      expect(losses.at(-1)).toBeLessThan(0.2);
      return Promise.resolve();
    }));

  test('when a layer is fine-tuned then its loss falls and its weight stays', () =>
    withTemporaryFolder((folder) => {
      const output = runExample('lora_fine_tuning', folder);
      const losses = numbersAfter('loss', output);
      expect(losses).toHaveLength(3);
      expect(losses).toEqual(losses.toSorted((one, other) => other - one));
      expect(output).toContain('The weight is what it was: true');
      return Promise.resolve();
    }));

  test('when a branch is merged then the outputs stay and the layer is written', () =>
    withTemporaryFolder(async (folder) => {
      expect(runExample('merge', folder)).toBe('The outputs moved by no more than rounding: true\n');
      const { tensors } = await readSafetensors(join(folder, 'merged.safetensors'));
      expect([...tensors].map(([name, { shape }]) => [name, shape])).toEqual([
        ['bias', [4]],
        ['weight', [4, 16]],
      ]);
    }));

  test('when it trains on reviews then every epoch is told and the model predicts', () =>
    withTemporaryFolder((folder) => {
      const accuracies = numbersAfter('accuracy', runExample('reviews', folder));
      expect(accuracies).toHaveLength(3);
      expect(accuracies.at(-1)).toBeGreaterThan(0.85);
      return Promise.resolve();
    }));

  test('when texts are classified then each has a class and a probability', () =>
    withTemporaryFolder(async (folder) => {
      await makeRuns(folder, ['demo']);
      expect(runExample('predict', folder)).toMatch(/^(neg|pos) [\d.]+ %\n(neg|pos) [\d.]+ %\n$/);
    }));

  test('when several adapters share a model then they come and go without a trace', () =>
    withTemporaryFolder(async (folder) => {
      await makeRuns(folder, ['base', 'films', 'books']);
      expect(runExample('adapters', folder)).toBe('The logits are the same, bit for bit: true\n');
      expect(existsSync(join(folder, 'adapters', 'both', 'adapter_model.safetensors'))).toBe(true);
    }));
});

/** Writes run directories of one small model with an adapter, `runs/NAME` for each name. */
async function makeRuns(folder: string, names: readonly string[]): Promise<void> {
  const { path } = await writeSmallRun(folder, { adapter: true });
  for (const name of names) cpSync(path, join(folder, 'runs', name), { recursive: true });
}
