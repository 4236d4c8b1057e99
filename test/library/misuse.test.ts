/** Every function, constructor and method of the TypeScript side, called with values of other types. */
import { expect, test } from '@jest/globals';
import { native } from '../../src/binding.js';
import * as library from '../../src/index.js';
import { calls } from './calls.js';
import type { LibraryCall } from './command_calls.js';
import type { Sort, Taken } from './takes.js';

const values: Readonly<Record<Sort, unknown>> = {
  missing: undefined,
  null: null,
  number: 5,
  string: 'text',
  boolean: true,
  array: [],
  object: {},
  function: () => undefined,
  bytes: new Uint8Array(1),
};
const others = { symbol: Symbol('text'), bigint: 5n, 'list of it': [{}], Date: new Date(0) };

/** The values of other types than an argument takes, and the argument with each of its fields spoilt like that. */
function* wrongs({
  name,
  good,
  sorts,
  fields = [],
}: Taken): Generator<{ what: string; value: unknown; place: string }> {
  for (const [sort, value] of [...Object.entries(values), ...Object.entries(others)]) {
    const isObject = sorts.includes('object') && (sort === 'Date' || sort === 'bytes');
    const isList = sorts.includes('array') && sort === 'list of it';
    if (sorts.includes(sort as Sort) || isObject || isList) continue;
    // An object that lacks a field is told by the field.
    const lacks = fields.length > 0 && typeof value === 'object' && value !== null && !Array.isArray(value);
    yield { what: `${name}: ${sort}`, value, place: lacks ? '' : name };
  }
  for (const field of fields) {
    for (const { what, value, place } of wrongs(field)) {
      const inner = name === 'options' ? place : `${name}.${place}`;
      yield { what: `${name}.${what}`, value: { ...(good as object), [field.name]: value }, place: place && inner };
    }
  }
}

async function outcome({ call }: LibraryCall, given: readonly unknown[]): Promise<unknown> {
  try {
    await (call as (...all: readonly unknown[]) => unknown)(...given);
    return 'no error';
  } catch (error) {
    const { name, code, message } = error as Error & { code?: string };
    return { name, code, message };
  }
}

test.each(Object.entries(calls))(
  'when %s is given another type then a TypeError names the place',
  async (_name, entry) => {
    const goods = entry.takes.map(({ good }) => good);
    for (const [index, taken] of entry.takes.entries()) {
      for (const { what, value, place } of wrongs(taken)) {
        const pattern = new RegExp(`^Expected .* for ${place.replace(/[.[\]]/g, '\\$&')}.* but received `);
        const expected = { name: 'TypeError', code: 'ERR_ARG_TYPE', message: expect.stringMatching(pattern) };
        expect({ what, ...Object(await outcome(entry, goods.with(index, value))) }).toEqual({ what, ...expected });
      }
    }
  },
);

const elements: [string, unknown[], string][] = [
  [
    'TextClassifier.predict',
    [['good', 'bad', 'so', 5]],
    'Expected a string or a Uint8Array for texts[3] but received 5',
  ],
  ['TextClassifier.predict', [[['good']]], 'Expected a string or a Uint8Array for texts[0] but received an array'],
  [
    'TextClassifier.logits',
    [Object.assign(['good'], { 2: 'bad' })],
    'Expected a string or a Uint8Array for texts[1] but received nothing',
  ],
  ['Featurizer.encodeBatch', [[{}]], 'Expected a string or a Uint8Array for texts[0] but received an object'],
  ['Featurizer.encodeInSlices', [[null]], 'Expected a string or a Uint8Array for texts[0] but received null'],
  ['TextClassifier.predict', [5], 'Expected an array of texts for texts but received 5'],
  ['TextClassifier.predict', ['good film'], 'Expected an array of texts for texts but received "good film"'],
  ['loadDataset', ['sample'], 'Expected an object for options but received "sample"'],
  ['Vocabulary.of', [['a', 5]], 'Expected a string for words[1] but received 5'],
  ['writeReport', [[5]], 'Expected a string for runs[0] but received 5'],
  ['AdapterSet.combine', ['sum', { adapters: [5], weights: [1] }], 'Expected a string for adapters[0] but received 5'],
  [
    'loadDataset',
    [{ rows: { train: 5 } }],
    'Expected an array of rows, or another iterable of them for rows.train but received 5',
  ],
];

test('when an element of a list has another type then its place is named', async () => {
  for (const [name, given, message] of elements) {
    const { [name]: entry } = calls;
    expect(entry && (await outcome(entry, given))).toEqual({ name: 'TypeError', code: 'ERR_ARG_TYPE', message });
  }
});

test('when a string is none of the choices then a RangeError names them, as in the addon', async () => {
  const { lrFactor } = calls;
  expect(lrFactor && (await outcome(lrFactor, [{ schedule: 'steep', warmup: 0 }, 0, 1]))).toEqual({
    name: 'RangeError',
    code: 'ERR_ARG_RANGE',
    message: 'Expected "constant" or "linear" or "cosine" for schedule but received "steep"',
  });
});

/** Members that are for this package alone, or take nothing that could be of another type. */
const withoutEntry = [
  ...['Featurizer.encodeTokenLists', 'Featurizer.finder', 'Vocabulary.isOfCharacters', 'Vocabulary.assumeSize'],
  ...['evaluateEncoded', 'firstLayer', 'upperLayers'].map((name) => `TextClassifier.${name}`),
];

test('when the exports are walked then everything that takes an argument has an entry', () => {
  const found = Object.entries(library).flatMap(([name, value]) => {
    if (typeof value !== 'function' || name in native || name === 'ImdbTorchError') return [];
    const { prototype } = value as { prototype?: object };
    const isClass = Object.getOwnPropertyDescriptor(value, 'prototype')?.writable === false;
    if (!isClass || prototype === undefined) return [name];
    const methods = [value, prototype].flatMap((owner) => Object.entries(Object.getOwnPropertyDescriptors(owner)));
    return methods.flatMap(([key, { value: member }]: [string, PropertyDescriptor]) =>
      key !== 'constructor' && typeof member === 'function' && (member as () => void).length > 0
        ? [`${name}.${key}`]
        : [],
    );
  });
  expect(found.filter((name) => !(name in calls) && !withoutEntry.includes(name))).toEqual([]);
});
