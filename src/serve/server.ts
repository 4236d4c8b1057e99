import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { requireKeys, type ApiKeys } from './api_keys.js';
import { connectionOptions, stopInTime } from './connection_limits.js';
import { allowOrigins } from './cross_origin.js';
import { limitsOf, type Limits } from './limits.js';
import { ServiceMetrics } from './metrics.js';
import { addModelService, errorHandler } from './model_service.js';
import type { Models } from './models.js';
import { aliveRoute, openRoute } from './open_routes.js';
import { keepToOwnHosts } from './own_hosts.js';
import { requestId } from './request_ids.js';
import { RequestLog, type LoggedRequest } from './request_log.js';
import { healthRouteSchema, readyRouteSchema } from './schemas.js';
import { securityHeaders } from './security_headers.js';
import { ServiceError } from './service_error.js';
import { WorkQueue } from './work_queue.js';

export interface ServerOptions {
  /** The models stay the caller's, who disposes of them. */
  models: Models;
  limits?: Partial<Limits>;
  /** Names that requests may call the service by, beside its own; `*` stands for all. */
  allowedHosts?: readonly string[];
  /** What all paths begin with, such as `/api`. */
  prefix?: string;
  /** The origins whose pages may ask; `*` stands for all. */
  origins?: readonly string[];
  /** The keys of which requests need one; null: they need none. */
  keys?: ApiKeys | null;
  /** Called with each request when it is answered. */
  onAnswered?: (request: LoggedRequest) => void;
  /** Called with errors that are the service's own fault. */
  onFailure?: (error: unknown) => void;
}

/** Creates the server of `serve`: `listen()` starts it, and `close()` ends it when the requests under way are answered. */
export async function createServer(options: ServerOptions): Promise<FastifyInstance> {
  const { models, prefix = '', keys = null, onAnswered, onFailure = () => undefined } = options;
  const limits = limitsOf(options.limits);
  const queue = new WorkQueue(limits.waiting);
  const metrics = new ServiceMetrics(queue);
  const log = onAnswered === undefined ? null : new RequestLog(onAnswered);
  const app = createApp(limits, log, errorHandler(prefix, onFailure));
  app.setNotFoundHandler(refusalOfRoutes(prefix));
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(securityHeaders).header('x-request-id', request.id);
    done();
  });
  log?.addTo(app);
  metrics.measure(app);
  allowOrigins(app, options.origins ?? []);
  keepToOwnHosts(app, options.allowedHosts ?? []);
  stopInTime(app, limits);
  if (keys !== null) requireKeys(app, keys);
  await app.register(
    async (part) => {
      const onTexts: Parameters<typeof addModelService>[1]['onTexts'] = (request, texts) => {
        metrics.note(texts);
        log?.note(request, texts);
      };
      await addModelService(part, { models, limits, queue, onTexts, onFailure, page: true, hasKeys: keys !== null });
      addProbes(part, models);
      metrics.addRoute(part);
    },
    { prefix },
  );
  return app;
}

/** Creates a server that answers errors, those of requests that Fastify itself cannot read among them. */
function createApp(
  limits: Limits,
  log: RequestLog | null,
  answerError: ReturnType<typeof errorHandler>,
): FastifyInstance {
  const app = fastify({
    ...connectionOptions(limits),
    genReqId: requestId,
    frameworkErrors: (error, request, reply) => {
      // No hooks are run for these.
      if (log !== null)
        reply.raw.once('finish', () => {
          log.log(request, reply);
        });
      reply.headers(securityHeaders).header('x-request-id', request.id);
      answerError(error, request, reply);
    },
  });
  app.setErrorHandler(answerError);
  return app;
}

/** Adds GET /healthz and GET /readyz. */
function addProbes(app: FastifyInstance, models: Models): void {
  app.get('/healthz', { schema: healthRouteSchema, config: aliveRoute }, () => ({ status: 'ok' }));
  app.get('/readyz', { schema: readyRouteSchema, config: openRoute }, () => {
    models.expectReady();
    return { status: 'ok' };
  });
}

function refusalOfRoutes(prefix: string) {
  return (request: FastifyRequest, reply: FastifyReply): void => {
    const path = request.url.split('?')[0] ?? '';
    const url = path.startsWith(prefix)
      ? prefix + path.slice(prefix.length).replace(/^(\/models\/)[^/]+/, '$1:model')
      : path;
    const methods = ['GET', 'HEAD', 'POST'].filter((method) => request.server.hasRoute({ method, url }));
    if (methods.length === 0) {
      throw new ServiceError('ERR_NOT_FOUND', `There is nothing here; ${prefix}/openapi.json says what there is.`);
    }
    reply.header('allow', methods.join(', '));
    throw new ServiceError('ERR_METHOD', `Expected one of ${methods.join(', ')} here.`);
  };
}
