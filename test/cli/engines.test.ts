/** The engines of the commands that use a model, and a machine with Node alone. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { writeSmallRun } from '../model/helpers.js';
import { withTemporaryFolder } from '../helpers.js';
import { settled } from '../support/nearly_same.js';
import { main, runCli, type CliResult } from './helpers.js';

/** Kernels keep values of features and sums in float32, and the portable engine in float64. */
const singlePrecision = 1e-6;

const words = ['wonderful', 'good', 'fine', 'lovely', 'dreadful', 'bad', 'poor', 'horrible'];
const rows = Array.from({ length: 64 }, (_, k) => {
  const word = words[k % words.length] ?? '';
  return `it was ${word} n${k},${k % words.length < 4 ? 'good' : 'bad'}`;
});
const trainings = {
  linear: ['--preset', 'fast', '--characters', '3-5', '--calibration', 'temperature'],
  hidden: ['--preset', 'notebook', '--hidden', '4', '--epochs', '2'],
} as const;

let folder = '';
let end = (): void => undefined;

/** A folder with a table, runs that were trained on it, and a PATH of Node alone, for all tests. */
beforeAll(async () => {
  await new Promise<void>((resolve, reject) => {
    withTemporaryFolder(async (cwd) => {
      folder = cwd;
      await writeFile(join(cwd, 'table.csv'), ['text,label', ...rows].join('\n'));
      await mkdir(join(cwd, 'bin'));
      await mkdir(join(cwd, 'home'));
      await symlink(process.execPath, join(cwd, 'bin', 'node'));
      for (const [name, options] of Object.entries(trainings)) {
        const trained = await runCli(['train', '--data', 'table.csv', ...options, '--out', name], { cwd });
        if (trained.code !== 0) throw new Error(trained.stderr);
      }
      resolve();
      await new Promise<void>((done) => (end = done));
    }).catch(reject);
  });
});

afterAll(() => {
  end();
});

/** Runs a command where nothing but Node is: no libtorch, no addon, no compiler. */
function runWithNodeAlone(args: readonly string[], input?: string): Promise<CliResult> {
  const nothing = { PATH: join(folder, 'bin'), HOME: join(folder, 'home'), XDG_CACHE_HOME: join(folder, 'home') };
  const home = { IMDB_TORCH_HOME: join(folder, 'home', 'cache'), IMDB_TORCH_LIBTORCH: join(folder, 'home') };
  return runCli(args, { cwd: folder, env: { ...nothing, ...home }, ...(input !== undefined && { input }) });
}

