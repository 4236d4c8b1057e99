import { aMap, aNumber, anObject, aString, fields, listOf, oneOf, optional } from '../arguments.js';

/** What public functions take for a `ClassifierModel`, by what they use of it. */
export const aModel = fields({ classifier: anObject, hidden: anObject, branches: aMap, parameters: anObject });

/** Checks the options that combine adapters. */
export const checkCombination = fields({
  adapters: listOf(aString),
  weights: listOf(aNumber),
  combination: optional(oneOf('linear', 'cat', 'svd')),
  rank: optional(aNumber),
});
