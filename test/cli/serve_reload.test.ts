import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { withTemporaryFolder } from '../helpers.js';
import { writeSmallRun } from '../model/helpers.js';
import { main } from './helpers.js';

interface Started {
  url: string;
  child: ChildProcess;
  /** What is on stderr. */
  said: () => string;
}

/** Starts `serve` and runs `use` once it says where it listens. */
async function withServe(
  cwd: string,
  args: readonly string[],
  use: (started: Started) => Promise<void>,
  environment: NodeJS.ProcessEnv = { PORT: '0' },
): Promise<void> {
  const env = { ...process.env, ...environment };
  const child = spawn(process.execPath, [main, 'serve', '--json', ...args], { cwd, env });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  try {
    let document = '';
    while (!document.endsWith('}\n')) document += String((await once(child.stdout, 'data'))[0]);
    const { url } = JSON.parse(document) as { url: string };
    await use({ url, child, said: () => said });
  } finally {
    child.kill('SIGKILL');
  }
}

interface Label {
  label: string;
}

/** How long it takes says nothing: the time limit of the test is for what never comes. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(25);
}

/** The time limit of tests in which a slow machine opens models while it answers. */
const timeLimit = 240_000;

/** A folder with the runs `one/run` and `two/run`, whose classes differ, and a link `current` to the first. */
async function withRuns(
  use: (cwd: string, move: (name: string) => Promise<void>) => Promise<void>,
  options: { adapter?: boolean } = {},
): Promise<void> {
  await withTemporaryFolder(async (cwd) => {
    for (const [name, classes] of Object.entries({ one: ['neg', 'pos'], two: ['glad', 'sad'] })) {
      await mkdir(join(cwd, name));
      await writeSmallRun(join(cwd, name), { ...options, classes });
    }
    const move = async (name: string): Promise<void> => {
      await symlink(join(name, 'run'), join(cwd, 'next'));
      await rename(join(cwd, 'next'), join(cwd, 'current'));
    };
    await move('one');
    await use(cwd, move);
  });
}

test(
  'when SIGHUP comes, or --watch sees a link move, then the new model answers and no request fails',
  async () => {
    for (const byWatch of [false, true]) {
      await withRuns(async (cwd, move) => {
        await withServe(cwd, ['current', ...(byWatch ? ['--watch'] : [])], async ({ url, child, said }) => {
          const failed: unknown[] = [];
          const labels = new Set<string>();
          const asking = new AbortController();
          const ask = async (): Promise<void> => {
            while (!asking.signal.aborted) {
              const headers = { 'content-type': 'application/json' };
              const answer = await fetch(`${url}predict`, { method: 'POST', headers, body: '{"text":"good"}' });
              if (answer.status !== 200) failed.push(answer.status);
              labels.add(((await answer.json()) as { label: string }).label);
            }
          };
          const clients = Array.from({ length: 4 }, ask);
          await until(() => labels.size === 1);
          await move('two');
          if (!byWatch) child.kill('SIGHUP');
          await until(() => said().includes('Read the model current anew.'));
          await until(() => labels.size === 2);
          asking.abort();
          await Promise.all(clients);
          expect(failed).toEqual([]);
          expect(await (await fetch(`${url}model`)).json()).toMatchObject({
            name: 'current',
            classes: ['glad', 'sad'],
          });
          child.kill('SIGTERM');
          expect(await once(child, 'exit')).toEqual([0, null]);
        });
      });
    }
  },
  timeLimit,
);

test.each([
  ['auto', 'fused'],
  ['portable', 'portable'],
])(
  'when the engine is %s then a model that is read anew has the engine %s and all adapters, as at the start',
  async (choice, engine) => {
    const use = async (cwd: string, move: (name: string) => Promise<void>): Promise<void> => {
      await withServe(cwd, ['current', '--engine', choice], async ({ url, child, said }) => {
        const adapters = ['off', 'on', 'merged'];
        const aboutNow = async (): Promise<unknown> => (await fetch(`${url}model`)).json();
        const headers = { 'content-type': 'application/json' };
        const labelsNow = async (): Promise<unknown[]> =>
          Promise.all(
            adapters.map(async (adapter) => {
              const body = JSON.stringify({ text: 'good', adapter });
              return ((await (await fetch(`${url}predict`, { method: 'POST', headers, body })).json()) as Label).label;
            }),
          );
        expect(await aboutNow()).toMatchObject({ engine, adapters, classes: ['neg', 'pos'] });
        const names: Readonly<Record<string, string>> = { neg: 'glad', pos: 'sad' };
        const expected = (await labelsNow()).map((label) => names[String(label)]);
        await move('two');
        child.kill('SIGHUP');
        await until(() => said().includes('Read the model current anew.'));
        expect(await aboutNow()).toMatchObject({ engine, adapters, classes: ['glad', 'sad'] });
        expect(await labelsNow()).toEqual(expected);
      });
    };
    await withRuns(use, { adapter: true });
  },
  timeLimit,
);

