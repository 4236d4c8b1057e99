import { expect, test } from '@jest/globals';
import type { LoggedRequest } from '../../src/serve/request_log.js';
import { withService } from './helpers.js';

test('when requests are answered then each is logged without its texts, keys and path', async () => {
  const logged: LoggedRequest[] = [];
  await withService(
    async ({ ask }) => {
      const headers = { 'content-type': 'application/json', 'x-request-id': 'abc-1.2', 'x-api-key': 'secret' };
      const answer = await ask('/api/predict', { method: 'POST', body: { text: ['private words', 'good'] }, headers });
      expect(answer.headers['x-request-id']).toBe('abc-1.2');
      await ask('/api/models/run/explain', { method: 'POST', body: { text: 'private words' } });
      await ask('/api/predict', { method: 'POST', body: '{"text":"private' });
      await ask('/private/words?private');
      await ask('/%zz?private');
      await ask('/api/healthz');
      const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      const id = expect.stringMatching(/^[\da-f-]{36}$/);
      const milliseconds = expect.any(Number);
      const rest = { time, id, milliseconds, method: 'GET', model: null, texts: 0 };
      const asked = { ...rest, method: 'POST', model: 'run' };
      expect(logged).toEqual([
        { ...asked, id: 'abc-1.2', route: '/api/predict', status: 200, texts: 2 },
        { ...asked, route: '/api/models/:model/explain', status: 200, texts: 1 },
        { ...asked, route: '/api/predict', status: 400, model: null, texts: 0 },
        { ...rest, route: null, status: 404 },
        { ...rest, route: null, status: 400 },
        { ...rest, route: '/api/healthz', status: 200 },
      ]);
      expect(JSON.stringify(logged)).not.toMatch(/private|secret/);
      expect(logged[0]?.milliseconds).toBeGreaterThan(0);
    },
    { prefix: '/api', onAnswered: (request) => logged.push(request) },
  );
});

test('when an id is none to write down then the request gets another one', async () => {
  await withService(async ({ ask }) => {
    const idOf = async (given: string): Promise<unknown> =>
      (await ask('/healthz', { headers: { 'x-request-id': given } })).headers['x-request-id'];
    for (const sane of ['a', '00-4bf92f3577b34da6-01', 'Root=1-67891233-abc', 'x'.repeat(128)])
      expect(await idOf(sane)).toBe(sane);
    for (const odd of ['', 'a b', '{"a":1}', 'x'.repeat(129), '\u00e4', "a'b"])
      expect(await idOf(odd)).toMatch(/^[\da-f]{8}-[\da-f-]{27}$/);
    expect((await ask('/healthz')).headers['x-request-id']).not.toBe((await ask('/healthz')).headers['x-request-id']);
    expect((await ask('/%zz', { headers: { 'x-request-id': 'mine' } })).headers['x-request-id']).toBe('mine');
  });
});
