import { spawnSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { commandLineOf } from '../../../src/cli/options/command_line.js';

const options = { data: 'my reviews.csv', seed: 7 };

test('when a run is repeated then data and seed are written out, and where the output goes is left out', () => {
  const argv = ['train', '--lr', '0.2', '--out', 'runs/a', '--json', '--quiet', '--no-report', '--out=b'];
  expect(commandLineOf({ argv, options })).toBe("npx imdb-torch train --lr 0.2 --data 'my reviews.csv' --seed 7");
});

test('when a run says its data and seed, or has them from a base, then they stay as they are', () => {
  expect(commandLineOf({ argv: ['train', '--data=x', '--seed', '8'], options })).toBe(
    'npx imdb-torch train --data=x --seed 8',
  );
  expect(commandLineOf({ argv: ['train', '--train', 'a.csv'], options: { seed: 1 } })).toBe(
    'npx imdb-torch train --train a.csv --seed 1',
  );
  expect(commandLineOf({ argv: ['lora', '--base', 'a'], options })).toBe('npx imdb-torch lora --base a');
});

test('when a word is odd then a shell reads it back as it was', () => {
  const words = ["it's", 'a b', '$HOME', '*', 'ä', '"x"', '', 'a\nb', '`id`', '\\'];
  const line = commandLineOf({ argv: ['train', '--labels', ...words, '--base', 'b'], options });
  const command = (line ?? '').replace('npx imdb-torch', "printf '%s\\0'");
  const { stdout } = spawnSync('sh', ['-c', command], { encoding: 'utf8' });
  expect(stdout.split('\0').slice(0, -1)).toEqual(['train', '--labels', ...words, '--base', 'b']);
});

test('when a run does not say how it was made then there is no command line', () => {
  expect(commandLineOf({})).toBeNull();
});
