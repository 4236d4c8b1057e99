import { expect, test } from '@jest/globals';
import fastify from 'fastify';
import { TextClassifier } from '../../src/model/text_classifier.js';
import { createService } from '../../src/serve/create_service.js';
import { askApp } from './helpers.js';
import { withClassifier } from './own_app.js';

test('when an app registers the service then it answers behind the prefix, and the rest of the app is as before', async () => {
  await withClassifier(async (classifier) => {
    const app = fastify();
    const asked: string[] = [];
    app.addHook('onRequest', async ({ url }) => {
      asked.push(url);
      return Promise.resolve();
    });
    app.post<{ Body: { count: number } }>(
      '/own',
      { schema: { body: { type: 'object', properties: { count: { type: 'integer' } } } } },
      ({ body }) => body,
    );
    await app.register(createService(classifier), { prefix: '/films' });
    const { get, post } = askApp(app);
    const [prediction] = classifier.predict(['good']);
    expect(await post('/films/predict', { text: 'good' })).toEqual(prediction);
    expect(await post('/films/models/model/predict', { text: ['good', ''] })).toEqual({
      predictions: [prediction, { label: null, probability: null, problem: 'empty' }],
    });
    expect(await get('/films/model')).toMatchObject({ name: 'model', adapters: ['off'], adapter: 'off', test: null });
    expect(await get('/films/openapi.json')).toMatchObject({ servers: [{ url: '/films' }] });
    expect(await post('/films/predict', { text: 3 })).toMatchObject({ code: 'ERR_BAD_REQUEST' });
    // Its own bodies are made to fit, and its errors are Fastify's.
    expect(await post('/own', { count: '3' })).toEqual({ count: 3 });
    expect(await post('/own', { count: 'x' })).toMatchObject({ statusCode: 400, error: 'Bad Request' });
    const form = await app.inject({
      method: 'POST',
      url: '/own',
      headers: { 'content-type': 'text/plain' },
      body: 'a',
    });
    expect(form.json()).toMatchObject({ statusCode: 400, message: 'body must be object' });
    expect((await app.inject('/films/')).statusCode).toBe(404);
    expect(asked).toContain('/films/predict');
    await app.close();
  });
});

test('when it is registered twice, and beside a description of the app, then each is as it says', async () => {
  await withClassifier(async (classifier, run) => {
    using other = await TextClassifier.open(run);
    const app = fastify();
    await app.register((await import('@fastify/swagger')).default, {
      openapi: { info: { title: 'own', version: '1' } },
    });
    await app.register(createService({ a: classifier, b: other }, { page: true, limits: { texts: 2 } }), {
      prefix: '/x',
    });
    await app.register(createService(other), { prefix: '/y' });
    const { get, post } = askApp(app);
    expect(await get('/x/models')).toMatchObject({ default: 'a', models: [{ name: 'a' }, { name: 'b' }] });
    expect(await post('/x/predict', { text: ['a', 'b', 'c'] })).toMatchObject({ code: 'ERR_BAD_REQUEST' });
    expect((await app.inject('/x/')).headers['content-type']).toBe('text/html; charset=utf-8');
    expect(await get('/y/openapi.json')).toMatchObject({ servers: [{ url: '/y' }], info: { title: 'imdb-torch' } });
    const described = Object.keys(app.swagger().paths ?? {});
    expect(described).toEqual(expect.arrayContaining(['/x/predict', '/y/models/{model}/explain']));
    await app.close();
  });
});

test('when a classifier takes another adapter then answers are those of that adapter', async () => {
  await withClassifier(async (classifier, run) => {
    const app = fastify();
    await app.register(createService(classifier));
    const { get, post } = askApp(app);
    await classifier.adapters.load('own', `${run}/adapter`);
    classifier.adapters.use('own');
    expect(await post('/predict', { text: 'good' })).toEqual(classifier.predict(['good'])[0]);
    expect(await post('/predict', { text: 'good', adapter: 'off' })).toMatchObject({ code: 'ERR_BAD_REQUEST' });
    expect(await get('/model')).toMatchObject({ adapter: 'on', classes: classifier.classes });
    await app.close();
  });
});

test('when the service itself fails then the app is told why, and the client that it did', async () => {
  await withClassifier(async (classifier) => {
    const failures: unknown[] = [];
    const app = fastify();
    await app.register(createService(classifier, { onFailure: (error) => failures.push(error) }));
    classifier.predict = () => {
      throw new Error('secret');
    };
    expect(await askApp(app).post('/predict', { text: 'good' })).toMatchObject({ code: 'ERR_FAILED' });
    expect(failures).toMatchObject([{ message: 'secret' }]);
    await app.close();
  });
});

