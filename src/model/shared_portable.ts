import { aBoolean, aString, anObject, fields, listOf } from '../arguments.js';
import type { LossForm } from '../../binding.js';
import type { Branch } from '../portable/numbers/sparse_sums.js';
import type { PortableLayers } from '../portable/portable_classifier.js';
import type { ModelDescription } from '../storage/model_description.js';
import type { SharedFeaturizer } from '../text/featurizer.js';

/** A portable classifier for other threads, to which structured cloning gives the same memory. */
export interface SharedPortable {
  readonly description: ModelDescription;
  readonly featurizer: SharedFeaturizer;
  readonly layers: PortableLayers;
  readonly branch: Branch | null;
  readonly notes: readonly string[];
  readonly loss: LossForm;
  readonly activeAdapters: readonly string[];
  readonly isMerged: boolean;
}

/** @throws TypeError */
export const checkSharedPortable = fields({
  ...{ description: anObject, featurizer: anObject, layers: anObject },
  ...{ notes: listOf(aString), activeAdapters: listOf(aString), isMerged: aBoolean },
});
