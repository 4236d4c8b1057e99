import type { BaseClassifier } from '../portable/base_classifier.js';
import type { Featurizer } from '../text/featurizer.js';
import type { SharedClassifier } from './shared_classifier.js';
import type { SharedPortable } from './shared_portable.js';

/** A classifier that was opened from a run directory, whatever computes it: reviews can be read with its features. */
export interface RunClassifier extends BaseClassifier {
  readonly featurizer: Featurizer;
  /** Copies the classifier as it is now to where all threads reach it. @internal */
  share(): SharedClassifier | SharedPortable;
}
