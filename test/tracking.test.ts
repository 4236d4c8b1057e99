import { execFile, execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from '@jest/globals';
import { withTemporaryFolder } from './helpers.js';
import { withLocalServer } from './support/local_server.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);

beforeAll(() => {
  execFileSync(process.execPath, [join(root, 'scripts', 'compile_examples.mjs')]);
});

function runExample(name: string, ...args: readonly string[]): Promise<{ stdout: string }> {
  return run(process.execPath, [join(root, 'build', 'examples', `${name}.js`), ...args]);
}

interface Asked {
  path: string | undefined;
  body: Record<string, unknown>;
}

/** Plays a server of MLflow while `use` goes on; it refuses when `refuses` says so. */
async function withServer(refuses: boolean, use: (url: string) => Promise<unknown>): Promise<Asked[]> {
  const asked: Asked[] = [];
  const answer: RequestListener = (request, response) => {
    void json(request).then((body) => {
      asked.push({ path: request.url, body: body as Asked['body'] });
      response.statusCode = refuses ? 400 : 200;
      response.end(JSON.stringify(request.url?.endsWith('create') === true ? { run: { info: { run_id: 'r1' } } } : {}));
    });
  };
  await withLocalServer(answer, use);
  return asked;
}

async function writeRun(path: string): Promise<void> {
  await mkdir(path);
  await writeFile(
    join(path, 'run.json'),
    JSON.stringify({ options: { seed: 1, loss: 'logits', features: {}, clip: null } }),
  );
  const lines = [
    { phase: 'full', epoch: 0, train: { loss: 0.7, accuracy: 0.5 } },
    { phase: 'full', epoch: 1, train: { loss: 0.5 }, valid: { loss: 0.6 } },
    { phase: 'full', test: { accuracy: 0.8 } },
  ];
  await writeFile(join(path, 'metrics.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}

function expectMetrics(metrics: unknown): void {
  const value = (key: string, of: number, step: number): object => ({
    key,
    value: of,
    step,
    timestamp: expect.any(Number),
  });
  expect(metrics).toEqual({
    run_id: 'r1',
    metrics: [
      value('full/loss/train', 0.7, 0),
      value('full/accuracy/train', 0.5, 0),
      value('full/loss/train', 0.5, 1),
      value('full/loss/valid', 0.6, 1),
      value('full/accuracy/test', 0.8, 1),
    ],
  });
}

test('when a run is handed on to MLflow then the server gets its values and parameters', () =>
  withTemporaryFolder(async (folder) => {
    const path = join(folder, 'demo');
    await writeRun(path);
    const asked = await withServer(false, async (url) => {
      const { stdout } = await runExample('mlflow', path, url);
      expect(stdout).toBe(`5 values and 2 parameters of ${path} are run r1.\n`);
    });
    expect(asked.map((each) => each.path)).toEqual(
      ['create', 'log-batch', 'log-batch', 'update'].map((name) => `/api/2.0/mlflow/runs/${name}`),
    );
    const [create, params, metrics, update] = asked.map(({ body }) => body);
    expect(create).toMatchObject({ experiment_id: '0', run_name: 'demo' });
    expect(params).toEqual({
      run_id: 'r1',
      params: [
        { key: 'seed', value: '1' },
        { key: 'loss', value: 'logits' },
      ],
    });
    expectMetrics(metrics);
    expect(update).toMatchObject({ run_id: 'r1', status: 'FINISHED' });
    await withServer(true, (url) => expect(runExample('mlflow', path, url)).rejects.toThrow('runs/create: 400'));
  }));

test('when a training tells of its epochs then each is a line, and the test is the last one', async () => {
  const { stdout } = await runExample('epochs');
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { epoch?: number; test?: object });
  expect(lines).toMatchObject([
    { phase: 'full', epoch: 1, valid: { accuracy: expect.any(Number) } },
    { phase: 'full', epoch: 2, train: { loss: expect.any(Number) } },
    { phase: 'full', test: { accuracy: expect.any(Number) } },
  ]);
});
