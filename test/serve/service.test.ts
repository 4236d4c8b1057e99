import { expect, jest, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { explainText } from '../../src/portable/explanation.js';
import { TextClassifier } from '../../src/model/text_classifier.js';
import type { ExplanationAnswer } from '../../src/report/documents/answers.js';
import { explanationAnswer } from '../../src/report/console/explanation.js';
import { packageVersion } from '../../src/setup/package_root.js';
import { Vocabulary } from '../../src/text/vocabulary.js';
import { logitsByHand, softmaxByHand } from '../model/helpers.js';
import { withService } from './helpers.js';

/** Differences of a few float64 numbers of about 1. */
const digits = 12;

test.each(['off', 'on', 'merged'] as const)(
  'when one text is sent for the adapter %s then its prediction is the one by hand',
  async (adapter) => {
    await withService(async ({ post, run }) => {
      const answer = await post('/predict', { text: 'a good film', adapter });
      const [neg = NaN, pos = NaN] = softmaxByHand(logitsByHand(run, [0, 1, 3], adapter));
      expect(answer).toEqual({
        label: neg > pos ? 'neg' : 'pos',
        probability: expect.closeTo(Math.max(neg, pos), digits),
        probabilities: { neg: expect.closeTo(neg, digits), pos: expect.closeTo(pos, digits) },
      });
      if (adapter !== 'merged') return;
      expect(await post('/predict', { text: 'a good film' })).toEqual(answer);
    });
  },
);

test('when many texts are sent then each has its prediction, in their order', async () => {
  await withService(
    async ({ post }) => {
      const some = ['good', '', 'bad bad film', 'not \u{1f600}', '<script>', 'not good'];
      const text = Array.from({ length: 1000 }, (_, k) => `${some[k % some.length] ?? ''}${k % 7 ? '' : ' bad'}`);
      const alone = await Promise.all(text.slice(0, 42).map((one) => post('/predict', { text: one })));
      expect(await post('/predict', { text })).toEqual({ predictions: text.map((_, k) => alone[k % 42]) });
      expect(await post('/predict', { text: [] })).toEqual({ predictions: [] });
    },
    { classes: ['bad', 'fair', '__proto__'] },
  );
});

test('when a text is empty then the answer says so instead of guessing, as that of predict --json', async () => {
  await withService(async ({ post }) => {
    const empty = { label: null, probability: null, problem: 'empty' };
    for (const text of ['', ' \n\t\u00a0']) {
      expect(await post('/predict', { text })).toEqual(empty);
      expect(await post('/explain', { text })).toEqual(empty);
    }
    const good = await post('/predict', { text: 'good' });
    expect(await post('/predict', { text: ['', 'good', ' '] })).toEqual({ predictions: [empty, good, empty] });
  });
});

test('when a body has a byte order mark, or says that it is UTF-8 and not encoded, then it is read', async () => {
  await withService(async ({ ask, post }) => {
    const expected = await post('/predict', { text: 'good' });
    const types = ['application/json', 'application/json;charset="utf-8"', 'Application/JSON; Charset=UTF-8'];
    for (const type of types) {
      const headers = { 'content-type': type, 'content-encoding': 'identity' };
      const { body } = await ask('/predict', { method: 'POST', body: '\ufeff{"text":"good"}', headers });
      expect({ type, answer: JSON.parse(body) as unknown }).toEqual({ type, answer: expected });
    }
  });
});

test('when models are not ready then what asks them is answered 503, and the first text finds all made', async () => {
  await withService(
    async ({ ask, post, models, model }) => {
      for (const path of ['/readyz', '/model', '/models']) {
        const { status, headers, body } = await ask(path);
        expect({ path, status, retry: headers['retry-after'] }).toEqual({ path, status: 503, retry: '1' });
        expect(body).toMatch(/^\{"code":"ERR_STARTING",/);
      }
      for (const path of ['/healthz', '/', '/metrics']) expect([path, (await ask(path)).status]).toEqual([path, 200]);
      models.put(model.name, model);
      expect((await ask('/readyz')).status).toBe(200);
      const made = jest.spyOn(Vocabulary.prototype, 'words', 'get');
      for (const adapter of ['off', 'on', 'merged']) await post('/explain', { text: 'good film', adapter });
      expect(made).not.toHaveBeenCalled();
      made.mockRestore();
    },
    { isReady: false },
  );
});

test('when a text is explained then the answer is what the library says', async () => {
  await withService(async ({ post, run }) => {
    const text = 'Not good, not a film! \u{1f600} bad';
    const answer = (await post('/explain', { text, adapter: 'off' })) as ExplanationAnswer;
    using classifier = await TextClassifier.open(run.path, { adapter: 'off' });
    expect(answer).toEqual(explanationAnswer(explainText(classifier, text), classifier.classes));
    expect(answer.prediction).toEqual(await post('/predict', { text, adapter: 'off' }));
    expect(await post('/explain', { text: ' !' })).toMatchObject({ words: [] });
  });
});

test('when the model is asked for then name, classes, adapters and limits are told, and no path', async () => {
  await withService(
    async ({ ask, run }) => {
      const { body } = await ask('/model');
      expect(JSON.parse(body)).toEqual({
        name: 'run',
        version: packageVersion(),
        command: 'train',
        test: null,
        classes: ['neg', 'pos'],
        classesByAdapter: { off: ['neg', 'pos'], on: ['neg', 'pos'], merged: ['neg', 'pos'] },
        engine: 'fused',
        features: 5,
        hidden: 3,
        adapters: ['off', 'on', 'merged'],
        adapter: 'merged',
        limits: {
          bodyBytes: 1 << 20,
          texts: 10,
          predictedCharacters: 100_000,
          explainedCharacters: 100_000,
        },
      });
      expect(body).not.toContain(run.path);
    },
    { limits: { texts: 10 } },
  );
});

interface OpenApi {
  paths: Record<string, Record<string, { responses: Record<string, { content: Record<string, { schema: object }> }> }>>;
}

const text = 'not a good film';
const requests: [path: string, body?: object][] = [
  ['/healthz'],
  ['/readyz'],
  ['/model'],
  ['/models'],
  ['/models/{model}'],
  ['/predict', { text }],
  ['/predict', { text: [text, ''] }],
  ['/predict', { text: 3 }],
  ['/explain', { text }],
  ['/explain', {}],
  ['/models/{model}/predict', { text: [text] }],
  ['/models/{model}/explain', { text }],
];

test('when answers are compared with /openapi.json then each is as described, failures too', async () => {
  await withService(async ({ ask }) => {
    const description = JSON.parse((await ask('/openapi.json')).body) as OpenApi;
    const ajv = new Ajv2020({ strict: false }).addSchema(description, 'openapi');
    const pointer = (...parts: string[]): string =>
      parts.map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1')).join('/');
    for (const [path, body] of requests) {
      const method = body === undefined ? 'GET' : 'POST';
      const answer = await ask(path.replace('{model}', 'run'), { method, ...(body && { body }) });
      const status = answer.status === 200 ? '200' : '4XX';
      const place = pointer('paths', path, method.toLowerCase(), 'responses', status, 'content');
      const check = ajv.compile({ $ref: `openapi#/${place}/${pointer('application/json')}/schema` });
      check(JSON.parse(answer.body));
      expect({ path, body, problems: check.errors }).toEqual({ path, body, problems: null });
    }
    const ofModels = [
      '/explain',
      '/model',
      '/models',
      '/models/{model}',
      '/models/{model}/explain',
      '/models/{model}/predict',
    ];
    const routes = [...ofModels, '/predict', '/healthz', '/metrics', '/readyz'];
    expect(Object.keys(description.paths).sort()).toEqual(routes.sort());
  });
});

test('when requests have been answered then the metrics have counted them', async () => {
  await withService(async ({ ask, post }) => {
    await post('/predict', { text: ['good', 'bad'] });
    await post('/explain', { text: 'good' });
    await ask('/nowhere');
    const response = await ask('/metrics');
    expect(response.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
    const lines = response.body.split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        'imdb_torch_texts_total{route="/predict",model="run"} 2',
        'imdb_torch_texts_total{route="/explain",model="run"} 1',
        'imdb_torch_requests_waiting 0',
        'http_request_duration_seconds_count{method="POST",route="/predict",status="200"} 1',
        'http_request_duration_seconds_count{method="GET",route="none",status="404"} 1',
      ]),
    );
    expect(response.body).toMatch(/^process_resident_memory_bytes \d+$/m);
    expect(response.body).not.toContain('nowhere');
  });
});

test('when anything is answered then it comes with the security headers', async () => {
  await withService(async ({ ask }) => {
    for (const path of ['/', '/model', '/nowhere', '/%zz']) {
      const { headers } = await ask(path);
      expect(headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self';/);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
      });
      expect(headers).not.toHaveProperty('access-control-allow-origin');
    }
    const page = await ask('/');
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.body).not.toMatch(/https?:|<script>|style=/);
  });
});
