import type { FastifyInstance } from 'fastify';
import { aBoolean, aFunction, anObject, fields, optional, partial, wholeFrom } from '../arguments.js';
import { ImdbTorchError } from '../errors.js';
import { aClassifier } from '../model/expected.js';
import type { TextClassifier } from '../model/text_classifier.js';
import { usualLimits, type RequestLimits } from './limits.js';

export interface ServiceOptions {
  /** Each that is left out is the usual one. */
  limits?: Partial<RequestLimits> | undefined;
  /** Whether there is the page of `serve`, too. Default: false. */
  page?: boolean | undefined;
  /** Called with errors that are the service's own fault, of which clients are told no more than that. */
  onFailure?: ((error: unknown) => void) | undefined;
}

const atLeastOne = wholeFrom(1);
const checkOptions = fields({
  limits: optional(
    fields(
      partial({
        ...{ bodyBytes: atLeastOne, texts: atLeastOne, waiting: atLeastOne },
        ...{ predictedCharacters: atLeastOne, explainedCharacters: atLeastOne },
      }),
    ),
  ),
  page: optional(aBoolean),
  onFailure: optional(aFunction),
});

/** The name of a classifier that was given without one. */
const usualName = 'model';

/**
 * Makes a plugin for Fastify 5 that answers with classifiers: `await app.register(createService(classifier))`. Its routes
 * are `POST predict` and `POST explain`, `GET model`, `GET models`, these below `models/NAME`, and `GET openapi.json`,
 * behind the `prefix` of `register`. Fastify keeps it to itself: how it reads bodies and answers errors is not how
 * the rest of the app does, and hooks of the app, as for who may ask, are run for its routes, too.
 * @param classifiers one, or several by the names that requests call them; the first answers where none is named. They
 *   stay the caller's, who disposes of them after the app is closed.
 * @throws ERR_USAGE when there is none
 */
export function createService(
  classifiers: TextClassifier | Readonly<Record<string, TextClassifier>>,
  options: ServiceOptions = {},
): (app: FastifyInstance) => Promise<void> {
  anObject(classifiers, 'classifiers');
  checkOptions(options, 'options');
  const named = isClassifier(classifiers) ? { [usualName]: classifiers } : classifiers;
  for (const [name, classifier] of Object.entries(named)) aClassifier(classifier, `classifiers.${name}`);
  if (Object.keys(named).length === 0) {
    throw new ImdbTorchError('ERR_USAGE', 'Expected a classifier but received none; give one, or several by names.');
  }
  const plugin = async (app: FastifyInstance): Promise<void> => {
    // Whoever uses the library for something else does not wait for Fastify.
    const [{ addModelService }, { Models }, { servedClassifier }, { WorkQueue }] = await Promise.all([
      import('./model_service.js'),
      import('./models.js'),
      import('./served_model.js'),
      import('./work_queue.js'),
    ]);
    const models = new Models(Object.keys(named));
    for (const [name, classifier] of Object.entries(named)) models.put(name, servedClassifier(name, classifier));
    const limits = { ...usualLimits, ...options.limits };
    await addModelService(app, {
      ...{ models, limits, queue: new WorkQueue(limits.waiting), page: options.page ?? false, hasKeys: false },
      onTexts: () => undefined,
      onFailure: options.onFailure ?? (() => undefined),
    });
  };
  return Object.assign(plugin, { [Symbol.for('plugin-meta')]: { name: 'imdb-torch', fastify: '5.x' } });
}

function isClassifier(
  classifiers: TextClassifier | Readonly<Record<string, TextClassifier>>,
): classifiers is TextClassifier {
  return typeof classifiers.predict === 'function';
}
