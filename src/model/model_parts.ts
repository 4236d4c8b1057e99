import type { Adapter } from '../storage/adapter.js';
import type { StoredRun } from '../storage/read_run.js';
import { chooseEngine, createClassifier, type ClassifierModel } from './classifier_model.js';
import type { FloatDtype } from './native.js';
import { loadModule } from './parameters.js';

/** The parts of a run that make its model. */
export type ModelParts = Pick<StoredRun, 'description' | 'vocabulary' | 'tensors'>;

/** Returns the shapes of the parameters, which the weights of features are not. */
export function shapesOf({ tensors }: ModelParts): Map<string, readonly number[]> {
  const parameters = [...tensors].filter(([name]) => name.startsWith('fc'));
  return new Map(parameters.map(([name, { shape }]) => [name, shape]));
}

/** Makes the classifier that the files describe, without the adapter but with an engine that can use it. */
export function createModel(
  { tensors, vocabulary, description }: ModelParts,
  adapter: Adapter | null,
): ClassifierModel {
  const useDora = adapter?.branches.get('fc1')?.magnitude != null;
  const model = createClassifier({
    vocabularySize: vocabulary.size,
    hidden: description.hidden,
    classes: description.output,
    dtype: tensors.get('fc1.weight')?.dtype as FloatDtype,
    device: 'cpu',
    engine: chooseEngine('auto', 'cpu', { useDora }),
  });
  loadModule(model, tensors);
  return model;
}
