import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { withTemporaryFolder } from '../helpers.js';
import { writeSmallRun } from '../model/helpers.js';
import { main } from './helpers.js';

/** The time that a slow machine with other work may take for what is a matter of a quarter of a second. */
const mostMilliseconds = 60_000;

/** Ends `serve` with SIGTERM to the process that `command` starts. @returns whether it still answers afterwards */
async function endOf(cwd: string, command: string, args: readonly string[]): Promise<boolean> {
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  while (!text.endsWith('}\n')) text += String((await once(child.stdout, 'data'))[0]);
  const { url, pid } = JSON.parse(text) as { url: string; pid: number };
  const answers = (): Promise<boolean> =>
    fetch(`${url}healthz`).then(
      () => true,
      () => false,
    );
  try {
    expect(await answers()).toBe(true);
    child.kill('SIGTERM');
    const end = performance.now() + mostMilliseconds;
    while ((await answers()) && performance.now() < end) await sleep(50);
    return await answers();
  } finally {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended, as it should.
    }
  }
}

test('when npx or npm start gets SIGTERM then serve ends, though the shell between them does not tell it', async () => {
  await withTemporaryFolder(async (cwd) => {
    await writeSmallRun(cwd);
    const bin = join(cwd, 'node_modules', '.bin');
    await mkdir(bin, { recursive: true });
    const program = `#!/usr/bin/env node\nvoid import(${JSON.stringify(pathToFileURL(main))});\n`;
    await writeFile(join(bin, 'imdb-torch'), program, { mode: 0o755 });
    const start = 'imdb-torch serve run --port 0 --json --quiet';
    await writeFile(join(cwd, 'package.json'), JSON.stringify({ private: true, scripts: { start } }));
    const [, ...args] = start.split(' ');
    expect(await endOf(cwd, 'npx', ['--offline', 'imdb-torch', ...args])).toBe(false);
    expect(await endOf(cwd, 'npm', ['start', '--silent'])).toBe(false);
  });
}, 300_000);
