/** An addon that is there and does not load, as after an update of the system's libraries. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { littleBytes } from '../../src/cli/text_input/little_input.js';
import { addonPath, hashOfSources } from '../../src/setup/addon_cache.js';
import { packageRoot } from '../../src/setup/package_root.js';
import { withEnvironment, withTemporaryFolder } from '../helpers.js';
import { writeSmallRun } from '../model/helpers.js';
import { writeLibtorch, writeTree } from '../setup/fakes.js';
import { main, runCli } from './helpers.js';

const instead =
  /^Plain JavaScript computes rather than the addon: .*imdb_torch\.node to load but it did not: .*doctor/m;

interface Damaged {
  cwd: string;
  env: Readonly<Record<string, string>>;
}

/** Runs `use` in a folder with the run `run`, and an environment with an addon that cannot be loaded. */
async function withDamagedAddon(use: (damaged: Damaged) => Promise<void>): Promise<void> {
  await withTemporaryFolder(async (cwd) => {
    await writeSmallRun(cwd, { adapter: true });
    const version = '2.13.0+cpu';
    const libtorch = await writeLibtorch(join(cwd, 'libtorch'), { 'build-version': version });
    const env = { IMDB_TORCH_HOME: join(cwd, 'home'), IMDB_TORCH_LIBTORCH: libtorch };
    await withEnvironment(env, async () => {
      const sources = hashOfSources(packageRoot());
      const path = addonPath(sources, { path: libtorch, version, hasHeaders: true, hasCuda: false });
      await writeTree(dirname(path), { [basename(path)]: 'damaged' });
    });
    await use({ cwd, env });
  });
}

test('when the addon does not load and little is asked then it is not even looked at, unless it is asked for', async () => {
  await withDamagedAddon(async ({ cwd, env }) => {
    await writeFile(join(cwd, 'little.txt'), 'good\n'.repeat(3));
    for (const args of [
      ['predict', 'run', 'good'],
      ['predict', 'run', '--file', 'little.txt'],
      ['explain', 'run', 'good'],
    ]) {
      expect(await runCli(args, { cwd, env })).toMatchObject({ code: 0, stderr: '' });
    }
    const asked = await runCli(['predict', 'run', 'good', '--engine', 'fused'], { cwd, env });
    expect(asked).toMatchObject({ code: 3, stdout: '' });
    expect(asked.stderr).toMatch(/^error: .*to load but it did not/m);
  });
});

test('when the addon does not load and much is asked then plain JavaScript computes, and that is said', async () => {
  await withDamagedAddon(async ({ cwd, env }) => {
    const line = 'good\n';
    const lines = Math.ceil((littleBytes + 1) / line.length);
    await writeFile(join(cwd, 'much.txt'), line.repeat(lines));
    const { code, stdout, stderr } = await runCli(['predict', 'run', '--file', 'much.txt'], { cwd, env });
    expect(code).toBe(0);
    expect(stderr).toMatch(instead);
    expect(stdout.split('\n')).toHaveLength(lines + 1);
    const threads = await runCli(['predict', 'run', 'good', '--threads', '2'], { cwd, env });
    expect(threads.code).toBe(0);
    expect(threads.stderr).toMatch(instead);
    expect(threads.stderr).toMatch(/^Without the addon one thread computes rather than 2\.$/m);
    expect(threads.stdout).toBe((await runCli(['predict', 'run', 'good'], { cwd, env })).stdout);
  });
});

test('when the addon does not load then serve says so once, and models that are read anew have the same engine', async () => {
  await withDamagedAddon(async ({ cwd, env }) => {
    const args = [main, 'serve', 'run', '--port', '0', '--json'];
    const child = spawn(process.execPath, args, { cwd, env: { ...process.env, ...env } });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    try {
      const { url } = JSON.parse(String((await once(child.stdout, 'data'))[0])) as { url: string };
      child.kill('SIGHUP');
      while (!said.includes('Read the model run anew.')) await sleep(25);
      expect(await (await fetch(`${url}model`)).json()).toMatchObject({ engine: 'portable' });
      expect(said.match(new RegExp(instead, 'gm'))).toHaveLength(1);
    } finally {
      child.kill('SIGKILL');
    }
  });
});
