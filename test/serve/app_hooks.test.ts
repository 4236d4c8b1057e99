/** What an app of one's own throws at routes of the service, and what the service itself answers there. */
import { expect, test } from '@jest/globals';
import fastify, { type FastifyInstance } from 'fastify';
import { createService } from '../../src/serve/create_service.js';
import { withClassifier } from './own_app.js';

/** What hooks of an app throw, and what it answers then anywhere. */
const thrown = [
  [{ statusCode: 401, message: 'Unauthorized' }, 401],
  [{ statusCode: 429, message: 'Slow down' }, 429],
  [{ statusCode: 503, message: 'Under pressure', code: 'FST_UNDER_PRESSURE' }, 503],
  [{ message: 'broken' }, 500],
] as const;

test.each(thrown)(
  'when a hook of the app throws %p then it is answered as elsewhere in the app',
  async (error, status) => {
    await withClassifier(async (classifier) => {
      const failures: unknown[] = [];
      const app = fastify();
      app.addHook('onRequest', () => Promise.reject(Object.assign(new Error(), error)));
      app.get('/own', () => 'own');
      await app.register(createService(classifier, { onFailure: (failure) => failures.push(failure) }));
      const answers = [
        await app.inject('/own'),
        await app.inject('/model'),
        await app.inject({ method: 'POST', url: '/predict', payload: { text: 'a' } }),
      ] as const;
      expect(answers.map(({ statusCode }) => statusCode)).toEqual([status, status, status]);
      expect(answers[0].json()).toMatchObject({ message: error.message });
      for (const answer of answers) expect(answer.json()).toEqual(answers[0].json());
      expect(failures).toEqual([]);
      await app.close();
    });
  },
);

/** The questions that the service refuses itself. */
async function refusals(app: FastifyInstance): Promise<unknown[]> {
  const headers = { 'content-type': 'application/json' };
  const ask = async (payload: string, type = headers['content-type']): Promise<unknown> =>
    (await app.inject({ method: 'POST', url: '/predict', payload, headers: { 'content-type': type } })).json();
  return [
    await ask('{"text":3}'),
    await ask('{'),
    await ask(''),
    await ask('a', 'text/plain'),
    await ask(`{"text":"${'a'.repeat(3000)}"}`),
  ];
}

test('when the app has an error handler of its own then what the service refuses is still answered by it', async () => {
  await withClassifier(async (classifier) => {
    const app = fastify();
    app.setErrorHandler(() => ({ own: true }));
    await app.register(createService(classifier, { limits: { bodyBytes: 2000 } }));
    const codes = ['ERR_BAD_REQUEST', 'ERR_BAD_REQUEST', 'ERR_BAD_REQUEST', 'ERR_MEDIA_TYPE', 'ERR_TOO_LARGE'];
    expect(await refusals(app)).toMatchObject(codes.map((code) => ({ code })));
    await app.close();
  });
});
