import { ImdbTorchError } from '../errors.js';
import type { Adapter } from '../storage/adapter.js';
import { chooseEngine, createClassifier, type ClassifierModel } from './classifier_model.js';
import type { ModelParts } from './model_parts.js';
import type { Engine, FloatDtype } from './native.js';
import { loadModule } from './parameters.js';

/**
 * Makes the classifier that the files describe, without the adapter but with an engine that can use it.
 * @throws ImdbTorchError ERR_USAGE when the engine that is asked for cannot
 */
export function createModel(
  { tensors, vocabulary, description }: ModelParts,
  adapter: Adapter | null,
  engine: Engine | 'auto' = 'auto',
): ClassifierModel {
  const useDora = adapter?.branches.get('fc1')?.magnitude != null;
  if (useDora && engine === 'fused') {
    throw new ImdbTorchError(
      'ERR_USAGE',
      'Expected an engine that has DoRA, which this adapter is, but received fused; take torch, portable or auto.',
    );
  }
  const model = createClassifier({
    vocabularySize: vocabulary.size,
    hidden: description.hidden,
    classes: description.output,
    dtype: tensors.get('fc1.weight')?.dtype as FloatDtype,
    device: 'cpu',
    engine: chooseEngine(engine, 'cpu', { useDora }),
  });
  loadModule(model, tensors);
  return model;
}
