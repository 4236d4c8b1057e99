import type { FastifyInstance } from 'fastify';

const preflightHeaders = Object.freeze({
  'access-control-allow-methods': 'GET, HEAD, POST',
  'access-control-allow-headers': 'authorization, content-type, x-api-key, x-request-id',
  'access-control-max-age': '600',
});

/**
 * Has pages of these origins ask the service; of others browsers keep the answers, and do not send what they have to ask
 * for first. It is written out because it is less than @fastify/cors takes to be told the same.
 * @param origins such as `https://films.example`; `*` stands for all
 */
export function allowOrigins(app: FastifyInstance, origins: readonly string[]): void {
  if (origins.length === 0) return;
  const all = origins.includes('*');
  app.addHook('onRequest', ({ method, headers }, reply, done) => {
    const { origin } = headers;
    // A cache must not hand on what was answered to another origin.
    if (!all) reply.header('vary', 'origin');
    if (origin === undefined || !(all || origins.includes(origin))) {
      done();
      return;
    }
    reply.header('access-control-allow-origin', all ? '*' : origin);
    reply.header('access-control-expose-headers', 'allow, retry-after, www-authenticate, x-request-id');
    const isPreflight = method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
    if (isPreflight) reply.code(204).headers(preflightHeaders).send();
    else done();
  });
}
