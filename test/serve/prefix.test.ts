import { expect, test } from '@jest/globals';
import { withService } from './helpers.js';

test('when there is a prefix then all is below it, and nothing beside', async () => {
  await withService(
    async ({ ask, post }) => {
      expect(await post('/films/v1/predict', { text: 'good' })).toHaveProperty('label');
      for (const path of [
        '/',
        '/model',
        '/models',
        '/models/run',
        '/healthz',
        '/readyz',
        '/metrics',
        '/main.js',
        '/openapi.json',
      ])
        expect([path, (await ask(`/films/v1${path}`)).status, (await ask(path)).status]).toEqual([path, 200, 404]);
      const { status, headers } = await ask('/films/v1');
      expect([status, headers.location]).toEqual([308, 'v1/']);
      const page = (await ask('/films/v1/')).body;
      const links = [...page.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, link = '']) => link);
      expect(links.length).toBeGreaterThan(4);
      for (const link of links) {
        const path = new URL(link, 'http://localhost/films/v1/').pathname;
        expect([link, (await ask(path)).status]).toEqual([link, 200]);
      }
    },
    { prefix: '/films/v1' },
  );
});

test('when there is a prefix then the OpenAPI and messages have it', async () => {
  await withService(
    async ({ ask, post }) => {
      const description = JSON.parse((await ask('/api/openapi.json')).body) as { servers: object; paths: object };
      expect(description.servers).toEqual([{ url: '/api' }]);
      expect(Object.keys(description.paths)).toContain('/models/{model}/predict');
      expect(await post('/api/predict', {})).toMatchObject({
        message: expect.stringContaining('; /api/openapi.json says'),
      });
      expect((await ask('/')).body).toContain('/api/openapi.json says what there is');
      const wrong = await ask('/api/models/run/predict');
      expect([wrong.status, wrong.headers.allow]).toEqual([405, 'POST']);
    },
    { prefix: '/api' },
  );
  await withService(async ({ ask }) => {
    const description = JSON.parse((await ask('/openapi.json')).body) as { servers: object };
    expect(description.servers).toEqual([{ url: '/' }]);
  });
});
