import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AskedTexts } from './model_routes.js';

/** What is logged of a request. Texts, keys and paths, which can have anything in them, are not. */
export interface LoggedRequest {
  readonly time: string;
  readonly id: string;
  readonly method: string;
  /** The route with its prefix, as the figures have it, such as `/api/models/:model/predict`; null where there is none. */
  readonly route: string | null;
  readonly status: number;
  readonly milliseconds: number;
  /** The model that was asked, and the number of texts; null and 0 where none was. */
  readonly model: string | null;
  readonly texts: number;
}

/** Logs each request when it is answered. */
export class RequestLog {
  readonly #asked = new WeakMap<FastifyRequest, AskedTexts>();
  readonly #write: (request: LoggedRequest) => void;

  constructor(write: (request: LoggedRequest) => void) {
    this.#write = write;
  }

  addTo(app: FastifyInstance): void {
    app.addHook('onResponse', (request, reply, done) => {
      this.log(request, reply);
      done();
    });
  }

  /** Notes what a request asks a model. */
  note(request: FastifyRequest, texts: AskedTexts): void {
    this.#asked.set(request, texts);
  }

  log(request: FastifyRequest, reply: FastifyReply): void {
    const asked = this.#asked.get(request);
    this.#write({
      time: new Date().toISOString(),
      id: request.id,
      method: request.method,
      route: request.routeOptions.url ?? null,
      status: reply.statusCode,
      milliseconds: Math.round(reply.elapsedTime * 1000) / 1000,
      model: asked?.model ?? null,
      texts: asked?.count ?? 0,
    });
  }
}
