import type { FastifyInstance } from 'fastify';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { metricsRouteSchema } from './schemas.js';
import type { WorkQueue } from './work_queue.js';

/** These seconds reach from a short review on an idle machine to a long array on a busy one. */
const buckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export interface ServiceMetrics {
  /** Counts the texts that the model was asked about. */
  readonly texts: Counter<'route'>;
}

/** Counts requests, and adds GET /metrics. */
export function addMetrics(app: FastifyInstance, queue: WorkQueue): ServiceMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'From the headers of a request to the last byte of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets,
    registers,
  });
  const texts = new Counter({
    name: 'imdb_torch_texts_total',
    help: 'Texts that the model was asked about.',
    labelNames: ['route'],
    registers,
  });
  new Gauge({
    name: 'imdb_torch_requests_waiting',
    help: 'Requests whose work is not done yet.',
    registers,
    collect() {
      this.set(queue.length);
    },
  });
  app.addHook('onResponse', (request, reply, done) => {
    // Clients must not be able to make new time series by asking for unknown paths.
    const route = request.routeOptions.url ?? 'none';
    const { method } = request;
    durations.observe({ method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
    done();
  });
  app.get('/metrics', { schema: metricsRouteSchema }, async (_request, reply) => {
    reply.type(registry.contentType);
    return registry.metrics();
  });
  return { texts };
}
