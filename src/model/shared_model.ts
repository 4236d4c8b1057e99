import { modelOf, type ClassifierModel } from './classifier_model.js';
import { Classifier, Linear, LoraLinear, type Engine, type SharedLinear, type SharedLoraLinear } from './native.js';

/** A model for other threads, to which structured cloning gives the same memory. */
export interface SharedModel {
  readonly hidden: SharedLoraLinear;
  /** Null: a linear model. */
  readonly output: SharedLinear | null;
  readonly engine: Engine;
}

/** Copies a model as it is now, without a branch on its output layer, into memory that threads share. */
export function shareModel({ hidden, output, classifier }: ClassifierModel): SharedModel {
  return { hidden: hidden.share(), output: output?.share() ?? null, engine: classifier.engine };
}

/** Makes a model on shared memory, whose parameters cannot be changed. */
export function modelFromShared({ hidden, output, engine }: SharedModel): ClassifierModel {
  const layers = { hidden: LoraLinear.fromShared(hidden), output: output && Linear.fromShared(output) };
  const { inFeatures: vocabularySize, outFeatures, dtype } = hidden;
  const width = output === null ? 0 : outFeatures;
  const options = { vocabularySize, hidden: width, classes: output?.outFeatures ?? outFeatures, dtype, engine };
  return modelOf(options, { ...layers, classifier: new Classifier({ ...layers, engine }) });
}
