import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readModelFile } from '../../../src/portable/model_file.js';
import { PortableClassifier } from '../../../src/portable/portable_classifier.js';
import type { NamedParts } from '../../../src/export/model_file/write_model_file.js';
import { fileOf, modelOf } from './helpers.js';

const texts = [
  'a good film',
  'not bad at all, not at all bad',
  'not bad at all',
  '',
  'An unknown FILM',
  'Größe zählt nicht',
  'bad bad good good good',
];
const words = [
  ...['<UNK>', 'good', 'bad', 'not', 'film', 'a', 'at', 'all', ',', 'größe'],
  ...['not bad', 'bad at', 'at all', 'a good', 'good film', 'not at', 'bad bad'],
  ...['not bad at', 'bad at all', 'a good film', 'not bad at all', 'good good good'],
];
/** Logits of float32 numbers of the size of 1, each of which is rounded once more than in the model. */
const roundingOfFloat32 = 1e-6;

/** The probabilities of the texts, row by row. */
function probabilitiesOf(parts: ReturnType<typeof readModelFile>): number[] {
  return new PortableClassifier(parts).predict(texts).flatMap(({ probabilities }) => Object.values(probabilities));
}

function expectClose(parts: NamedParts, file: Uint8Array, tolerance: number): void {
  const expected = probabilitiesOf(parts);
  const found = probabilitiesOf(readModelFile(file));
  found.forEach((value, index) => {
    expect(Math.abs(value - (expected[index] ?? NaN))).toBeLessThan(tolerance);
  });
}

/** The names of the features of each text. */
function foundIn({ names, ...parts }: ReturnType<typeof readModelFile>): (string | undefined)[][] {
  const { featurizer } = new PortableClassifier(parts);
  return texts.map((text) => Array.from(featurizer.encode(text).ids, (id) => names?.word(id)).sort());
}

describe.each([0, 3])('with a hidden layer of %d', (hidden) => {
  test.each<[string, NonNullable<Parameters<typeof modelOf>[0]['features']>]>([
    ['words alone', { ngrams: 1 }],
    ['weighted and of length 1', { weighting: 'naive-bayes', normalize: true, gain: 10 }],
    ['weighted, counted and divided by their number', { weighting: 'idf', counts: 'counts', normalize: 'length' }],
    ['weighted without a norm', { weighting: 'idf', gain: 2 }],
    ['of length 1 without weights', { normalize: true }],
    ['the notebook’s', { tokenizer: 'notebook' }],
  ])('when features are %s then a float32 file gives the same probabilities', (_, features) => {
    for (const classes of [
      ['neg', 'pos'],
      ['red', 'green', 'blue'],
    ]) {
      const own = features.ngrams === 1 ? words.filter((word) => !word.includes(' ')) : words;
      const parts = modelOf({ words: own, features, hidden, classes });
      expectClose(parts, fileOf(parts).bytes, roundingOfFloat32);
      expect(foundIn(readModelFile(fileOf(parts).bytes))).toEqual(foundIn(parts));
    }
  });
});

test('when a model has n-grams of characters then they are found and named as in the model', () => {
  const named = [...words, '~^go', '~oo', '~~', '~größ', '~ße$', '~film'];
  const parts = modelOf({ words: named, features: { characters: [2, 5], weighting: 'idf', normalize: true } });
  const read = readModelFile(fileOf(parts).bytes);

  expect(foundIn(read)).toEqual(foundIn(parts));
  expect(foundIn(read)[0]).toContain('~^go');
  expectClose(parts, fileOf(parts).bytes, roundingOfFloat32);
  expect(readModelFile(fileOf(parts, 'int8', (word) => !word.startsWith('~')).bytes).names?.size).toBe(words.length);
});

test('when a model is calibrated and decides by offsets then the file says so, and the form of its loss', () => {
  const calibration = { kind: 'sigmoid', scale: 1.25, bias: -0.5 } as const;
  const parts = { ...modelOf({ words, calibration, decision: { offsets: [0.25, 0] } }), loss: 'softmax' as const };
  const read = readModelFile(fileOf(parts).bytes);

  expect(read.description).toEqual(parts.description);
  expect(read.loss).toBe('softmax');
});

