import { createHash, timingSafeEqual } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ImdbTorchError, messageOf } from '../errors.js';
import { isOpenRoute } from './open_routes.js';
import { ServiceError } from './service_error.js';

/** Keys that are shorter can be guessed. */
const shortKey = 16;

/** The keys of a file, one a line, that requests have to come with. */
export class ApiKeys {
  readonly #path: string;
  #hashes: readonly Buffer[] = [];

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Reads the file anew.
   * @returns notes on what is not wise of it
   * @throws ImdbTorchError ERR_USAGE when it cannot be read, has no key or one that no header can have; the keys that
   *   were read before then still count
   */
  async read(): Promise<string[]> {
    const text = await readFile(this.#path, 'utf8').catch((error: unknown) => {
      throw this.#error(`it cannot be read (${messageOf(error)})`, error);
    });
    const keys = text.split(/\r?\n/).map((line) => line.trim());
    const given = keys.filter((key) => key !== '');
    if (given.length === 0) throw this.#error('it has none');
    const wrong = keys.findIndex((key) => !/^[\x21-\x7e]*$/.test(key));
    if (wrong !== -1) throw this.#error(`line ${wrong + 1} has blanks or other characters than those of ASCII`);
    this.#hashes = given.map(hashOf);
    const notes: string[] = [];
    const mode = (await stat(this.#path)).mode;
    if (process.platform !== 'win32' && (mode & 0o077) !== 0)
      notes.push(`Other users of this machine can read or change ${this.#path}; chmod 600 keeps them out.`);
    if (given.some(({ length }) => length < shortKey))
      notes.push(`${this.#path} has a key of fewer than ${shortKey} characters, which can be guessed.`);
    return notes;
  }

  /** Whether a key is among them; how long that takes says nothing of how much of it is right. */
  has(key: string): boolean {
    const hash = hashOf(key);
    let found = false;
    for (const own of this.#hashes) if (timingSafeEqual(hash, own)) found = true;
    return found;
  }

  #error(problem: string, cause?: unknown): ImdbTorchError {
    const message = `Expected a file with a key a line at ${this.#path} but ${problem}; give another one.`;
    return new ImdbTorchError('ERR_USAGE', message, { cause });
  }
}

/** Refuses requests without one of the keys, but for routes that are open. */
export function requireKeys(app: FastifyInstance, keys: ApiKeys): void {
  app.addHook('onRequest', (request, reply, done) => {
    const key = isOpenRoute(request) ? null : keyOf(request);
    if (key === null || (key !== undefined && keys.has(key))) {
      done();
      return;
    }
    reply.header('www-authenticate', `Bearer realm="imdb-torch"${key === undefined ? '' : ', error="invalid_token"'}`);
    const received = key === undefined ? 'none' : 'another one';
    const message = `Expected a key in the header authorization (Bearer KEY) or x-api-key but received ${received}.`;
    done(new ServiceError('ERR_API_KEY', message));
  });
}

/** Returns the key that a request has; undefined where it has none. */
function keyOf({ headers }: FastifyRequest): string | undefined {
  const { authorization, 'x-api-key': own } = headers;
  const [, bearer] = /^bearer +([^ ]+) *$/i.exec(authorization ?? '') ?? [];
  return bearer ?? (typeof own === 'string' ? own : undefined);
}

function hashOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
