import { aMap, anObject, fields } from '../arguments.js';

/** What public functions take for a `ClassifierModel`, by what they use of it. */
export const aModel = fields({ classifier: anObject, hidden: anObject, branches: aMap, parameters: anObject });

/** What public functions take for a `TextClassifier`. */
export const aClassifier = fields({ description: anObject, featurizer: anObject, model: aModel });