/** A float16 has 11 binary digits, and a logit here is a sum of some ten weights of the size of 1. */
const roundingOfFloat16 = 0.005;
/** An int8 is off by 1/254 of the largest weight. */
const roundingOfInt8 = 0.02;

test.each([
  ['float16', roundingOfFloat16],
  ['int8', roundingOfInt8],
] as const)('when weights are %s then probabilities are close', (precision, tolerance) => {
  for (const hidden of [0, 3]) {
    const parts = modelOf({ words, hidden, features: { weighting: 'idf', normalize: true } });
    expectClose(parts, fileOf(parts, precision).bytes, tolerance);
  }
});

test.each([0, 3])(
  'when the bytes of a file are overwritten then a model read from it (hidden %d) stays as it is',
  (hidden) => {
    const { bytes } = fileOf(modelOf({ words, hidden, classes: ['red', 'green', 'blue'] }));
    const read = readModelFile(bytes);
    const before = probabilitiesOf(read);
    bytes.fill(1);

    expect(probabilitiesOf(read)).toEqual(before);
  },
);

test('when features are left out then those that are kept are found, and no others', () => {
  const parts = modelOf({ words: words.slice(1), features: { weighting: 'idf', normalize: true } });
  const kept = new Set(['good', 'bad at all', 'not bad at all', 'größe']);
  const { bytes, ids } = fileOf(parts, 'float32', (word) => kept.has(word));
  const read = readModelFile(bytes);

  expect(new Set(Array.from(ids, (id) => parts.names.word(id)))).toEqual(kept);
  expect(Array.from(ids.keys(), (id) => read.names?.word(id))).toEqual(Array.from(ids, (id) => parts.names.word(id)));
  expect(foundIn(read)).toEqual(foundIn(parts).map((names) => names.filter((name) => kept.has(name ?? ''))));
});

test('when a word of the notebook’s model is left out then it counts as unknown', () => {
  const single = words.filter((word) => !word.includes(' '));
  const parts = modelOf({ words: single, features: { tokenizer: 'notebook' } });
  const read = readModelFile(fileOf(parts, 'float32', (word) => word === 'good').bytes);

  expect(read.names?.size).toBe(2);
  expect(foundIn(read).slice(0, 4)).toEqual([['<UNK>', 'good'], ['<UNK>'], ['<UNK>'], []]);
});

const token = fc.constantFrom('a', 'b', 'ab', 'é', '漢', '!', 'x'.repeat(300), 'x'.repeat(299) + 'y');
const ngram = fc.array(token, { minLength: 1, maxLength: 4 }).map((tokens) => tokens.join(' '));

test('when any features are kept then the file has exactly these, and finds them', () => {
  const vocabulary = fc.uniqueArray(fc.tuple(ngram, fc.boolean()), {
    minLength: 1,
    maxLength: 40,
    selector: ([name]) => name,
  });
  fc.assert(
    fc.property(vocabulary, fc.array(token, { maxLength: 20 }), (drawn, tokens) => {
      // At least one is kept.
      const features = new Map(drawn.map(([name, isKept], index) => [name, isKept || index === 0]));
      const parts = modelOf({ words: [...features.keys()], features: { weighting: 'idf', normalize: true } });
      const { bytes } = fileOf(parts, 'int8', (word) => features.get(word) === true);
      const { names, ...read } = readModelFile(bytes);
      const kept = [...features.keys()].filter((name) => features.get(name));
      expect(Array.from({ length: names?.size ?? 0 }, (_, id) => names?.word(id)).sort()).toEqual(kept.sort());
      const text = ` ${tokens.join(' ')} `;
      const { ids } = new PortableClassifier(read).featurizer.encode(text);
      expect(Array.from(ids, (id) => names?.word(id)).sort()).toEqual(
        kept.filter((name) => text.includes(` ${name} `)),
      );
    }),
    { numRuns: 60 },
  );
});