test('when a limit is undefined then it is the usual one', async () => {
  await withClassifier(async (classifier) => {
    const app = fastify();
    await app.register(createService(classifier, { limits: { texts: undefined, predictedCharacters: 5 } }));
    const { get, post } = askApp(app);
    expect(await get('/model')).toMatchObject({ limits: { texts: 1000, predictedCharacters: 5 } });
    expect(await post('/predict', { text: Array(1001).fill('a') })).toMatchObject({ code: 'ERR_BAD_REQUEST' });
    await app.close();
  });
});

test.each(['/', '/api/', '/a/b/'])('when the prefix is %s then all is as without its last slash', async (prefix) => {
  await withClassifier(async (classifier) => {
    const app = fastify();
    await app.register(createService(classifier, { page: true }), { prefix });
    const { get, post } = askApp(app);
    const page = await app.inject(prefix);
    expect([page.statusCode, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect((await app.inject(`${prefix}main.js`)).statusCode).toBe(200);
    const description = (await get(`${prefix}openapi.json`)) as { servers: { url: string }[]; paths: object };
    expect(description.servers).toEqual([{ url: prefix === '/' ? '/' : prefix.slice(0, -1) }]);
    expect(Object.keys(description.paths)).toEqual(
      expect.arrayContaining(['/models', '/predict', '/models/{model}/explain']),
    );
    expect(await post(`${prefix}predict`, {})).toMatchObject({
      message: expect.stringContaining(`; ${prefix}openapi.json says`),
    });
    await app.close();
  });
});

test('when a classifier has an adapter in its parameters then the service says so, in each thread', async () => {
  await withClassifier(async (_classifier, run) => {
    for (const adapter of ['off', 'on', 'merged'] as const) {
      using own = await TextClassifier.open(run, { adapter });
      using shared = TextClassifier.fromShared(structuredClone(own.share()));
      for (const classifier of [own, shared]) {
        const app = fastify();
        await app.register(createService(classifier));
        const { get, post } = askApp(app);
        expect(await get('/model')).toMatchObject({ adapter, adapters: [adapter], classes: own.classes });
        expect(await post('/predict', { text: 'good', adapter })).toEqual(own.predict(['good'])[0]);
        await app.close();
      }
    }
  });
});

test('when names are whole numbers then the service asks which one is the first', async () => {
  await withClassifier(async (classifier, run) => {
    using other = await TextClassifier.open(run);
    const named = { '2026-b': classifier, 2: other, 1: other };
    expect(() => createService(named)).toThrow(expect.objectContaining({ code: 'ERR_USAGE' }));
    expect(() => createService(named, { default: 'c' })).toThrow(expect.objectContaining({ code: 'ERR_USAGE' }));
    const app = fastify();
    await app.register(createService(named, { default: '2026-b' }), { prefix: '/a' });
    await app.register(createService({ 7: classifier }), { prefix: '/b' });
    const { get } = askApp(app);
    expect(await get('/a/models')).toMatchObject({
      default: '2026-b',
      models: [{ name: '2026-b' }, { name: '1' }, { name: '2' }],
    });
    expect(await get('/a/model')).toMatchObject({ adapter: 'off' });
    expect(await get('/b/models')).toMatchObject({ default: '7' });
    await app.close();
  });
});

test.each([
  [{ pages: true }, '"pages"'],
  [{ limits: { text: 5 } }, '"text"'],
  [{ constructor: 1 }, '"constructor"'],
])('when there is no such option as in %j then it is named', async (options, name) => {
  await withClassifier((classifier) => {
    expect(() => createService(classifier, options as object)).toThrow(
      expect.objectContaining({ code: 'ERR_USAGE', message: expect.stringContaining(name) }),
    );
    return Promise.resolve();
  });
});

test('when there is no classifier, or something else in its place, then that is told', () => {
  const codeOf = (given: unknown): unknown => {
    try {
      return createService(given as TextClassifier);
    } catch (error) {
      return (error as { code?: string }).code;
    }
  };
  expect(codeOf({})).toBe('ERR_USAGE');
  for (const wrong of [null, 'runs/demo', { a: 'runs/a' }]) expect(codeOf(wrong)).toBe('ERR_ARG_TYPE');
});
