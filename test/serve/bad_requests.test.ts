import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { headOfPost, talk, withService } from './helpers.js';

const json = { 'content-type': 'application/json' };
const invalidUtf8 = Buffer.concat([Buffer.from('{"text":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]);

type BadRequest = [
  what: string,
  status: number,
  code: string,
  path: string,
  body: string | Buffer,
  headers?: Record<string, string>,
];

const badRequests: BadRequest[] = [
  ['JSON that breaks off', 400, 'ERR_BAD_REQUEST', '/predict', '{"text":'],
  ['nothing', 400, 'ERR_BAD_REQUEST', '/predict', ''],
  ['deep nesting', 400, 'ERR_BAD_REQUEST', '/predict', '['.repeat(500_000)],
  ['a key that is a trap', 400, 'ERR_BAD_REQUEST', '/predict', '{"text":"a","__proto__":{"adapter":"off"}}'],
  ['no object', 400, 'ERR_BAD_REQUEST', '/predict', 'null'],
  ['a number as text', 400, 'ERR_BAD_REQUEST', '/predict', '{"text":1}'],
  ['a null among texts', 400, 'ERR_BAD_REQUEST', '/predict', '{"text":["a",null]}'],
  ['a list to explain', 400, 'ERR_BAD_REQUEST', '/explain', '{"text":["a"]}'],
  ['no text', 400, 'ERR_BAD_REQUEST', '/explain', '{}'],
  ['an unknown field', 400, 'ERR_BAD_REQUEST', '/predict', '{"text":"a","model":"b"}'],
  ['an unknown adapter', 400, 'ERR_BAD_REQUEST', '/predict', '{"text":"a","adapter":"/etc"}'],
  ['too many texts', 400, 'ERR_BAD_REQUEST', '/predict', JSON.stringify({ text: Array(1001).fill('') })],
  ['a text too long', 400, 'ERR_BAD_REQUEST', '/predict', JSON.stringify({ text: 'x'.repeat(100_001) })],
  ['a text too long', 400, 'ERR_BAD_REQUEST', '/explain', JSON.stringify({ text: 'x'.repeat(100_001) })],
  ['a body too large', 413, 'ERR_TOO_LARGE', '/predict', `{"text":"${'x'.repeat(1 << 20)}"}`],
  ['bytes that are no UTF-8', 400, 'ERR_NOT_UTF8', '/predict', invalidUtf8],
  ['a form', 415, 'ERR_MEDIA_TYPE', '/predict', 'text=a', { 'content-type': 'application/x-www-form-urlencoded' }],
  ['plain text', 415, 'ERR_MEDIA_TYPE', '/predict', '{"text":"a"}', { 'content-type': 'text/plain' }],
  ...['\0', '\ud800', 'a\udc00'].map((part): BadRequest => {
    return ['no text', 400, 'ERR_BAD_REQUEST', '/predict', JSON.stringify({ text: ['a', `b${part}`] })];
  }),
  ['a NUL', 400, 'ERR_BAD_REQUEST', '/explain', JSON.stringify({ text: 'b\0' })],
  ['a control character', 400, 'ERR_BAD_REQUEST', '/predict', '{"text":"a\nb"}'],
  ['a number among texts', 400, 'ERR_BAD_REQUEST', '/predict', '{"text":["a",1]}'],
  ['a list among texts', 400, 'ERR_BAD_REQUEST', '/predict', '{"text":[["a"]]}'],
  ...['gzip', 'br', 'identity, gzip'].map((encoding): BadRequest => {
    return ['encoded', 415, 'ERR_MEDIA_TYPE', '/predict', '{"text":"a"}', { ...json, 'content-encoding': encoding }];
  }),
  ...['utf-16', '"iso-8859-1"', 'x'.repeat(4000)].map((charset): BadRequest => {
    const headers = { 'content-type': `application/json; charset=${charset}` };
    return ['in another charset', 415, 'ERR_MEDIA_TYPE', '/predict', '{"text":"a"}', headers];
  }),
  ...['\ufeff{"text":"a"}', '{"text":"a"}'].flatMap((body): BadRequest[] => {
    const little = Buffer.from(body, 'utf16le');
    const wide = [little, Buffer.from(little).swap16()];
    return wide.map((bytes) => ['UTF-16', 415, 'ERR_MEDIA_TYPE', '/predict', bytes]);
  }),
  ['no type', 415, 'ERR_MEDIA_TYPE', '/predict', '{"text":"a"}', {}],
  ['another path', 404, 'ERR_NOT_FOUND', '/../../etc/passwd', '{}'],
  ['another method', 405, 'ERR_METHOD', '/model', '{}'],
];

test('when a request is bad then the answer is an error with a code that gives nothing away, and the next is served', async () => {
  await withService(async ({ ask, run, failures }) => {
    for (const [what, status, code, path, body, headers = json] of badRequests) {
      const answer = await ask(path, { method: 'POST', body, headers });
      expect({ what, path, status: answer.status, answer: JSON.parse(answer.body) as unknown }).toEqual({
        what,
        path,
        status,
        answer: { code, message: expect.stringMatching(/^[A-Z'][^\n]*\.$/) },
      });
      expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
      expect(answer.body.length).toBeLessThan(400);
      expect(answer.body).not.toContain(run.path);
      expect(answer.body).not.toMatch(/ at .*:\d+|node_modules/);
      expect((await ask('/healthz')).status).toBe(200);
    }
    expect(failures).toEqual([]);
  });
});

test('when a text is no text then the answer names its place', async () => {
  await withService(async ({ post }) => {
    const messageOf = async (path: string, text: unknown): Promise<unknown> =>
      ((await post(path, { text })) as { message: string }).message.replace(/[;,].*/, '');
    expect(await messageOf('/predict', ['a', 'good\0'])).toBe(
      "The request's body/text/1 has the character NUL at UTF-16 unit 4",
    );
    expect(await messageOf('/explain', '\u{1f600}\udc00')).toBe(
      "The request's body/text has half of a surrogate pair at UTF-16 unit 2",
    );
    expect(await messageOf('/predict', ['a', 3])).toBe("The request's body/text/1 must be string");
  });
});

test('when the limits are other ones then they hold', async () => {
  await withService(
    async ({ ask }) => {
      const statusOf = async (text: string | string[]): Promise<number> =>
        (await ask('/predict', { method: 'POST', body: { text } })).status;
      expect(await statusOf('x'.repeat(100))).toBe(200);
      expect(await statusOf('x'.repeat(101))).toBe(400);
      expect(await statusOf(['a', 'b'])).toBe(200);
      expect(await statusOf(['a', 'b', 'c'])).toBe(400);
      expect(await statusOf('x'.repeat(500))).toBe(413);
    },
    { limits: { bodyBytes: 500, texts: 2, predictedCharacters: 100 } },
  );
});

test('when the service itself fails then the client is told no more than that', async () => {
  await withService(async ({ ask, model, failures }) => {
    model.dispose();
    const { status, body } = await ask('/predict', { method: 'POST', body: { text: 'good' } });
    expect({ status, body: JSON.parse(body) as unknown }).toEqual({
      status: 500,
      body: { code: 'ERR_FAILED', message: 'The service failed at this request; its log says why.' },
    });
    expect(failures).toMatchObject([{ code: 'ERR_DISPOSED' }]);
  });
});

test('when too much waits then further requests are turned away, and what waits is answered', async () => {
  await withService(
    async ({ ask }) => {
      const body = { text: Array(1000).fill('good bad film '.repeat(60)) as string[] };
      const answers = await Promise.all(Array.from({ length: 8 }, () => ask('/predict', { method: 'POST', body })));
      const statuses = answers.map(({ status }) => status);
      expect(new Set(statuses)).toEqual(new Set([200, 503]));
      expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(2);
      const turnedAway = answers.find(({ status }) => status === 503);
      expect(turnedAway?.body).toMatch(/^\{"code":"ERR_BUSY",/);
      expect(turnedAway?.headers['retry-after']).toBe('1');
    },
    { limits: { waiting: 2 } },
  );
});

const impatient = { headersMilliseconds: 150, requestMilliseconds: 300, checkMilliseconds: 30 };

test('when a client sends its headers or its body a byte at a time then it is answered 408 and dropped', async () => {
  await withService(
    async ({ port }) => {
      const drip = async (start: string, rest: string): Promise<string | null> => {
        let timer: NodeJS.Timeout | undefined;
        const answer = await talk(port, (socket) => {
          socket.write(start);
          let sent = 0;
          timer = setInterval(() => socket.write(rest[sent++] ?? ' '), 20);
        });
        clearInterval(timer);
        return answer;
      };
      const [headers, body] = await Promise.all([
        drip('', 'GET / HTTP/1.1\r\nx: y'),
        drip(headOfPost('/predict', 1000), '{"text":"a'),
      ]);
      for (const answer of [headers, body]) {
        expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
        expect(answer).toContain('{"code":"ERR_TIMEOUT",');
      }
    },
    { limits: impatient },
  );
});

test('when bytes are no HTTP, or the headers too many, then the answer is an error and the end', async () => {
  await withService(async ({ port }) => {
    const noise = await talk(port, (socket) => socket.write('\u0016\u0003\u0001 hello\r\n\r\n'));
    expect(noise).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n[^]*\{"code":"ERR_BAD_REQUEST",/);
    const many = await talk(port, (socket) => socket.write(`GET / HTTP/1.1\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`));
    expect(many).toMatch(/^HTTP\/1\.1 431 [^]*\{"code":"ERR_HEADERS_TOO_LARGE",/);
  });
});

test('when a client hangs up then its work is dropped', async () => {
  await withService(async ({ ask, port, model, failures }) => {
    const body = JSON.stringify({ text: Array(1000).fill('good') });
    const classifier = model.classifier('merged');
    if (classifier === null) throw new Error('The run has a merged model.');
    const predict = classifier.predict.bind(classifier);
    // Sixteen slices of each request then take a fixed time.
    classifier.predict = (texts) => {
      const end = performance.now() + 5;
      while (performance.now() < end);
      return predict(texts);
    };
    const waiting = async (): Promise<number> => {
      const { body: metrics } = await ask('/metrics');
      return Number(/^imdb_torch_requests_waiting (\d+)$/m.exec(metrics)?.[1]);
    };
    const gone = Array.from({ length: 20 }, () => {
      const socket = connect(port, '127.0.0.1').on('error', () => undefined);
      socket.write(headOfPost('/predict', body.length) + body);
      return socket;
    });
    while ((await waiting()) < gone.length) await sleep(5);
    for (const socket of gone) socket.destroy();
    let turns = 0;
    while ((await waiting()) > 0) {
      turns += 1;
      await sleep(5);
    }
    // The work of all of them would take more than a hundred turns with the other requests.
    expect(turns).toBeLessThan(30);
    expect(failures).toEqual([]);
    const { body: metrics } = await ask('/metrics');
    expect(metrics).not.toContain('route="/predict",status="200"');
  });
});
