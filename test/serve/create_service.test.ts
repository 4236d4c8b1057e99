import { expect, test } from '@jest/globals';
import fastify from 'fastify';
import { TextClassifier } from '../../src/model/text_classifier.js';
import { createService } from '../../src/serve/create_service.js';
import { withTemporaryFolder } from '../helpers.js';
import { writeSmallRun } from '../model/helpers.js';
import { askApp } from './helpers.js';

async function withClassifier(use: (classifier: TextClassifier, run: string) => Promise<void>): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    const { path } = await writeSmallRun(folder, { adapter: true, adapterClasses: ['mild', 'strong'] });
    using classifier = await TextClassifier.open(path, { adapter: 'off' });
    await use(classifier, path);
  });
}

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
