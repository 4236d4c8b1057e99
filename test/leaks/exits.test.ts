/** However a process ends while native objects are alive, it ends as a process without any would. */
import { expect, test } from '@jest/globals';
import { runScript } from './support/child.js';

test.each([
  ['end', 0],
  ['exit', 3],
  ['exitInCallback', 4],
  ['exitInTimer', 5],
  ['exitWhileWorkerTrains', 6],
  ['useAtExit', 0],
])('when a process ends by %s with live objects then its exit code is %i', (way, code) => {
  expect(runScript('exits.cjs', [way])).toEqual({ code, signal: null, stdout: '', stderr: '' });
});

test.each([
  ['uncaught', 'Error: thrown at last'],
  ['uncaughtInCallback', 'Error: thrown at last'],
  ['uncaughtOfAddon', 'TypeError: Expected a Bags for bags but received 1'],
  ['rejected', 'Error: thrown at last'],
])('when a process ends by %s error then its exit code is 1 and the error is all it says', (way, error) => {
  const { stderr, ...ended } = runScript('exits.cjs', [way]);
  expect(ended).toEqual({ code: 1, signal: null, stdout: '' });
  expect(stderr).toContain(`\n${error}\n    at `);
  // Node's own report of an error ends with its version; one of a crash would follow or stand instead.
  expect(stderr.trimEnd()).toMatch(/\nNode\.js v[\d.]+$/);
});

test('when a process is terminated while it trains then the signal ends it', () => {
  expect(runScript('exits.cjs', ['terminated'])).toEqual({
    code: null,
    signal: 'SIGTERM',
    stdout: '',
    stderr: '',
  });
});

/** The loader of glibc says on request whose destructors it calls. */
const onLinux = process.platform === 'linux' ? test : test.skip;
onLinux.each([
  ['exit', 3, '', true],
  ['exitWithoutDestructors', 7, 'said before', false],
])('when a process ends by %s then its exit code is %i and static destructors run or not', (way, ...expected) => {
  const environment = { LD_DEBUG: 'files' };
  const { code, stdout, stderr } = runScript('exits.cjs', [way], { environment });
  expect([code, stdout, /calling fini: .*imdb_torch\.node/.test(stderr)]).toEqual(expected);
});
