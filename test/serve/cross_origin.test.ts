import { expect, test } from '@jest/globals';
import { withService, type Answer } from './helpers.js';

const preflight = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' };

function allowed({ headers }: Answer): unknown {
  return headers['access-control-allow-origin'];
}

test('when an origin is allowed then its pages are answered, preflights too, and those of others as ever', async () => {
  await withService(
    async ({ ask }) => {
      const own = await ask('/model', { headers: { origin: 'https://films.example' } });
      expect([own.status, allowed(own), own.headers.vary]).toEqual([200, 'https://films.example', 'origin']);
      const refused = await ask('/nowhere', { headers: { origin: 'https://films.example' } });
      expect([refused.status, allowed(refused)]).toEqual([404, 'https://films.example']);
      const asked = await ask('/predict', {
        method: 'OPTIONS',
        headers: { origin: 'https://other.example:8443', ...preflight },
      });
      expect([asked.status, asked.body]).toEqual([204, '']);
      expect(asked.headers).toMatchObject({
        'access-control-allow-origin': 'https://other.example:8443',
        'access-control-allow-methods': 'GET, HEAD, POST',
        'access-control-allow-headers': 'authorization, content-type, x-api-key, x-request-id',
      });
      for (const origin of ['http://films.example', 'https://films.example.evil', 'https://other.example', 'null']) {
        const foreign = await ask('/predict', { method: 'OPTIONS', headers: { origin, ...preflight } });
        expect([foreign.status, allowed(foreign), foreign.headers.vary]).toEqual([405, undefined, 'origin']);
        expect(allowed(await ask('/model', { headers: { origin } }))).toBeUndefined();
      }
      const plain = await ask('/predict', { method: 'OPTIONS', headers: { origin: 'https://films.example' } });
      expect(plain.status).toBe(405);
    },
    { origins: ['https://films.example', 'https://other.example:8443'] },
  );
});

test('when all origins are allowed then * is answered, and without any nothing is', async () => {
  const headers = { origin: 'https://films.example' };
  await withService(
    async ({ ask }) => {
      expect(allowed(await ask('/model', { headers }))).toBe('*');
      const asked = await ask('/predict', { method: 'OPTIONS', headers: { ...headers, ...preflight } });
      expect([asked.status, allowed(asked)]).toEqual([204, '*']);
    },
    { origins: ['*'] },
  );
  await withService(async ({ ask }) => {
    expect(allowed(await ask('/model', { headers }))).toBeUndefined();
    const asked = await ask('/predict', { method: 'OPTIONS', headers: { ...headers, ...preflight } });
    expect([asked.status, allowed(asked)]).toEqual([405, undefined]);
  });
});
