import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ServiceError } from './service_error.js';

const taken = 'Expected a body of JSON (content-type: application/json) in UTF-8 that is not compressed';
/** The part of a header that an answer repeats. */
const shownCharacters = 60;

/** Takes bodies in JSON and UTF-8 only: a form could be sent by a page of another site without being asked. */
export function takeJsonOnly(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const refusal = refusalOf(request, body as Buffer);
    if (refusal !== null) {
      done(refusal);
      return;
    }
    let text: string;
    try {
      text = utf8.decode(body as Buffer);
    } catch {
      done(new ServiceError('ERR_NOT_UTF8', 'Expected a body in UTF-8 but it has other bytes.'));
      return;
    }
    void parse(request, text, done);
  });
}

/** Returns the answer to a body of another media type. */
export function mediaTypeError({ headers }: FastifyRequest): ServiceError {
  const type = headers['content-type'];
  return refusal(type === undefined ? 'one without a type' : `the type ${quote(type)}`);
}

function refusalOf({ headers }: FastifyRequest, body: Buffer): ServiceError | null {
  const encoding = headers['content-encoding']?.trim() ?? '';
  if (!/^(identity)?$/i.test(encoding)) return refusal(`the content-encoding ${quote(encoding)}`);
  const [, charset = 'utf-8'] = /;\s*charset\s*=\s*["']?([^"';\s]*)/i.exec(headers['content-type'] ?? '') ?? [];
  if (!/^(utf-?8|us-ascii)$/i.test(charset)) return refusal(`the charset ${quote(charset)}`);
  // JSON starts with two characters of ASCII, which have a byte 0 beside them in UTF-16 and UTF-32.
  const start = body.subarray(0, 2);
  const isWide = start.includes(0) || ['fffe', 'feff'].includes(start.toString('hex'));
  return isWide ? refusal('one in UTF-16 or UTF-32') : null;
}

function refusal(received: string): ServiceError {
  return new ServiceError('ERR_MEDIA_TYPE', `${taken} but received ${received}.`);
}

function quote(header: string): string {
  return JSON.stringify(header.slice(0, shownCharacters));
}
