/** How apps of users take the service. Checked by tsc against the built types; never run. */
import fastify from 'fastify';
import { createService, type RequestLimits, type ServiceOptions, type TextClassifier } from 'imdb-torch';

declare const films: TextClassifier;
declare const mood: TextClassifier;

const limits: Partial<RequestLimits> = { texts: 10 };
const options: ServiceOptions = { default: 'mood', page: true, limits, onFailure: (error: unknown) => error };

const plain = fastify();
await plain.register(createService(films), { prefix: '/films' });
await plain.register(createService({ films, mood }, options));
createService(films, { limits: { texts: undefined, waiting: 5 } });
await fastify({ logger: true }).register(createService(films));
await fastify({ https: {} }).register(createService(films));
await fastify({ http2: true }).register(createService(films));

// @ts-expect-error: a path is no classifier
createService('runs/films');
// @ts-expect-error: there is no such option
createService(films, { path: '/films' });
