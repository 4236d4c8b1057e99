import { aBoolean, aString, anObject, fields, listOf } from '../arguments.js';
import type { ModelDescription } from '../storage/model_description.js';
import type { SharedFeaturizer } from '../text/featurizer.js';
import type { LossForm } from './native.js';
import type { SharedModel } from './shared_model.js';

/** A classifier for other threads, to which structured cloning gives the same memory. */
export interface SharedClassifier {
  readonly description: ModelDescription;
  readonly featurizer: SharedFeaturizer;
  readonly model: SharedModel;
  readonly notes: readonly string[];
  readonly loss: LossForm;
  /** The adapters in use, whose parameters stay as they are. */
  readonly activeAdapters: readonly string[];
  readonly isMerged: boolean;
}

/** @throws TypeError */
export const checkShared = fields({
  ...{ description: anObject, featurizer: anObject, model: anObject, notes: listOf(aString) },
  ...{ activeAdapters: listOf(aString), isMerged: aBoolean },
});
