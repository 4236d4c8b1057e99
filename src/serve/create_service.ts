import type { FastifyInstance } from 'fastify';
import type { BaseClassifier } from '../portable/base_classifier.js';
import { checkServiceOptions, namedClassifiers, type ServiceOptions } from './service_options.js';

export type { ServiceOptions } from './service_options.js';

/**
 * Makes a plugin for Fastify 5 that answers with classifiers: `await app.register(createService(classifier))`. Its routes
 * are `POST predict` and `POST explain`, `GET model`, `GET models`, these below `models/NAME`, and `GET openapi.json`,
 * behind the `prefix` of `register`. Fastify keeps it to itself: how it reads bodies and answers errors is not how
 * the rest of the app does. Hooks of the app, as for who may ask, are run for its routes, too, and what they throw is
 * answered as elsewhere in the app.
 * @param classifiers one, or several by the names that requests call them; the first answers where none is named, unless
 *   the option `default` names another. They stay the caller's, who disposes of them after the app is closed.
 * @throws ERR_USAGE when there is none, for an unknown option, and when names are whole numbers, which JavaScript puts in
 *   front of the others, and none is the default
 */
export function createService(
  classifiers: BaseClassifier | Readonly<Record<string, BaseClassifier>>,
  options: ServiceOptions = {},
): (app: FastifyInstance) => Promise<void> {
  checkServiceOptions(options);
  const named = namedClassifiers(classifiers, options.default);
  const plugin = async (app: FastifyInstance): Promise<void> => {
    // Whoever uses the library for something else does not wait for Fastify.
    const [{ addModelService }, { limitsOf }, { Models }, { servedClassifier }, { WorkQueue }] = await Promise.all([
      import('./model_service.js'),
      import('./limits.js'),
      import('./models.js'),
      import('./served_model.js'),
      import('./work_queue.js'),
    ]);
    const models = new Models([...named.keys()]);
    for (const [name, classifier] of named) models.put(name, servedClassifier(name, classifier));
    const limits = limitsOf(options.limits);
    await addModelService(app, {
      ...{ models, limits, queue: new WorkQueue(limits.waiting), page: options.page ?? false, hasKeys: false },
      onTexts: () => undefined,
      onFailure: options.onFailure ?? (() => undefined),
    });
  };
  return Object.assign(plugin, { [Symbol.for('plugin-meta')]: { name: 'imdb-torch', fastify: '5.x' } });
}
