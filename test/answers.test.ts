/** The programs that pages of docs/ show as the answer to a question. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, lstatSync, readlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from '@jest/globals';
import { readSafetensors } from '../src/storage/safetensors.js';
import { runCli } from './cli/helpers.js';
import { withTemporaryFolder } from './helpers.js';
import { writeSmallRun } from './model/helpers.js';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What a program printed, and its exit code. */
interface Ended {
  status: number | null;
  stdout: string;
}

beforeAll(() => {
  execFileSync(process.execPath, [join(root, 'scripts', 'compile_examples.mjs')]);
});

/** The programs import the package by its name, so they run with what `npm run build` made. */
function runExample(name: string, cwd: string, ...args: readonly string[]): Ended {
  const program = join(root, 'build', 'examples', `${name}.js`);
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { cwd, encoding: 'utf8' });
  expect(stderr).toBe('');
  return { status, stdout };
}

function writeLines(path: string, rows: readonly object[]): void {
  writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
}

/** Tickets that their words tell apart. */
function someTickets(): { text: string; label: string }[] {
  const things = ['printer', 'screen', 'phone', 'mouse', 'router', 'lamp', 'desk', 'chair'];
  const faults = ['broken', 'dark', 'slow', 'lost', 'hot', 'wet', 'loud', 'bent'];
  return things.flatMap((thing) =>
    faults.flatMap((fault) => [
      { text: `The ${thing} is ${fault}, please help.`, label: 'support' },
      { text: `What does a new ${thing} cost, one that is not ${fault}?`, label: 'sales' },
    ]),
  );
}

/** As examples/nightly.ts holds them out. */
function isForTest({ text }: { text: string }): boolean {
  return (createHash('sha256').update(text).digest()[0] ?? 0) < 51;
}

test('when a model is trained every night then the link moves to the new one unless it is worse', () =>
  withTemporaryFolder((folder) => {
    const night = (rows: readonly object[]): Ended & { current: string } => {
      writeLines(join(folder, 'tickets.jsonl'), rows);
      return { ...runExample('nightly', folder), current: readlinkSync(join(folder, 'runs', 'current')) };
    };
    const tickets = someTickets();
    const first = night(tickets);
    expect(first).toMatchObject({ status: 0, stdout: expect.stringMatching(/100\.0 % of \d+ are right/) as unknown });
    expect(existsSync(join(folder, 'runs', first.current, 'run.json'))).toBe(true);

    const swapped = (label: string): string => (label === 'sales' ? 'support' : 'sales');
    const wrong = night(tickets.map((row) => (isForTest(row) ? row : { ...row, label: swapped(row.label) })));
    expect(wrong).toMatchObject({ status: 1, current: first.current });
    expect(wrong.stdout).toMatch(/only the new one on 0 \(p = 0\.000\)\.\ncurrent stays: it is right less often/);

    const second = night(tickets.slice(2));
    expect(second).toMatchObject({ status: 0, stdout: expect.stringMatching(/current is the new run/) as unknown });
    expect(second.current).not.toBe(first.current);
    const renamed = night(tickets.map(({ text, label }) => ({ text, label: `${label} desk` })));
    expect(renamed.status).toBe(0);
    expect(renamed.current > second.current).toBe(true);
    expect(lstatSync(join(folder, 'runs', 'next'), { throwIfNoEntry: false })).toBeUndefined();
    return Promise.resolve();
  }));

test('when presets are tried then each has its figures', () => {
  const lines = runExample('presets', root).stdout.trimEnd().split('\n');
  expect(lines.map((line) => line.replace(/ \d+\.\d/g, ' #'))).toEqual(
    ['fixed', 'fast', 'best', 'auto'].map((name) => `${name}: # % right, probabilities off by # %, # s`),
  );
  const shares = lines.map((line) => Number(/[\d.]+/.exec(line)?.[0]));
  expect(Math.min(...shares)).toBeGreaterThan(90);
});

