import { connect, type AddressInfo, type Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { Pool } from 'undici';
import { Models } from '../../src/serve/models.js';
import { openRun, type ServedModel } from '../../src/serve/served_model.js';
import { createServer, type ServerOptions } from '../../src/serve/server.js';
import type { Decision } from '../../src/storage/model_description.js';
import { withTemporaryFolder } from '../helpers.js';
import { writeSmallRun, type SmallRun } from '../model/helpers.js';

export interface Answer {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: string;
}

/** What a test asks: JSON of an object, anything else as it is. */
export interface Question {
  method?: 'GET' | 'POST' | 'OPTIONS';
  body?: object | string | Buffer;
  headers?: Record<string, string>;
}

export interface TestedService {
  app: FastifyInstance;
  run: SmallRun;
  models: Models;
  /** The model of the run. */
  model: ServedModel;
  port: number;
  /** What the service has called its own fault. */
  failures: unknown[];
  ask: (path: string, question?: Question) => Promise<Answer>;
  /** POSTs an object; gives the document that comes back. */
  post: (path: string, body: object) => Promise<unknown>;
}

/** Of the service, and of its run. */
export interface ServiceOfRunOptions extends Omit<ServerOptions, 'models'> {
  /** Whether the model is there when the service is. */
  isReady?: boolean;
  host?: string;
  classes?: string[];
  adapterClasses?: string[];
  decision?: Decision;
}

/** Runs `use` with a listening service of a small run that has an adapter and a merged model. */
export async function withService<T>(
  use: (service: TestedService) => Promise<T>,
  { isReady = true, host = '127.0.0.1', classes, adapterClasses, decision, ...options }: ServiceOfRunOptions = {},
): Promise<T> {
  return withTemporaryFolder(async (folder) => {
    const changes = {
      ...(classes && { classes }),
      ...(adapterClasses && { adapterClasses }),
      ...(decision && { decision }),
    };
    const run = await writeSmallRun(folder, { adapter: true, ...changes });
    const model = await openRun(run.path, { threads: 1 });
    const models = new Models([model.name]);
    const failures: unknown[] = [];
    const app = await createServer({ models, onFailure: (error) => failures.push(error), ...options });
    await app.listen({ host, port: 0 });
    if (isReady) models.put(model.name, model);
    const { port } = app.server.address() as AddressInfo;
    const pool = new Pool(`http://127.0.0.1:${port}`);
    const ask = askThrough(pool);
    const post = async (path: string, body: object): Promise<unknown> =>
      JSON.parse((await ask(path, { method: 'POST', body })).body) as unknown;
    try {
      return await use({ app, run, models, model, port, failures, ask, post });
    } finally {
      await pool.destroy();
      await app.close();
      models[Symbol.dispose]();
      model.dispose();
    }
  });
}

/** Asks an app that does not listen, and gives the documents that come back. */
export function askApp(app: FastifyInstance): {
  get: (url: string) => Promise<unknown>;
  post: (url: string, body: object) => Promise<unknown>;
} {
  return {
    get: async (url) => (await app.inject(url)).json(),
    post: async (url, payload) => (await app.inject({ method: 'POST', url, payload })).json(),
  };
}

function askThrough(pool: Pool): TestedService['ask'] {
  return async (path, { method = 'GET', body, headers } = {}) => {
    const isPlain = body === undefined || typeof body === 'string' || Buffer.isBuffer(body);
    const response = await pool.request({
      path,
      method,
      body: isPlain ? (body ?? null) : JSON.stringify(body),
      headers: headers ?? (body === undefined ? {} : { 'content-type': 'application/json' }),
    });
    return { status: response.statusCode, headers: response.headers, body: await response.body.text() };
  };
}

/** Sends bytes and returns what comes back until the connection ends, or null when it is cut off. */
export function talk(port: number, send: (socket: Socket) => void): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      send(socket);
    });
    let received = '';
    socket.setEncoding('utf8').on('data', (text: string) => (received += text));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      resolve(received === '' ? null : received);
    });
  });
}

/** The head of a POST whose body is so long. */
export function headOfPost(path: string, bodyBytes: number): string {
  return `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${bodyBytes}\r\n\r\n`;
}
