import { spawnSync } from 'node:child_process';
import { appendFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createRunDirectory } from '../../src/storage/run_directory.js';

let out: string;
beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), 'imdb-torch-killed-'));
});
afterEach(() => rm(out, { recursive: true }));

const runDirectory = new URL('../../dist/storage/run_directory.js', import.meta.url).href;

/** Has a process begin a run in `out`, with a model and an adapter, and kill itself in the middle of the next file. */
function beginAndKill(): void {
  const program = `
    import fs from 'node:fs';
    import { createRunDirectory } from ${JSON.stringify(runDirectory)};
    const zeros = { dtype: 'float32', shape: [2, 1], data: new Float32Array(2) };
    const branches = new Map([['fc1', { up: zeros, down: zeros, alpha: 1, magnitude: null, bias: null }]]);
    const run = await createRunDirectory({ out: ${JSON.stringify(out)}, command: 'lora' });
    await run.appendMetrics({ epoch: 1 });
    await run.writeModel('model', new Map([['fc1.weight', zeros]]));
    await run.writeAdapter({ branches, useRslora: false, dropout: 0, pissa: false, replaced: new Map(), baseSha256: '' });
    const large = { dtype: 'float32', shape: [1 << 25], data: new Float32Array(1 << 25) };
    const kill = () => fs.readdirSync(run.path).some((name) => name.endsWith('.tmp')) && process.kill(process.pid, 'SIGKILL');
    setInterval(kill, 1);
    await run.writeModel('merged', new Map([['x', large]]));
  `;
  expect(spawnSync(process.execPath, ['--input-type=module', '-e', program]).signal).toBe('SIGKILL');
}

async function listing(): Promise<string[]> {
  return (await readdir(out, { recursive: true })).sort();
}

test('when a run was killed then its folder can be taken again, and nothing of it is left', async () => {
  beginAndKill();
  const left = await listing();
  expect(left).toEqual(expect.arrayContaining(['.unfinished', 'adapter', 'metrics.jsonl', 'model.safetensors']));
  expect(left.join()).toMatch(/\.merged\.safetensors\.\d+-[0-9a-f]{8}\.tmp/);
  const run = await createRunDirectory({ out, command: 'train' });
  expect(await listing()).toEqual(['.unfinished', 'metrics.jsonl']);
  await run.writeRun({ schema: 1 });
  expect(await listing()).toEqual(['metrics.jsonl', 'run.json']);
});

test.each(['notes.txt', 'adapter/notes.txt', '.notes.txt.12-0123abcd.tmp'])(
  'when somebody has put %s beside what a killed run left then all of it stays, and the folder is refused',
  async (name) => {
    beginAndKill();
    await writeFile(join(out, name), 'x');
    const left = await listing();
    await expect(createRunDirectory({ out, command: 'train' })).rejects.toMatchObject({ code: 'ERR_OUTPUT' });
    expect(await listing()).toEqual(left);
  },
);

test('when the process of an unfinished run is alive, or is of another machine, then its folder is refused', async () => {
  await createRunDirectory({ out, command: 'train' });
  await expect(createRunDirectory({ out, command: 'train' })).rejects.toMatchObject({ code: 'ERR_OUTPUT' });
  await writeFile(join(out, '.unfinished'), 'another-machine\n1 1\nmetrics.jsonl\n');
  await expect(createRunDirectory({ out, command: 'train' })).rejects.toMatchObject({ code: 'ERR_OUTPUT' });
});

test('when a finished run still has the mark then it is refused', async () => {
  beginAndKill();
  await writeFile(join(out, 'run.json'), '{}');
  await appendFile(join(out, '.unfinished'), 'run.json\n');
  await expect(createRunDirectory({ out, command: 'train' })).rejects.toMatchObject({ code: 'ERR_OUTPUT' });
  expect(await listing()).toContain('model.safetensors');
});

test('when the disk is full from the start then no folder of the run is left', async () => {
  const program = `
    import { createRunDirectory } from ${JSON.stringify(runDirectory)};
    await createRunDirectory({ out: ${JSON.stringify(join(out, 'a', 'run'))}, command: 'train' });
  `;
  // A file of this process may have no bytes.
  const limit = `trap '' XFSZ; ulimit -f 0; exec "$0" "$@"`;
  const args = ['-c', limit, process.execPath, '--input-type=module', '-e', program];
  const { status, stderr } = spawnSync('bash', args, { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining('ERR_OUTPUT') });
  expect(await listing()).toEqual([]);
});