/** Rows with one of eleven words, of which each tells the class more or less well. */
function noisyRows(): { text: string; label: string }[] {
  const numbers = Array.from({ length: 11 * 80 }, (_, row) => [Math.floor(row / 80), row % 80] as const);
  return numbers.map(([k, n]) => ({
    text: `word${k} and number ${n % 7}`,
    label: (n * 7 + k * 3) % 10 < k ? 'pos' : 'neg',
  }));
}

test('when a threshold is asked for then each class has one that keeps its promise', () =>
  withTemporaryFolder(async (folder) => {
    const rows = noisyRows();
    const half = (rest: number): object[] => rows.filter((_, k) => k % 2 === rest);
    writeLines(join(folder, 'noisy.jsonl'), half(1));
    writeLines(join(folder, 'labelled.jsonl'), half(0));
    await runCli(['train', '--data', 'noisy.jsonl', '--out', 'noisy', '--quiet', '--no-report'], { cwd: folder });
    const [total, ...classes] = runExample('threshold', folder, 'noisy').stdout.trimEnd().split('\n');
    expect(total).toMatch(/^7\d\.\d % are right; probabilities are off by \d\.\d % on average\.$/);
    expect(classes.map((line) => line.slice(0, 3))).toEqual(['neg', 'pos']);
    for (const line of classes) {
      const found = /from (\S+) on (\S+) % of (\d+) are right, a human looks at (\d+) of (\d+)$/.exec(line);
      const [, threshold, right, taken = NaN, left = NaN, all] = found?.map(Number) ?? [];
      expect(threshold).toBeGreaterThan(0.7);
      expect(right).toBeGreaterThan(90);
      expect(left).toBeGreaterThan(20);
      expect(taken + left).toBe(all);
    }
    const { stdout } = runExample('threshold', folder, 'noisy', 'labelled.jsonl', '1.01');
    expect(stdout).toMatch(/\nneg: a human looks at all\npos: a human looks at all\n$/);
  }));

test('when a candidate is good enough then the search ends with it', () => {
  const { stdout } = runExample('stopping', root);
  const best = [...stdout.matchAll(/The best so far: accuracy (\S+)/g)].map(([, value]) => Number(value));
  expect(best.at(-1)).toBeGreaterThanOrEqual(0.96);
  expect(stdout).toMatch(/\nEnded by interrupt, after \d+ candidates\.\nAccuracy on the test reviews: 0\.9\d+\n$/);
});

test('when the size of a run is asked for then its tensors and files are named', () =>
  withTemporaryFolder(async (folder) => {
    const { path } = await writeSmallRun(folder);
    const { stdout } = runExample('model_size', folder, path);
    const { tensors } = await readSafetensors(join(path, 'model.safetensors'));
    for (const [name, { shape, data }] of tensors)
      expect(stdout).toContain(`${name} [${shape.join(', ')}]: ${data.length} numbers\n`);
    expect(stdout).toMatch(/model\.safetensors: \d+\.\d MB\nvocabulary\.txt: \d+\.\d MB\n$/);
  }));

test('when a service is asked whether it is ready then the exit code says so', async () => {
  let status = 200;
  const asked: (string | undefined)[] = [];
  const server = createServer(({ url }, response) => {
    asked.push(url);
    response.writeHead(status).end();
  }).listen(0, '127.0.0.1');
  // A test that fails leaves it open.
  server.unref();
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const exitCode = async (env: Record<string, string> = {}): Promise<unknown> => {
    const program = spawn(process.execPath, [join(root, 'examples', 'ready.mjs')], {
      env: { PORT: `${port}`, ...env },
    });
    return ((await once(program, 'exit')) as unknown[])[0];
  };
  const codes = [await exitCode(), await exitCode({ PREFIX: '/api' })];
  status = 503;
  codes.push(await exitCode());
  server.close();
  codes.push(await exitCode());
  expect(codes).toEqual([0, 0, 1, 1]);
  expect(asked).toEqual(['/readyz', '/api/readyz', '/readyz']);
});
