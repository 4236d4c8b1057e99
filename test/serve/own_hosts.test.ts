import { hostname } from 'node:os';
import { expect, test } from '@jest/globals';
import { talk, withService } from './helpers.js';

const own = [
  'localhost',
  'LOCALHOST:80',
  'localhost.',
  '127.0.0.1:8080',
  '127.0.0.5',
  '[::1]',
  '[::1]:99',
  '[::ffff:127.0.0.1]',
];
const foreign = [
  ...[
    'evil.example',
    'evil.example:8080',
    'localhost.evil.example',
    'evil.localhost.example',
    '127.0.0.1.evil.example',
  ],
  ...['192.0.2.1', '[2001:db8::1]', 'localhost@evil.example', 'evil.example/localhost', 'a b', '[::1', 'localhost:x'],
];

async function statusOf(port: number, host: string | null, version = '1.1'): Promise<string> {
  const line = host === null ? '' : `host: ${host}\r\n`;
  const forwarded = 'x-forwarded-host: localhost\r\nforwarded: host=localhost\r\n';
  const request = `GET /model HTTP/${version}\r\n${line}${forwarded}connection: close\r\n\r\n`;
  const answer = await talk(port, (socket) => socket.write(request));
  return `${host ?? 'none'} ${/^HTTP\/1\.1 (\d+)/.exec(answer ?? '')?.[1] ?? ''} ${/ERR_\w+/.exec(answer ?? '')?.[0] ?? ''}`;
}

test('when the Host is no name of the service then nothing is answered, whoever is said to have forwarded it', async () => {
  await withService(async ({ port }) => {
    for (const host of own) expect(await statusOf(port, host)).toBe(`${host} 200 `);
    for (const host of [...foreign, hostname()]) expect(await statusOf(port, host)).toBe(`${host} 403 ERR_HOST`);
    for (const version of ['1.0', '1.1']) expect(await statusOf(port, null, version)).toBe('none 400 ERR_BAD_REQUEST');
  });
});

test('when names are allowed then these are served, too, and * stands for all', async () => {
  const allowedHosts = ['films.example', 'B\u00dcCHER.example', '::2'];
  await withService(
    async ({ port }) => {
      for (const host of ['films.example', 'Films.Example.:443', 'xn--bcher-kva.example', '[::2]:1', 'localhost'])
        expect(await statusOf(port, host)).toBe(`${host} 200 `);
      expect(await statusOf(port, 'other.films.example')).toBe('other.films.example 403 ERR_HOST');
    },
    { allowedHosts },
  );
  await withService(
    async ({ port }) => {
      expect(await statusOf(port, 'evil.example')).toBe('evil.example 200 ');
    },
    {
      allowedHosts: ['*'],
    },
  );
});

test('when it listens on all addresses then these and the names of the machine are its own', async () => {
  await withService(
    async ({ port }) => {
      for (const host of ['192.0.2.1', '[2001:db8::1]:80', '0.0.0.0', `${hostname()}:1`, 'localhost'])
        expect(await statusOf(port, host)).toBe(`${host} 200 `);
      expect(await statusOf(port, 'evil.example')).toBe('evil.example 403 ERR_HOST');
    },
    { host: '0.0.0.0' },
  );
});
