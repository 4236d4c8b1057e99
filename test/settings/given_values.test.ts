import { expect, test } from '@jest/globals';
import { readGiven } from '../../src/cli/options/option.js';
import { checkValues } from '../../src/settings/option.js';
import { checkDocument, settings } from '../../src/settings/settings.js';

const cyclic: Record<string, unknown> = {};
cyclic.self = cyclic;
const list: unknown[] = [];
list.push(list, 1n);

/** What is said of a value for an option, such as a program may give. */
function problemOf(key: keyof typeof settings, value: unknown): readonly string[] {
  return checkValues({ [key]: settings[key] }, { [key]: value }, (name) => `the option ${name}`).problems;
}

test.each<[string, unknown, string]>([
  ['a BigInt', 1n, 'a bigint'],
  ['a cyclic object', cyclic, 'an object'],
  ['NaN', NaN, 'NaN'],
  ['a function', () => 1, 'a function'],
  ['a symbol', Symbol('seed'), 'a symbol'],
  ['null', null, 'null'],
  ['a text', '5', '"5"'],
])('when a setting is %s then one sentence says so', (_, value, shown) => {
  expect(problemOf('seed', value)).toEqual([
    `Expected ${settings.seed.kind.expected} for the option seed but received ${shown}.`,
  ]);
});

test('when a setting is a list then its first elements are shown', () => {
  const numbers = Array.from({ length: 1000 }, (_, k) => k);
  expect(problemOf('seed', [1, 'a', 2n])[0]).toContain('received [1,"a",a bigint].');
  expect(problemOf('seed', list)[0]).toContain('received [an array,a bigint].');
  expect(problemOf('seed', numbers)[0]).toContain('received [0,1,2,3,4,5,6,7,8,9,...].');
});

test('when a list stands for a name then it is refused, though its text is one', () => {
  expect(problemOf('tokenizer', ['unicode'])).toHaveLength(1);
  expect(problemOf('device', [['cuda:1']])).toHaveLength(1);
  expect(problemOf('split', ['movie'])).toHaveLength(1);
  expect(problemOf('tokenizer', 'unicode')).toEqual([]);
  expect(problemOf('device', 'cuda:1')).toEqual([]);
});

test('when a tokenizer of one’s own is named then the command line refuses it, and a file of a run may have it', () => {
  const { tokenizer } = settings;
  expect(readGiven({ tokenizer }, { tokenizer: 'own:segments' }).problems).toEqual([
    'Expected one of notebook, words-and-punctuation, unicode for --tokenizer but received "own:segments"; ' +
      'a tokenizer of your own is a function, which only a program can give.',
  ]);
  expect(readGiven({ tokenizer }, { tokenizer: 'unicod' }).problems).toEqual([
    'Expected one of notebook, words-and-punctuation, unicode for --tokenizer but received "unicod".',
  ]);
  const document = { features: { tokenizer: 'own:segments' } };
  expect(checkDocument({ tokenizer }, document, 'run.json')).toEqual({
    values: { tokenizer: 'own:segments' },
    problems: [],
  });
});
