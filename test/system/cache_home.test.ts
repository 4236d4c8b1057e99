import { execFileSync } from 'node:child_process';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { cacheHome } from '../../src/system/cache_home.js';

const { IMDB_TORCH_HOME, XDG_CACHE_HOME } = process.env;

function set(own: string | undefined, xdg: string | undefined): void {
  for (const [name, value] of Object.entries({ IMDB_TORCH_HOME: own, XDG_CACHE_HOME: xdg })) {
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  }
}

afterEach(() => {
  set(IMDB_TORCH_HOME, XDG_CACHE_HOME);
});

test.each([
  ['IMDB_TORCH_HOME is set', 'own', '/xdg', resolve('own')],
  ['only XDG_CACHE_HOME is set', undefined, '/xdg', '/xdg/imdb-torch'],
  ['XDG_CACHE_HOME is relative', undefined, 'xdg', join(homedir(), '.cache/imdb-torch')],
  ['neither is set', undefined, undefined, join(homedir(), '.cache/imdb-torch')],
  ['both are empty', '', '', join(homedir(), '.cache/imdb-torch')],
])('when %s then the cache folder follows', (_, own, xdg, expected) => {
  set(own, xdg);
  expect(cacheHome()).toBe(expected);
});

test('when HOME is empty then the cache is in the folder that the system knows', () => {
  const script = "import('node:os').then((os) => console.log(os.userInfo().homedir))";
  const known = execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' }).trim();
  const cacheHomeModule = new URL('../../dist/system/cache_home.js', import.meta.url).href;
  const env = { PATH: process.env.PATH, HOME: '' };
  const printCache = `import('${cacheHomeModule}').then((module) => console.log(module.cacheHome()))`;
  const cache = execFileSync(process.execPath, ['-e', printCache], { encoding: 'utf8', env }).trim();
  expect(cache).toBe(join(known, '.cache/imdb-torch'));
});
