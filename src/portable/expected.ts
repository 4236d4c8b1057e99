import { anObject, fields, kind } from '../arguments.js';

const aMethod = kind('a function', (value) => typeof value === 'function');

/** What public functions take for a classifier, whatever computes its layers. */
export const aClassifier = fields({ description: anObject, featurizer: anObject, logitsOfEncoded: aMethod });
