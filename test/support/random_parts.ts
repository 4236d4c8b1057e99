import type { PortableParts } from '../../src/portable/portable_classifier.js';
import type { ModelDescription } from '../../src/storage/model_description.js';
import { BagWriter, type EncodedTexts } from '../../src/text/bag_writer.js';
import { notebookFeatures } from '../../src/text/features.js';
import { makeTables } from '../../src/text/ngrams/vocabulary_tables.js';
import { Vocabulary } from '../../src/text/vocabulary.js';
import { randomNumbers } from './random_numbers.js';

/** What a model with random weights is like. */
export interface RandomModel {
  readonly features?: Partial<ModelDescription['features']>;
  readonly classes?: number;
  /** 0: a linear model. */
  readonly hidden?: number;
  readonly calibration?: ModelDescription['calibration'];
  readonly decision?: NonNullable<ModelDescription['decision']>;
  readonly seed?: number;
}

/** The number of features of these models. */
export const randomFeatures = 300;

/** Returns a model with random weights, whose features are the words w0, w1, ... */
export function randomParts(model: RandomModel = {}): PortableParts {
  const { features = {}, classes = 2, hidden = 0, calibration = null, decision, seed = 1 } = model;
  const next = randomNumbers(seed);
  const numbers = (count: number, scale: number): Float32Array =>
    Float32Array.from({ length: count }, () => scale * (2 * next() - 1));
  const width = hidden || classes;
  const options = { ...notebookFeatures, vocabularySize: randomFeatures, ...features };
  return {
    description: {
      ...{ schema: 1, classes: Array.from({ length: classes }, (_, k) => `class ${k}`), output: classes, hidden },
      ...{ features: options, calibration, ...(decision && { decision }) },
    },
    index: indexOfWords(),
    weights: options.weighting === 'none' ? null : numbers(randomFeatures, 2),
    layers: {
      first: { weight: numbers(randomFeatures * width, 1), bias: Float64Array.from(numbers(width, 1)) },
      output:
        hidden === 0 ? null : { weight: numbers(classes * hidden, 1), bias: Float64Array.from(numbers(classes, 1)) },
    },
  };
}

function indexOfWords(): PortableParts['index'] {
  const vocabulary = Vocabulary.of(Array.from({ length: randomFeatures }, (_, id) => `w${id}`));
  const making = makeTables({ vocabulary, hasUnknown: true, characters: null });
  for (;;) {
    const { done, value } = making.next();
    if (done === true) return value;
  }
}

/** Returns random texts of these models, of which the first, the last and some others are empty. */
export function randomTexts(texts: number, areCounted: boolean, seed = 2): EncodedTexts {
  const next = randomNumbers(seed);
  const longest = 200;
  const writer = new BagWriter(randomFeatures, texts, texts * longest, areCounted);
  for (let text = 0; text < texts; text += 1) {
    const isEmpty = text === 0 || text === texts - 1 || next() < 0.1;
    const length = isEmpty ? 0 : Math.ceil(next() * longest);
    for (let k = 0; k < length; k += 1) writer.add(Math.floor(next() * randomFeatures));
    writer.endText();
  }
  return writer.finish();
}
