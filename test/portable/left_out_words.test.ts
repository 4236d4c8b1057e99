import { expect, jest, test } from '@jest/globals';
import { explainText } from '../../src/portable/explanation.js';
import { TextClassifier } from '../../src/model/text_classifier.js';
import { notebookDescription } from '../../src/storage/model_description.js';
import type { StoredTensor } from '../../src/storage/stored_tensor.js';
import { notebookFeatures, type FeatureOptions } from '../../src/text/features.js';
import { Vocabulary } from '../../src/text/vocabulary.js';
import { withTemporaryFolder } from '../helpers.js';
import { writeSmallRun } from '../model/helpers.js';

/** The values of features are rounded to float32 where they are weighted, here up to 30. */
const digits = 4;

const ofTokens = ['a', 'b', 'c', 'd', 'e', 'a b', 'b c', 'a c', 'c a', 'd e', 'a a', 'a b c', 'b a a', 'c d e'];
const ofCharacters = ['~^a$', '~^x', '~xa', '~xax', '~x$', '~^xax', '~ax$', '~!'];

function classifierWith(
  options: Partial<FeatureOptions>,
  hidden: number,
  weights: Float32Array | null,
): TextClassifier {
  const { characters } = options;
  const features = characters === undefined ? ofTokens : [...ofTokens, ...ofCharacters];
  const words = options.tokenizer === 'notebook' ? ['<UNK>', 'a', 'b', 'c'] : features;
  const classes = ['bad', 'fair', 'good'];
  const tensor = (seed: number, ...shape: number[]): StoredTensor => {
    const data = Float64Array.from({ length: shape.reduce((size, side) => size * side, 1) }, (_, k) =>
      Math.sin(seed * 100 + k * 1.7),
    );
    return { dtype: 'float64', shape, data };
  };
  const first = hidden === 0 ? classes.length : hidden;
  const tensors = new Map([
    ['fc1.weight', tensor(1, first, words.length)],
    ['fc1.bias', tensor(2, first)],
    ...(hidden === 0
      ? []
      : ([
          ['fc2.weight', tensor(3, 3, hidden)],
          ['fc2.bias', tensor(4, 3)],
        ] as const)),
    ...(weights ? ([['features.weight', { dtype: 'float32', shape: [words.length], data: weights }]] as const) : []),
  ]);
  const description = {
    ...notebookDescription(words.length, hidden),
    features: { ...notebookFeatures, ...options },
    classes,
    output: classes.length,
  };
  return TextClassifier.create({ description, vocabulary: Vocabulary.of(words), tensors }, null);
}

/** Expects that effects are what asking the model again for each word gives. */
function expectAsAskedAgain(classifier: TextClassifier, text: string): void {
  const logOdds = (one: string): Float64Array => classifier.logOdds(classifier.logits([one]));
  const whole = logOdds(text);
  for (const { word, spans, effects } of explainText(classifier, text).words) {
    let without = text;
    for (const { start, end } of spans.toReversed()) without = `${without.slice(0, start)} ${without.slice(end)}`;
    const left = logOdds(without);
    const expected = effects.map((_, k) => expect.closeTo((whole[k] ?? NaN) - (left[k] ?? NaN), digits) as unknown);
    expect({ text, word, effects }).toEqual({ text, word, effects: expected });
  }
}

const tokens = ['a', 'b', 'c', 'd', 'e', 'x', 'y', '!', 'xax', 'xa'];

function* someTexts(): Generator<string> {
  let state = 7;
  for (let length = 1; length < 60; length += 1) {
    yield Array.from({ length }, () => {
      state = (state * 48_271) % 2_147_483_647;
      return tokens[state % tokens.length] ?? '';
    }).join(' ');
  }
}

