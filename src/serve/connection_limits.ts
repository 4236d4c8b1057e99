import { STATUS_CODES, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyHttpOptions, FastifyInstance } from 'fastify';
import type { Limits } from './limits.js';
import { isAliveRoute } from './open_routes.js';
import { ServiceError } from './service_error.js';

/** Returns options of Node's server with which slow, silent and many clients do no harm. */
export function connectionOptions(limits: Limits): FastifyHttpOptions<Server> {
  return {
    bodyLimit: limits.bodyBytes,
    // `stopInTime` refuses requests while the service ends, in the form of all other refusals.
    return503OnClosing: false,
    requestTimeout: limits.requestMilliseconds,
    connectionTimeout: limits.silenceMilliseconds,
    keepAliveTimeout: limits.keepAliveMilliseconds,
    http: {
      // `keepToOwnHosts` refuses them, in the form of all other refusals.
      requireHostHeader: false,
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersMilliseconds,
      connectionsCheckingInterval: limits.checkMilliseconds,
    },
    clientErrorHandler: refuseConnection,
  };
}

/** Answers bytes that are no request of HTTP, or a request that does not come to its end, and hangs up. */
function refuseConnection(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const refusal = refusalOf(error.code);
  const body = JSON.stringify(refusal);
  const head = [
    `HTTP/1.1 ${refusal.statusCode} ${STATUS_CODES[refusal.statusCode] ?? ''}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => {
    socket.destroy();
  });
}

function refusalOf(code: string | undefined): ServiceError {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new ServiceError('ERR_TIMEOUT', 'The request did not come to its end in time.');
    case 'HPE_HEADER_OVERFLOW':
      return new ServiceError('ERR_HEADERS_TOO_LARGE', 'The headers of the request are too large.');
    default:
      return new ServiceError('ERR_BAD_REQUEST', 'This is no request of HTTP/1.1.');
  }
}

/** Has `app.close()` finish what is under way, but wait for no client that takes longer than the limit. */
export function stopInTime(app: FastifyInstance, limits: Limits): void {
  let isStopping = false;
  let timer: NodeJS.Timeout | undefined;
  app.server.maxConnections = limits.connections;
  app.addHook('preClose', (done) => {
    isStopping = true;
    timer = setTimeout(() => {
      app.server.closeAllConnections();
    }, limits.stopMilliseconds);
    done();
  });
  app.addHook('onRequest', (request, _reply, done) => {
    const isRefused = isStopping && !isAliveRoute(request);
    done(isRefused ? new ServiceError('ERR_STOPPING', 'The service is ending; ask again later.') : undefined);
  });
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (isStopping) reply.header('connection', 'close');
    done(null, payload);
  });
  app.addHook('onClose', (_app, done) => {
    clearTimeout(timer);
    done();
  });
}
