import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readNamedRuns } from '../../src/cli/service/named_runs.js';
import { readServeOptions } from '../../src/cli/service/serve_options.js';
import { withTemporaryFolder } from '../helpers.js';

const read = (raw: Record<string, string | string[]>, environment = {}): Record<string, unknown> => ({
  ...readServeOptions(raw, environment),
});

test('when the environment says where to listen then that counts, but the command line goes before it', () => {
  expect(read({})).toMatchObject({ host: '127.0.0.1', port: 8080 });
  const environment = { PORT: '3000', HOST: '0.0.0.0' };
  expect(read({}, environment)).toMatchObject({ host: '0.0.0.0', port: 3000 });
  expect(read({ port: '81', host: '::1' }, environment)).toMatchObject({ host: '::1', port: 81 });
  expect(read({}, { PORT: '', HOST: '' })).toMatchObject({ host: '127.0.0.1', port: 8080 });
  expect(read({ port: '81' }, environment)).toMatchObject({ environment: ['HOST'] });
  // What does not count is not read either.
  expect(read({ port: '81' }, { PORT: 'tcp://10.0.0.1:80' })).toMatchObject({ port: 81 });
});

test.each(['abc', '65536', '-1', '80.5', 'tcp://10.0.0.1:80'])('when PORT is %s then that is told', (port) => {
  expect(() => read({}, { PORT: port })).toThrow(
    `Expected a whole number from 0 to 65535 for PORT of the environment but received "${port}".`,
  );
});

test('when several options are wrong then each is named', () => {
  const wrong = (): unknown => read({ log: 'xml', prefix: 'api', cors: ['films.example'] }, { PORT: 'x', HOST: ' ' });
  for (const name of ['--log', '--prefix', '--cors', 'PORT of the environment', 'HOST of the environment'])
    expect(wrong).toThrow(`for ${name} but received`);
});

test.each([
  ['/', ''],
  ['/api', '/api'],
  ['/a-b/v1.2/~c_d', '/a-b/v1.2/~c_d'],
])('when the prefix is %s then paths begin with "%s"', (given, prefix) => {
  expect(read({ prefix: given })).toMatchObject({ prefix });
});

test.each(['api', '/api/', '//', '/a//b', '/../x', '/a/.', '/:model', '/a b', '/*', '/%2e', ''])(
  'when the prefix is "%s" then it is refused',
  (prefix) => {
    expect(() => read({ prefix })).toThrow('--prefix');
  },
);

test('when origins are as browsers send them then they are taken, else refused', () => {
  expect(read({ cors: ['https://a.example,http://localhost:3000', '*'] })).toMatchObject({
    cors: ['https://a.example', 'http://localhost:3000', '*'],
  });
  for (const wrong of [
    'a.example',
    'https://a.example/',
    'https://A.example',
    'https://a.example:443',
    'null',
    'file:///x',
  ])
    expect(() => read({ cors: [wrong] })).toThrow('--cors');
});

test('when runs have names then these are theirs, else the names of their folders', async () => {
  await withTemporaryFolder(async (folder) => {
    expect(readNamedRuns(['a=runs/x=1', 'runs/b', 'runs/c=d', './e/'])).toEqual([
      { name: 'a', run: 'runs/x=1' },
      { name: 'b', run: 'runs/b' },
      { name: 'c=d', run: 'runs/c=d' },
      { name: 'e', run: './e/' },
    ]);
    await mkdir(join(folder, 'a=b'));
    const before = process.cwd();
    process.chdir(folder);
    try {
      expect(readNamedRuns(['a=b'])).toEqual([{ name: 'a=b', run: 'a=b' }]);
    } finally {
      process.chdir(before);
    }
    expect(() => readNamedRuns(['runs/a', 'a=other'])).toThrow('received "a" twice; write NAME=RUN.');
  });
});
