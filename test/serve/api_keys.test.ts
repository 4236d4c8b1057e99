import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ApiKeys } from '../../src/serve/api_keys.js';
import { withTemporaryFolder } from '../helpers.js';
import { withService } from './helpers.js';

const [first, second] = ['first-key-0123456789', 'second-key-0123456789'];

async function withKeys(
  use: (keys: ApiKeys, path: string) => Promise<void>,
  text = `${first}\n\n  ${second}\r\n`,
): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    const path = join(folder, 'keys');
    await writeFile(path, text, { mode: 0o600 });
    await use(new ApiKeys(path), path);
  });
}

test('when requests need a key then each of the file does, in either header, and nothing else', async () => {
  await withKeys(async (keys) => {
    expect(await keys.read()).toEqual([]);
    await withService(
      async ({ ask, failures }) => {
        const statusOf = async (headers: Record<string, string>): Promise<number> =>
          (await ask('/model', { headers })).status;
        for (const key of [first, second]) {
          expect(await statusOf({ authorization: `Bearer ${key}` })).toBe(200);
          expect(await statusOf({ authorization: `bearer  ${key} ` })).toBe(200);
          expect(await statusOf({ 'x-api-key': key })).toBe(200);
        }
        const wrong = [first.slice(1), `${first}x`, first.toUpperCase(), `${first}\n${second}`.replace('\n', ' '), 'x'];
        for (const key of wrong) {
          expect(await statusOf({ authorization: `Bearer ${key}` })).toBe(401);
          expect(await statusOf({ authorization: `Basic ${key}` })).toBe(401);
          expect(await statusOf({ 'x-api-key': key })).toBe(401);
        }
        expect(await statusOf({ authorization: first })).toBe(401);
        expect(await statusOf({ 'x-api-key': '' })).toBe(401);
        expect(failures).toEqual([]);
      },
      { keys },
    );
  });
});

test('when a request has no key then it is refused in the form of all refusals, but for what is open', async () => {
  await withKeys(async (keys) => {
    await keys.read();
    await withService(
      async ({ ask }) => {
        const body = { text: 'good' };
        const { status, headers, body: answer } = await ask('/predict', { method: 'POST', body });
        expect([status, headers['www-authenticate']]).toEqual([401, 'Bearer realm="imdb-torch"']);
        expect(JSON.parse(answer)).toMatchObject({
          code: 'ERR_API_KEY',
          message: expect.stringMatching(/received none\.$/),
        });
        const wrong = await ask('/model', { headers: { 'x-api-key': 'x' } });
        expect(wrong.headers['www-authenticate']).toBe('Bearer realm="imdb-torch", error="invalid_token"');
        for (const path of ['/', '/main.js', '/page.css', '/healthz', '/readyz', '/openapi.json'])
          expect([path, (await ask(path)).status]).toEqual([path, 200]);
        for (const path of ['/models', '/models/run', '/metrics', '/nowhere'])
          expect([path, (await ask(path)).status]).toEqual([path, 401]);
        const description = JSON.parse((await ask('/openapi.json')).body) as { security: unknown };
        expect(description.security).toEqual([{ bearer: [] }, { header: [] }]);
      },
      { keys },
    );
  });
});

test('when keys are read again then those count, and when that fails those before', async () => {
  await withKeys(async (keys, path) => {
    await keys.read();
    await writeFile(path, second);
    await keys.read();
    expect([keys.has(first), keys.has(second)]).toEqual([false, true]);
    await writeFile(path, 'a b');
    await expect(keys.read()).rejects.toMatchObject({ code: 'ERR_USAGE' });
    expect(keys.has(second)).toBe(true);
  });
});

test('when others can read the keys, or one can be guessed, then that is told', async () => {
  await withKeys(async (keys, path) => {
    await chmod(path, 0o644);
    expect(await keys.read()).toEqual([
      `Other users of this machine can read or change ${path}; chmod 600 keeps them out.`,
      `${path} has a key of fewer than 16 characters, which can be guessed.`,
    ]);
  }, 'short');
});

test.each([
  ['', 'it has none'],
  ['\n \n', 'it has none'],
  ['good-key\nsch\u00f6n', 'line 2 has blanks or other characters'],
  ['two keys', 'line 1 has blanks or other characters'],
])('when a file of keys has %j then it is refused', async (text, problem) => {
  await withKeys(async (keys) => {
    const message = expect.stringContaining(problem);
    await expect(keys.read()).rejects.toMatchObject({ code: 'ERR_USAGE', message });
    expect(keys.has('')).toBe(false);
  }, text);
});

test('when there is no such file then that is told', async () => {
  await expect(new ApiKeys('/nowhere/keys').read()).rejects.toMatchObject({
    code: 'ERR_USAGE',
    message: expect.stringMatching(/^Expected a file with a key a line at \/nowhere\/keys but it cannot be read/),
  });
});
