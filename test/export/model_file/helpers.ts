import { createPortable } from '../../../src/model/open_portable.js';
import type { ModelDescription } from '../../../src/storage/model_description.js';
import { notebookDescription } from '../../../src/storage/model_description.js';
import type { StoredTensor } from '../../../src/storage/stored_tensor.js';
import type { FeatureOptions } from '../../../src/text/features.js';
import { Vocabulary } from '../../../src/text/vocabulary.js';
import { frequenciesOf } from '../../../src/export/model_file/numbers/effects.js';
import {
  prepareModel,
  writeModelFile,
  type ModelFile,
  type NamedParts,
} from '../../../src/export/model_file/write_model_file.js';
import type { Precision } from '../../../src/portable/model_file.js';

interface ModelOptions extends Partial<Pick<ModelDescription, 'classes' | 'hidden' | 'calibration' | 'decision'>> {
  readonly words: readonly string[];
  readonly features?: Partial<FeatureOptions>;
}

/** Reproducible numbers between -1 and 1. */
function tensor(seed: number, ...shape: number[]): StoredTensor {
  const count = shape.reduce((product, length) => product * length, 1);
  return {
    dtype: 'float32',
    shape,
    data: Float32Array.from({ length: count }, (_, k) => Math.sin(seed * 100 + k * 1.7)),
  };
}

/** A model with these words as features. Default: a linear one of two classes, of words and marks. */
export function modelOf({
  words,
  features,
  hidden = 0,
  classes = ['neg', 'pos'],
  ...fitted
}: ModelOptions): NamedParts {
  const vocabulary = Vocabulary.of(words);
  const width = hidden === 0 ? classes.length : hidden;
  const tensors = new Map([
    ['fc1.weight', tensor(1, width, words.length)],
    ['fc1.bias', tensor(2, width)],
    ['features.weight', tensor(5, words.length)],
  ]);
  if (hidden > 0)
    tensors.set('fc2.weight', tensor(3, classes.length, hidden)).set('fc2.bias', tensor(4, classes.length));
  const described = notebookDescription(words.length, hidden);
  const longest = words.reduce((most, word) => Math.max(most, word.split(' ').length), 1);
  const own = { ...described.features, tokenizer: 'words-and-punctuation', ngrams: longest, ...features } as const;
  if (own.weighting === 'none') tensors.delete('features.weight');
  const description = { ...described, classes, output: classes.length, features: own, ...fitted };
  const classifier = createPortable({ description, vocabulary, tensors }, null);
  return {
    ...{ description: classifier.description, index: classifier.featurizer.index.tables },
    ...{ weights: classifier.featurizer.weights, layers: classifier.layers, names: vocabulary },
  };
}

/** Writes the features of a model, by default all. */
export function fileOf(
  parts: NamedParts,
  precision: Precision = 'float32',
  isKept: (word: string) => boolean = () => true,
): ModelFile {
  const { size } = parts.names;
  const kept = Uint8Array.from({ length: size }, (_, id) => Number(isKept(parts.names.word(id))));
  return writeModelFile(prepareModel(parts, frequenciesOf([], size)), kept, { precision, factorLevels: 256 });
}
