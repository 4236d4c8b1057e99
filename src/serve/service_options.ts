import { aBoolean, aFunction, aString, anObject, fields, optional, partial, wholeFrom } from '../arguments.js';
import { ImdbTorchError } from '../errors.js';
import { aClassifier } from '../portable/expected.js';
import type { BaseClassifier } from '../portable/base_classifier.js';
import type { RequestLimits } from './limits.js';

export interface ServiceOptions {
  /** The name of the classifier that answers where a request names none. Default: the first. */
  default?: string | undefined;
  /** Each that is left out or undefined is the usual one. */
  limits?: { readonly [Name in keyof RequestLimits]?: RequestLimits[Name] | undefined } | undefined;
  /** Whether there is the page of `serve`, too. Default: false. */
  page?: boolean | undefined;
  /** Called with errors that are the service's own fault, of which clients are told no more than that. */
  onFailure?: ((error: unknown) => void) | undefined;
}

type Classifiers = BaseClassifier | Readonly<Record<string, BaseClassifier>>;

const atLeastOne = wholeFrom(1);
const limitChecks = {
  ...{ bodyBytes: atLeastOne, texts: atLeastOne, waiting: atLeastOne },
  ...{ predictedCharacters: atLeastOne, explainedCharacters: atLeastOne },
};
const optionChecks = {
  default: optional(aString),
  limits: optional(fields(partial(limitChecks))),
  page: optional(aBoolean),
  onFailure: optional(aFunction),
};
const checkOptions = fields(optionChecks);

/** @throws TypeError, RangeError; ERR_USAGE that names an option that there is not, which may be a slip */
export function checkServiceOptions(options: ServiceOptions): void {
  checkOptions(options, 'options');
  refuseStrangers(options, optionChecks, 'option');
  refuseStrangers(options.limits ?? {}, limitChecks, 'limit');
}

function refuseStrangers(given: object, known: object, what: string): void {
  const stranger = Object.entries(given).find(([name, value]) => value !== undefined && !Object.hasOwn(known, name));
  if (stranger === undefined) return;
  const names = Object.keys(known).join(', ');
  throw usageError(`one of the ${what}s ${names}`, `${JSON.stringify(stranger[0])}; correct the name`);
}

/** The name of a classifier that was given without one. */
const usualName = 'model';

/**
 * Returns the classifiers by their names, the one that answers where none is named first.
 * @throws ERR_USAGE when there is none, or when it does not follow from what is given which one is the first
 */
export function namedClassifiers(given: Classifiers, first: string | undefined): Map<string, BaseClassifier> {
  anObject(given, 'classifiers');
  const named = new Map(isClassifier(given) ? [[usualName, given]] : Object.entries(given));
  for (const [name, classifier] of named) aClassifier(classifier, `classifiers.${name}`);
  const names = [...named.keys()];
  if (names.length === 0) throw usageError('a classifier', 'none; give one, or several by names');
  const usual = first ?? names[0] ?? '';
  const classifier = named.get(usual);
  if (classifier === undefined) {
    throw usageError(`one of the names ${names.join(', ')} for default`, JSON.stringify(usual));
  }
  const number = names.find((name) => /^\d+$/.test(name));
  // JavaScript puts these in front of the others, wherever they were written.
  if (first === undefined && names.length > 1 && number !== undefined) {
    throw usageError('names that are no whole numbers', `${number}; say with default which classifier is the first`);
  }
  return new Map([[usual, classifier], ...named]);
}

function isClassifier(given: Classifiers): given is BaseClassifier {
  return typeof given.predict === 'function';
}

function usageError(expected: string, received: string): ImdbTorchError {
  return new ImdbTorchError('ERR_USAGE', `Expected ${expected} but received ${received}.`);
}
