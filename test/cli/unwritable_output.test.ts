/** Standard output and standard error that cannot be written, in every command. */
import { closeSync, existsSync, openSync, readFileSync, readdirSync } from 'node:fs';
import { spawn, type StdioOptions } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createProgram } from '../../src/cli/program.js';
import { readRun } from '../../src/storage/read_run.js';
import { withTemporaryFolder } from '../helpers.js';
import { main, runCli, type CliResult } from './helpers.js';

const fullDevice = '/dev/full';
/** Writes to it fail as those to a full disk do. */
const hasFullDevice = existsSync(fullDevice);
if (!hasFullDevice) console.warn(`${fullDevice} is not there: tests of output that cannot be written are skipped.`);
const testFull = hasFullDevice ? test : test.skip;

/** One sentence at the end: with --json there is a narrative before it. */
const refusal = {
  code: 1,
  stderr: expect.stringMatching(
    /^((?!error:|\s+at )[^\n]*\n)*error: Could not write standard output: the disk is full; free some space [^\n]*\n$/,
  ),
};

/** Runs a command line with standard output (1) or standard error (2) on a full disk. */
async function runFull(args: readonly string[], full: 1 | 2, cwd: string): Promise<CliResult> {
  const fd = openSync(fullDevice, 'w');
  const stdio: StdioOptions = ['ignore', full === 1 ? fd : 'pipe', full === 2 ? fd : 'pipe'];
  try {
    return await new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [main, ...args], {
        cwd,
        stdio,
        env: { ...process.env, IMDB_TORCH_DATA: '' },
      });
      const result = { stdout: '', stderr: '' };
      child.stdout?.on('data', (text: Buffer) => (result.stdout += text.toString()));
      child.stderr?.on('data', (text: Buffer) => (result.stderr += text.toString()));
      child.on('error', reject).on('close', (code) => {
        resolve({ code, ...result });
      });
    });
  } finally {
    closeSync(fd);
  }
}

async function helpOfAll(): Promise<string[][]> {
  const { commands } = await createProgram();
  const children = commands.flatMap(({ commands: inner }) =>
    inner.map((each) => [each.parent?.name() ?? '', each.name()]),
  );
  return [...commands.map((each) => [each.name()]), ...children].map((names) => [...names, '--help']);
}

testFull(
  'when standard output is full then no command succeeds or shows a stack',
  async () => {
    await withTemporaryFolder(async (folder) => {
      const withoutTraining = [
        ['--help'],
        ['help', 'train'],
        ['--version'],
        ['train', '--print-config'],
        ['train', '--help-all'],
        ['runs'],
        ['runs', '--json'],
        ['doctor'],
        ['doctor', '--json'],
        ['setup'],
        ['data', '--data', 'sample'],
        ['data', '--data', 'sample', '--quiet'],
        ['data', '--data', 'sample', '--json'],
        ['bench', 'operators', '--json'],
        ['train', '--data', 'sample', '--epochs', '1'],
      ];
      const helps = (await helpOfAll()).map(async (args) => ({ args, ...(await runFull(args, 1, folder)) }));
      for (const result of await Promise.all(helps)) expect(result).toMatchObject(refusal);
      for (const args of withoutTraining) {
        expect({ args, ...(await runFull(args, 1, folder)) }).toMatchObject({ args, ...refusal });
      }
      expect(readdirSync(folder)).toEqual([]);
    });
  },
  180_000,
);

testFull(
  'when standard output becomes full then a run is either complete and named or not there',
  async () => {
    await withTemporaryFolder(async (folder) => {
      const train = ['train', '--data', 'sample', '--epochs', '1', '--out', 'run'];
      // The first line of a quiet training comes before its files, its document after them.
      expect(await runFull([...train, '--quiet'], 1, folder)).toMatchObject(refusal);
      expect(readdirSync(folder)).toEqual([]);
      const { code, stderr } = await runFull([...train, '--json', '--quiet'], 1, folder);
      const run = join(folder, 'run');
      expect(code).toBe(1);
      expect(stderr).toMatch(/^error: Could not write standard output: [^\n]*; complete all the same: [^\n]*run\.\n$/);
      await readRun(run);
      expect(readdirSync(run)).toContain('report.html');
      const withRun = [
        ['predict', 'run', 'A good film.'],
        ['predict', 'run', 'A good film.', '--json'],
        ['explain', 'run', 'A good film.'],
        ['evaluate', 'run'],
        ['evaluate', 'run', '--json', '--save-predictions', 'predictions.jsonl'],
        ['runs', '.'],
        ['runs', 'compare', 'run', 'run'],
        ['report', 'run', '--out', 'report.html'],
        ['serve', 'run', '--port', '0'],
        ['lora', '--base', 'run', '--lora-epochs', '1', '--out', 'lora'],
      ];
      for (const args of withRun) {
        expect({ args, ...(await runFull(args, 1, folder)) }).toMatchObject({ args, ...refusal });
      }
      expect(readdirSync(folder).sort()).toEqual(['predictions.jsonl', 'report.html', 'run']);
    });
  },
  180_000,
);

testFull('when standard error is full then results and exit codes are as ever', async () => {
  await withTemporaryFolder(async (folder) => {
    const train = ['train', '--data', 'sample', '--epochs', '1', '--out', 'run', '--json'];
    const { code, stdout } = await runFull(train, 2, folder);
    expect({ code, ...(JSON.parse(stdout) as object) }).toMatchObject({ code: 0, command: 'train' });
    expect(await runFull(['trian'], 2, folder)).toMatchObject({ code: 2, stdout: '' });
    expect(await runFull(['evaluate', 'none'], 2, folder)).toMatchObject({ code: 4, stdout: '' });
  });
});

const shell = process.platform === 'win32' ? test.skip : test;

/** Runs a line of a shell in which `$@` is the command line. */
function inShell(line: string, args: readonly string[], cwd: string): Promise<CliResult> {
  return new Promise((resolve) => {
    const child = spawn('sh', ['-c', line, 'sh', process.execPath, main, ...args], { cwd });
    const result = { stdout: '', stderr: '' };
    child.stdout.on('data', (text: Buffer) => (result.stdout += text.toString()));
    child.stderr.on('data', (text: Buffer) => (result.stderr += text.toString()));
    child.on('close', (code) => {
      resolve({ code, ...result });
    });
  });
}

shell('when only a part of the output fits into its file then that is no success', async () => {
  await withTemporaryFolder(async (folder) => {
    const { stdout } = await runCli(['train', '--help'], { cwd: folder });
    const result = await inShell('ulimit -f 1; "$@" > help.txt', ['train', '--help'], folder);
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/^error: Could not write standard output: [^\n]*\.\n$/);
    const written = readFileSync(join(folder, 'help.txt'), 'utf8');
    expect([stdout.startsWith(written), written.length < stdout.length]).toEqual([true, true]);
  });
});

shell('when nobody reads the output then the command goes on quietly to its end', async () => {
  await withTemporaryFolder(async (folder) => {
    const train = ['train', '--data', 'sample', '--epochs', '1', '--out', 'run'];
    const closed = await inShell('("$@"; echo "exit $?" >&2) | true', train, folder);
    expect(closed).toEqual({ code: 0, stdout: '', stderr: 'exit 0\n' });
    await readRun(join(folder, 'run'));
    const nowhere = await inShell('"$@" >&- 2>&-', ['data', '--data', 'sample'], folder);
    expect(nowhere).toEqual({ code: 0, stdout: '', stderr: '' });
  });
});