test(
  'when SIGHUP comes while the models are read for the first time then they are read once more',
  async () => {
    await withRuns(async (cwd) => {
      // The service reads a pipe for as long as somebody may still write to it.
      const keys = join(cwd, 'keys');
      execFileSync('mkfifo', ['-m', '600', keys]);
      const args = [main, 'serve', 'current', '--api-key-file', 'keys', '--port', '0'];
      const child = spawn(process.execPath, args, { cwd });
      let said = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
      try {
        const first = await open(keys, 'w');
        child.kill('SIGHUP');
        await first.writeFile('key-of-the-first-day\n');
        await writeFile(join(cwd, 'next'), 'key-of-the-second-day\n', { mode: 0o600 });
        await rename(join(cwd, 'next'), keys);
        await first.close();
        await until(() => said.includes('Read the keys of keys anew.'));
        await until(() => said.includes('Read the model current anew.'));
        child.kill('SIGTERM');
        expect(await once(child, 'exit')).toEqual([0, null]);
      } finally {
        child.kill('SIGKILL');
      }
    });
  },
  timeLimit,
);

test('when the new model is broken then that is told and the old one stays', async () => {
  await withRuns(async (cwd) => {
    await withServe(cwd, ['current', '--watch'], async ({ url, said }) => {
      await writeFile(join(cwd, 'one', 'run', 'model.safetensors'), 'broken');
      await until(() => said().includes('Cannot read the model current anew, so the one before stays: '));
      expect((await fetch(`${url}readyz`)).status).toBe(200);
      expect(await (await fetch(`${url}model`)).json()).toMatchObject({ classes: ['neg', 'pos'] });
    });
  });
});

test('when there are several runs, keys and a log then each is as asked for, and keys are read anew', async () => {
  await withRuns(async (cwd) => {
    await writeFile(join(cwd, 'keys'), 'key-of-the-first-day\n', { mode: 0o600 });
    const args = ['a=one/run', 'b=two/run', '--api-key-file', 'keys', '--log', 'json', '--prefix', '/api', '--quiet'];
    await withServe(cwd, args, async ({ url, child, said }) => {
      expect(url).toMatch(/:\d+\/api\/$/);
      const statusOf = async (key: string): Promise<number> =>
        (await fetch(`${url}models/b`, { headers: { 'x-api-key': key, 'x-request-id': 'mine' } })).status;
      expect([await statusOf('key-of-the-first-day'), await statusOf('key-of-the-second-day')]).toEqual([200, 401]);
      await writeFile(join(cwd, 'keys'), 'key-of-the-second-day\n');
      child.kill('SIGHUP');
      await until(() => said().includes('Read the model b anew.'));
      expect([await statusOf('key-of-the-first-day'), await statusOf('key-of-the-second-day')]).toEqual([401, 200]);
      await until(() => said().split('"status":').length === 5);
      const lines = said()
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(lines.filter(({ id }) => id === 'mine').map(({ route, status }) => [route, status])).toEqual([
        ...[200, 401, 401, 200].map((status) => ['/api/models/:model', status]),
      ]);
      expect(lines.map(({ message }) => message)).toContain('Read the keys of keys anew.');
      expect(said()).not.toContain('day');
    });
  });
});

test('when HOST and PORT of the environment say where then it listens there', async () => {
  await withRuns(async (cwd) => {
    const environment = { HOST: '0.0.0.0', PORT: '0' };
    await withServe(
      cwd,
      ['current'],
      async ({ url, said }) => {
        expect(url).toMatch(/^http:\/\/0\.0\.0\.0:/);
        expect((await fetch(`${url}healthz`)).status).toBe(200);
        await until(() => said().includes('HOST of the environment says to listen on 0.0.0.0; --host 127.0.0.1 has'));
      },
      environment,
    );
  });
});
