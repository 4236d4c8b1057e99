import type { Adapter } from '../storage/adapter.js';
import { chooseEngine, createClassifier, type ClassifierModel } from './classifier_model.js';
import type { ModelParts } from './model_parts.js';
import type { FloatDtype } from './native.js';
import { loadModule } from './parameters.js';

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