/** Returns what a command prints as JSON, a document or several lines of it. */
function documentsOf({ code, stdout, stderr }: CliResult): unknown[] {
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout
    .trimEnd()
    .split(/\n(?=\{)/)
    .map((text) => JSON.parse(text) as unknown);
}

const text = 'not wonderful, and a dreadfully bad n3';
const commands: [string, (run: string) => string[]][] = [
  ['predict', (run) => ['predict', run, text, 'good', '--json']],
  [
    'predict of a file',
    (run) => ['predict', run, '--file', 'table.csv', '--text-column', 'text', '--keep', 'all', '--json'],
  ],
  ['explain', (run) => ['explain', run, text, '--top', '3', '--json']],
  ['evaluate', (run) => ['evaluate', run, '--split', 'all', '--metric', 'macro-f1', '--json', '--quiet']],
];

test.each(commands)('when %s has one engine or another then the answers are the same', async (_, command) => {
  for (const run of Object.keys(trainings)) {
    const [fused, torch, portable, alone] = await Promise.all([
      ...['fused', 'torch', 'portable'].map((engine) => runCli([...command(run), '--engine', engine], { cwd: folder })),
      runWithNodeAlone(command(run)),
    ]).then((results) => results.map(documentsOf));
    const engineless = (documents: unknown): unknown =>
      JSON.parse(JSON.stringify(documents), (key, value: unknown) => (key === 'engine' ? undefined : value));
    for (const each of [torch, portable, alone]) {
      expect(settled(engineless(each), engineless(fused), singlePrecision)).toEqual(engineless(fused));
    }
    expect(alone).toEqual(portable);
  }
  expect(await readdir(join(folder, 'home'))).toEqual(expect.not.arrayContaining(['libtorch']));
});

test('when there is no addon then evaluate says which engine it was, and saves its predictions', async () => {
  const args = ['evaluate', 'linear', '--json', '--quiet', '--save-predictions'];
  const [alone] = documentsOf(await runWithNodeAlone([...args, 'alone.jsonl']));
  const [usual] = documentsOf(await runCli([...args, 'usual.jsonl'], { cwd: folder }));
  expect(alone).toMatchObject({ engine: 'portable' });
  expect(usual).toMatchObject({ engine: 'fused' });
  const [one, other] = await Promise.all(
    ['alone', 'usual'].map(async (name) => {
      const lines = (await readFile(join(folder, `${name}.jsonl`), 'utf8')).trimEnd().split('\n');
      return lines.map((line) => JSON.parse(line) as unknown);
    }),
  );
  expect(settled(one, other, singlePrecision)).toEqual(other);
});

test('when there is no addon then texts of a pipe are predicted as they are with it', async () => {
  const input = 'a good one\n\nbad, bad n5\n';
  const alone = await runWithNodeAlone(['predict', 'hidden', '-'], input);
  expect(alone).toEqual(await runCli(['predict', 'hidden', '-'], { cwd: folder, input }));
  expect(alone.stdout.split('\n')).toHaveLength(4);
});

test('when there is no addon then --threads has no effect, and that is said', async () => {
  const { code, stderr } = await runWithNodeAlone(['predict', 'hidden', 'good', '--threads', '3']);
  expect(code).toBe(0);
  expect(stderr).toMatch(/^Without the addon one thread computes rather than 3; .*setup.*\n$/);
});

test.each([
  [
    ['--engine', 'portable', '--threads', '2'],
    /^error: Expected the engine fused, torch or auto for 2 threads .*portable/,
  ],
  [['--engine', 'quick'], /^error: Expected one of auto, portable, fused, torch for --engine/],
])('when %j is given then it is refused', async (options, message) => {
  for (const command of [
    ['predict', 'hidden', 'good'],
    ['explain', 'hidden', 'good'],
    ['evaluate', 'hidden'],
    ['serve', 'hidden'],
  ]) {
    const { code, stdout, stderr } = await runCli([...command, ...options], { cwd: folder });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  }
});

test('when an engine of the addon is asked for where there is none then that ends with code 3', async () => {
  const { code, stderr } = await runWithNodeAlone(['predict', 'hidden', 'good', '--engine', 'fused']);
  expect(code).toBe(3);
  expect(stderr).toMatch(/^error: /m);
});

test.each(['fused', 'torch', 'portable'])(
  'when serve has the engine %s then its answers are the same',
  async (engine) => {
    await withTemporaryFolder(async (cwd) => {
      await writeSmallRun(cwd, { adapter: true });
      const child = spawn(process.execPath, [main, 'serve', 'run', '--port', '0', '--engine', engine], { cwd });
      try {
        const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
        const address = /http:\S+/.exec(line)?.[0] ?? '';
        expect(await (await fetch(`${address}model`)).json()).toMatchObject({
          engine,
          adapters: ['off', 'on', 'merged'],
        });
        const headers = { 'content-type': 'application/json' };
        for (const adapter of ['off', 'on', 'merged']) {
          const body = JSON.stringify({ text: 'not good', adapter });
          const answer: unknown = await (await fetch(`${address}explain`, { method: 'POST', headers, body })).json();
          const printed = await runCli(['explain', 'run', 'not good', '--adapter', adapter, '--json'], { cwd });
          const { prediction, logOdds, words: found } = JSON.parse(printed.stdout) as Record<string, unknown>;
          const expected = { prediction, logOdds, words: found };
          expect(settled(answer, expected, singlePrecision)).toEqual(expected);
        }
      } finally {
        child.kill('SIGKILL');
      }
    });
  },
);
