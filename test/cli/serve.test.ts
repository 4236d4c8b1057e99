import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { withTemporaryFolder } from '../helpers.js';
import { writeSmallRun } from '../model/helpers.js';
import { headOfPost, talk } from '../serve/helpers.js';
import { main, runCli } from './helpers.js';

test.each(['SIGTERM', 'SIGINT'] as const)(
  'when serve gets %s then it answers what is under way and ends with code 0',
  async (signal) => {
    await withTemporaryFolder(async (cwd) => {
      await writeSmallRun(cwd, { adapter: true });
      const child = spawn(process.execPath, [main, 'serve', 'run', '--port', '0', '--adapter', 'off'], {
        cwd,
      });
      try {
        let errors = '';
        child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
        const ended = once(child, 'close');
        const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
        const url = /^Serving run at (http:\/\/127\.0\.0\.1:\d+\/) \(Ctrl-C ends it\)\.$/.exec(line)?.[1] ?? line;
        const body = JSON.stringify({ text: Array(1000).fill('good bad film '.repeat(60)) });
        const answer = await talk(Number(new URL(url).port), (socket) => {
          socket.write(headOfPost('/predict', body.length) + body.slice(0, 100));
          const finish = async (): Promise<void> => {
            // Its headers are read by now, since those of a later request are.
            await fetch(`${url}healthz`);
            child.kill(signal);
            while (errors === '') await sleep(10);
            socket.write(body.slice(100));
          };
          void finish();
        });
        expect(answer).toMatch(/^HTTP\/1\.1 200 /);
        expect(answer?.match(/"label":"(neg|pos)"/g)).toHaveLength(1000);
        expect(await ended).toEqual([0, null]);
        expect(errors).toBe('Stopping; what is under way is finished first.\n');
      } finally {
        child.kill('SIGKILL');
      }
    });
  },
);

test('when serve listens beyond this machine then it says what that means', async () => {
  await withTemporaryFolder(async (cwd) => {
    await writeSmallRun(cwd);
    const args = ['serve', 'run', '--port', '0', '--host', '0.0.0.0', '--json'];
    const { code, stdout, stderr } = await runCli(args, {
      cwd,
      onOutput: { when: /"port"/, then: (child) => child.kill('SIGTERM') },
    });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ schema: 1, command: 'serve', run: 'run', host: '0.0.0.0' });
    expect(stderr).toMatch(/0\.0\.0\.0 can be reached from other machines.*no password/);
  });
});

test('when serve says where it listens then it is ready, and takes the names that are allowed', async () => {
  await withTemporaryFolder(async (cwd) => {
    await writeSmallRun(cwd);
    const args = [
      main,
      'serve',
      'run',
      '--port',
      '0',
      '--allow-host',
      'films.example, other.example',
      '--allow-host',
      'third.example',
    ];
    const child = spawn(process.execPath, args, { cwd });
    try {
      const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
      const port = Number(/:(\d+)\/ /.exec(line)?.[1]);
      const statusOf = async (host: string): Promise<string | undefined> => {
        const request = `GET /healthz HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`;
        return /^HTTP\/1\.1 (\d+)/.exec((await talk(port, (socket) => socket.write(request))) ?? '')?.[1];
      };
      const hosts = ['localhost', 'films.example', 'other.example:80', 'third.example', 'evil.example'];
      expect(await Promise.all(hosts.map(statusOf))).toEqual(['200', '200', '200', '200', '403']);
    } finally {
      child.kill('SIGKILL');
    }
    for (const names of ['', 'a b', 'http://films.example/'])
      expect(await runCli(['serve', 'run', '--allow-host', names], { cwd })).toMatchObject({ code: 2 });
  });
});

test('when serve cannot listen, or there is no such run or option, then it says so', async () => {
  await withTemporaryFolder(async (cwd) => {
    await writeSmallRun(cwd);
    const other = createServer().listen(0, '127.0.0.1').unref();
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' ? String(address?.port) : '';
    expect(await runCli(['serve', 'run', '--port', port], { cwd })).toEqual({
      code: 1,
      stdout: '',
      stderr: `error: Expected to listen on port ${port} of 127.0.0.1: another program listens there; choose another port with --port.\n`,
    });
    other.close();
    expect(await runCli(['serve', 'nowhere', '--port', '0'], { cwd })).toMatchObject({ code: 4 });
    expect(await runCli(['serve', 'run', '--port', '65536'], { cwd })).toMatchObject({ code: 2 });
    expect(await runCli(['serve', 'run', '--host', 'no such host'], { cwd })).toMatchObject({ code: 1 });
    const named = await runCli(['serve', 'run'], { cwd, env: { HOST: 'no such host', PORT: '0' } });
    expect([named.code, named.stderr]).toEqual([
      1,
      'error: Expected to listen on port 0 of no such host (HOST and PORT of the environment): ' +
        'there is no such host; choose another with --host.\n',
    ]);
    expect(await runCli(['serve', 'run', '--adapter', 'on'], { cwd })).toMatchObject({ code: 4 });
  });
});
