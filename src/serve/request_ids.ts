import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Characters that need no quoting wherever the id is written. */
const sane = /^[\w.:@/+=-]{1,128}$/;

/** Returns the id that the client, or a proxy, has given a request, where that is one to write down; else a new one. */
export function requestId({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && sane.test(given) ? given : randomUUID();
}