const ngrams = { tokenizer: 'words-and-punctuation', ngrams: 3 } as const;
const weights = Float32Array.from(ofTokens, (_, k) => Math.cos(k) * 3);
const withCharacters = { ...ngrams, characters: [2, 4] } as const;
const allWeights = Float32Array.from([...ofTokens, ...ofCharacters], (_, k) => Math.cos(k) * 3);
/** Beside the first of these nothing is left of the others, or as good as nothing. */
const uneven = Float32Array.from(ofTokens, (_, k) => (k === 0 ? 5 : k % 3 === 0 ? 0 : 1e-9 * k));

test.each<[what: string, options: Partial<FeatureOptions>, hidden: number, weights: Float32Array | null]>([
  ['words, unknown ones as one', { tokenizer: 'notebook' }, 3, null],
  ['n-grams', ngrams, 3, null],
  ['n-grams of letters', { tokenizer: 'unicode', ngrams: 1 }, 3, null],
  ['n-grams as often as they occur', { ...ngrams, counts: 'counts' }, 0, null],
  ['weighted n-grams', { ...ngrams, gain: 10 }, 0, weights],
  ['normalised n-grams', { ...ngrams, normalize: true, gain: 10 }, 4, weights],
  ['normalised n-grams as often as they occur', { ...ngrams, normalize: true, counts: 'counts' }, 0, weights],
  ['n-grams divided by the length', { ...ngrams, normalize: 'length', gain: 2 }, 4, uneven],
  ['n-grams as often as they occur by the length', { ...ngrams, normalize: 'length', counts: 'counts' }, 0, weights],
  ['n-grams and characters', withCharacters, 3, null],
  ['characters as often as they occur', { ...withCharacters, counts: 'counts' }, 0, allWeights],
  ['normalised characters', { ...withCharacters, normalize: true, gain: 10 }, 4, allWeights],
  ['characters by the length', { ...withCharacters, normalize: 'length', gain: 2 }, 0, allWeights],
  ['n-grams one of which outweighs all others', { ...ngrams, normalize: true, gain: 10 }, 0, uneven],
])(
  'when features are %s then an effect is the difference to the text without the word',
  (_, options, hidden, given) => {
    using classifier = classifierWith(options, hidden, given);
    for (const text of someTexts()) expectAsAskedAgain(classifier, text);
  },
);

test('when a word changes no feature then it has no effect at all', () => {
  using classifier = classifierWith({ ...ngrams, normalize: true }, 4, weights);
  const { words } = explainText(classifier, 'a x b c');
  expect(words.map(({ word, effects }) => [word, effects.some((effect) => effect !== 0)])).toEqual([
    ['a', true],
    // Without it, a and b stand side by side.
    ['x', true],
    ['b', true],
    ['c', true],
  ]);
  expect(explainText(classifier, 'a x y b').words.find(({ word }) => word === 'x')?.effects).toEqual([0, 0, 0]);
});

test.each(['off', 'on', 'merged'])('when the adapter is %s then effects are those of that model', async (adapter) => {
  await withTemporaryFolder(async (folder) => {
    const run = await writeSmallRun(folder, { adapter: true });
    using classifier = await TextClassifier.open(run.path, { adapter });
    expectAsAskedAgain(classifier, 'Not good, not a bad film!');
  });
});

test('when a text is long then the model is not asked again for each of its words', () => {
  using classifier = classifierWith(ngrams, 3, null);
  const asked = jest.spyOn(classifier.model.hidden, 'forward');
  const long = Array.from({ length: 10_000 }, (_, k) => `w${k} a`).join(' ');
  expect(explainText(classifier, long).words).toHaveLength(10_001);
  expect(asked.mock.calls.length).toBeLessThan(20);
});

test('when a new word goes then only the n-grams of its characters go that no other word has', () => {
  using classifier = classifierWith(withCharacters, 0, null);
  const { words } = explainText(classifier, 'xax zxa x');
  const effectOf = (word: string): number[] => words.find((one) => one.word === word)?.effects ?? [];
  expect(effectOf('zxa')).toEqual([0, 0, 0]);
  expect(effectOf('xax').some((effect) => effect !== 0)).toBe(true);
});
