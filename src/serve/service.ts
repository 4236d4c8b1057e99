import swagger from '@fastify/swagger';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { packageVersion } from '../setup/package_root.js';
import { connectionOptions, stopInTime } from './connection_limits.js';
import { mediaTypeError, takeJsonOnly } from './json_bodies.js';
import { usualLimits, type Limits } from './limits.js';
import { addMetrics } from './metrics.js';
import { addModelRoutes } from './model_routes.js';
import type { ServedModels } from './models.js';
import { keepToOwnHosts } from './own_hosts.js';
import { addPage } from './page_files.js';
import { healthRouteSchema, namedSchemas } from './schemas.js';
import { ServiceError, describeProblems, serviceErrorOf } from './service_error.js';
import { WorkQueue } from './work_queue.js';

interface ServiceOptions {
  /** The models stay the caller's, who disposes of them. */
  models: ServedModels;
  limits?: Partial<Limits>;
  /** Names that requests may call the service by, beside its own; `*` stands for all. */
  allowedHosts?: readonly string[];
  /** Called with errors that are the service's own fault. */
  onFailure?: (error: unknown) => void;
}

/**
 * With these headers nothing is loaded from elsewhere, no other site can look in or ask, and text cannot become HTML.
 * They are written out because helmet's defaults are for sites that speak HTTPS.
 */
const securityHeaders = Object.freeze({
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'cache-control': 'no-cache',
});

/** Creates the HTTP service: `listen()` starts it, and `close()` ends it when the requests under way are answered. */
export async function createService(options: ServiceOptions): Promise<FastifyInstance> {
  const { models, onFailure } = options;
  const limits = { ...usualLimits, ...options.limits };
  const answerError = errorHandler(onFailure);
  const app = fastify({
    ...connectionOptions(limits),
    // A body that is not as described is an error: nothing is made to fit.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, allowUnionTypes: true } },
    schemaErrorFormatter: describeProblems,
    frameworkErrors: answerError,
  });
  keepToOwnHosts(app, options.allowedHosts ?? []);
  stopInTime(app, limits);
  takeJsonOnly(app);
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer));
  app.setErrorHandler(answerError);
  app.setNotFoundHandler(refuseRoute);
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(securityHeaders);
    done();
  });
  app.addHook('onRequest', (_request, _reply, done) => {
    done(
      models.isReady ? undefined : new ServiceError('ERR_STARTING', 'The service is starting; ask again in a moment.'),
    );
  });
  for (const schema of namedSchemas) app.addSchema(schema);
  await describeRoutes(app);
  const queue = new WorkQueue(limits.waiting);
  app.get('/healthz', { schema: healthRouteSchema }, () => ({ status: 'ok' }));
  addModelRoutes(app, { models, limits, queue, metrics: addMetrics(app, queue) });
  addPage(app);
  return app;
}

function errorHandler(onFailure: ServiceOptions['onFailure']) {
  return (error: Parameters<typeof serviceErrorOf>[0], request: FastifyRequest, reply: FastifyReply): void => {
    const isOfOtherType = error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE';
    const answer = isOfOtherType ? mediaTypeError(request) : serviceErrorOf(error);
    if (answer.code === 'ERR_FAILED') onFailure?.(error);
    if (answer.code === 'ERR_BUSY' || answer.code === 'ERR_STARTING') reply.header('retry-after', '1');
    reply.headers(securityHeaders).code(answer.statusCode).type('application/json; charset=utf-8');
    void reply.send(JSON.stringify(answer));
  };
}

function refuseRoute(request: FastifyRequest, reply: FastifyReply): void {
  const url = request.url.split('?')[0] ?? '';
  const methods = ['GET', 'HEAD', 'POST'].filter((method) => request.server.hasRoute({ method, url }));
  if (methods.length === 0) {
    throw new ServiceError('ERR_NOT_FOUND', 'There is nothing here; /openapi.json says what there is.');
  }
  reply.header('allow', methods.join(', '));
  throw new ServiceError('ERR_METHOD', `Expected one of ${methods.join(', ')} here.`);
}

async function describeRoutes(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'imdb-torch',
        description: 'A trained text classifier. Errors are objects with a code and a message.',
        version: packageVersion(),
      },
    },
    refResolver: { buildLocalReference: ({ $id }) => $id as string },
  });
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
}
