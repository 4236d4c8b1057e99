import type { FastifyInstance } from 'fastify';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { AskedTexts } from './model_routes.js';
import { metricsRouteSchema } from './schemas.js';
import type { WorkQueue } from './work_queue.js';

/** These seconds reach from a short review on an idle machine to a long array on a busy one. */
const buckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Figures for Prometheus. */
export class ServiceMetrics {
  readonly #registry = new Registry();
  readonly #texts: Counter<'route' | 'model'>;

  constructor(queue: WorkQueue) {
    collectDefaultMetrics({ register: this.#registry });
    const registers = [this.#registry];
    this.#texts = new Counter({
      name: 'imdb_torch_texts_total',
      help: 'Texts that a model was asked about.',
      labelNames: ['route', 'model'],
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
  }

  /** Counts the texts that a request asks a model about. */
  note({ route, model, count }: AskedTexts): void {
    this.#texts.inc({ route, model }, count);
  }

  /** Measures the requests of an app, those that no route answers as well. */
  measure(app: FastifyInstance): void {
    const durations = new Histogram({
      name: 'http_request_duration_seconds',
      help: 'From the headers of a request to the last byte of its answer.',
      labelNames: ['method', 'route', 'status'],
      buckets,
      registers: [this.#registry],
    });
    app.addHook('onResponse', (request, reply, done) => {
      // Clients must not be able to make new time series by asking for unknown paths.
      const route = request.routeOptions.url ?? 'none';
      const { method } = request;
      durations.observe({ method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
      done();
    });
  }

  /** Adds GET /metrics. */
  addRoute(app: FastifyInstance): void {
    app.get('/metrics', { schema: metricsRouteSchema }, async (_request, reply) => {
      reply.type(this.#registry.contentType);
      return this.#registry.metrics();
    });
  }
}
