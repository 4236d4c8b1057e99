import { expect, test } from '@jest/globals';
import { createClassifier } from '../../src/model/classifier_model.js';
import { topWords } from '../../src/portable/explanation.js';
import { Generator } from '../../src/model/native.js';
import { countParameters, loadModule, readModule, readOutput } from '../../src/model/parameters.js';
import { TextClassifier } from '../../src/model/text_classifier.js';
import type { StoredTensor } from '../../src/storage/stored_tensor.js';
import { notebookFeatures, type FeatureOptions } from '../../src/text/features.js';
import { Vocabulary } from '../../src/text/vocabulary.js';

/** Sums of a few float64 numbers of about 1. */
const digits = 12;

const words = ['good', 'bad', 'film'];
const weights = [0.5, -2, 0.25];
const [negative, positive] = [
  [1, -0.5, 0.125],
  [-1, 0.75, 2],
];
const bias = [0.1, 0.2];

function tensor(data: number[], ...shape: number[]): StoredTensor {
  return { dtype: 'float64', shape, data: Float64Array.from(data) };
}

function createWeighted(options: Partial<FeatureOptions> = {}): TextClassifier {
  const features = { ...notebookFeatures, vocabularySize: null, minimumCount: 1, ...options };
  const tensors = new Map([
    ['fc1.weight', tensor([...negative, ...positive], 2, 3)],
    ['fc1.bias', tensor(bias, 2)],
    ['features.weight', tensor(weights, 3)],
  ]);
  const description = {
    ...{ schema: 1 as const, classes: ['neg', 'pos'], hidden: 0, output: 2, calibration: null },
    features: { ...features, tokenizer: 'words-and-punctuation' as const, weighting: 'naive-bayes' as const },
  };
  return TextClassifier.create({ description, vocabulary: Vocabulary.of(words), tensors }, null);
}

/** Of the positive class, by hand. */
function logOddsOf(ids: readonly number[]): number {
  const terms = ids.map((id) => (weights[id] ?? NaN) * ((positive[id] ?? NaN) - (negative[id] ?? NaN)));
  return terms.reduce((sum, term) => sum + term, (bias[1] ?? NaN) - (bias[0] ?? NaN));
}

test('when a model is linear and its words weigh then log-odds are sums of weighted columns', () => {
  using classifier = createWeighted();
  const [, odds] = classifier.logOdds(classifier.logits(['A good, good film']));
  expect(odds).toBeCloseTo(logOddsOf([0, 2]), digits);
});

test('when its top words are asked for then each has its weighted effect', () => {
  using classifier = createWeighted();
  const effects = words.map((word, id) => ({ word, effect: logOddsOf([id]) - logOddsOf([]) }));
  const expected = effects
    .sort((one, other) => other.effect - one.effect)
    .map(({ word, effect }) => ({ word, effect: expect.closeTo(effect, digits) }));
  expect(topWords(classifier, 3)[1]).toEqual(expected);
});

test('when texts are normalised then top words keep the proportions of their weights', () => {
  const gain = 4;
  using classifier = createWeighted({ normalize: true, gain });
  // The heaviest word, "bad", has the whole length.
  const share = gain / 2;
  const effects = words.map((word, id) => ({ word, effect: (logOddsOf([id]) - logOddsOf([])) * share }));
  const expected = effects
    .sort((one, other) => other.effect - one.effect)
    .map(({ word, effect }) => ({ word, effect: expect.closeTo(effect, digits) }));
  expect(topWords(classifier, 3)[1]).toEqual(expected);
  const [empty = NaN, bad = NaN] = ['', 'bad'].map((text) => classifier.logOdds(classifier.logits([text]))[1]);
  expect(topWords(classifier, 3)[1]).toContainEqual({
    word: 'bad',
    effect: expect.closeTo(bad - empty, digits),
  });
});

test('when it is stored and loaded then it has one layer with the same bits', () => {
  const generator = new Generator(1);
  const [one, other] = [1, 2].map(() => createClassifier({ vocabularySize: 5, hidden: 0, classes: 3, generator }));
  if (!one || !other) throw new Error('no models');
  expect(one.output).toBeNull();
  expect(Object.keys(one.parameters)).toEqual(['fc1.weight', 'fc1.bias', 'fc1.up', 'fc1.down']);
  expect(countParameters(one)).toEqual({ trainable: 5 * 3 + 3, total: 5 * 3 + 3 + 3 + 5 });
  expect(readOutput(one)).toEqual(new Map());
  expect(readModule(other)).not.toEqual(readModule(one));
  loadModule(other, readModule(one));
  expect(readModule(other)).toEqual(readModule(one));
  expect([...readModule(one).keys()]).toEqual(['fc1.weight', 'fc1.bias']);
});
