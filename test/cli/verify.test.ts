import { chmod, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { VerificationRow } from '../../src/report/console/verification.js';
import type { CaseResult } from '../../src/experiments/verify/case_result.js';
import { withTemporaryFolder } from '../helpers.js';
import { runCli } from './helpers.js';

interface VerifyDocument {
  schema: number;
  command: string;
  torch: string;
  seed: number | null;
  passed: boolean;
  rows: VerificationRow[];
  cases: CaseResult[];
}

test('when verify runs then every case passes by both engines, and a document or a table says so', async () => {
  const { code, stdout } = await runCli(['verify', '--json', '--quiet']);
  const document = JSON.parse(stdout) as VerifyDocument;
  expect(document).toMatchObject({ schema: 1, command: 'verify', torch: '2.13.0', seed: null, passed: true });
  expect(document.rows.filter(({ passed }) => !passed)).toEqual([]);
  const dtypesOf = (group: string, engine: string): string[] =>
    document.rows
      .filter((row) => row.group === group && row.engine === engine && row.device === 'cpu')
      .map(({ dtype }) => dtype);
  for (const group of ['classifier', 'training', 'experiment']) {
    for (const engine of ['torch', 'fused']) expect(dtypesOf(group, engine)).toEqual(['float32', 'float64']);
  }
  expect(code).toBe(0);
});

test('when verify is asked for every case then each has a line, and the table fits into 80 columns', async () => {
  const { code, stdout } = await runCli(['verify', '--verbose'], { env: { LC_ALL: 'C.UTF-8' } });
  const lines = stdout.split('\n');
  expect(lines).toContainEqual(expect.stringMatching(/^✔ layers rslora-16-1-on-float64, torch on cpu \(/));
  expect(lines).toContainEqual(expect.stringMatching(/^│ 3 training float32 +│ +fused │ .* ✔ │$/));
  const table = lines.slice(lines.findIndex((line) => line.startsWith('┌')));
  expect(Math.max(...table.map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(code).toBe(0);
});

test.each([
  ['a seed without --pytorch', ['--seed', '1'], 2, /Expected --seed together with --pytorch only/],
  ['data without --pytorch', ['--data', 'sample'], 2, /Expected --data together with --pytorch only/],
  ['a seed that is none', ['--pytorch', '--seed', '-1'], 2, /for --seed but received "-1"/],
  ['data that do not exist', ['--pytorch', '--data', '/no/such'], 4, /does not exist/],
])('when verify is given %s then it exits with the code and one sentence', async (_what, args, code, sentence) => {
  const result = await runCli(['verify', ...args]);
  expect(result).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(sentence) });
});

test('when no Python has torch then verify --pytorch exits with 3 and says what to do', async () => {
  await withTemporaryFolder(async (folder) => {
    const without = join(folder, 'python');
    await writeFile(without, '#!/bin/sh\necho "ModuleNotFoundError: No module named \'torch\'"\nexit 1\n');
    await chmod(without, 0o755);
    for (const [command, reason] of [
      [without, /has none \(ModuleNotFoundError: No module named 'torch'\)/],
      [join(folder, 'none'), /none cannot be started/],
    ] as const) {
      const result = await runCli(['verify', '--pytorch', '--quiet'], {
        env: { IMDB_TORCH_PYTHON: command },
      });
      expect(result).toMatchObject({ code: 3, stdout: '', stderr: expect.stringMatching(reason) });
      expect(result.stderr).toMatch(/install it \(python3 -m pip install torch\) or name a Python/);
    }
  });
});

test('when the script fails then verify --pytorch exits with 3 and shows its last lines', async () => {
  await withTemporaryFolder(async (folder) => {
    const broken = join(folder, 'python');
    const answer = 'case "$1" in -c) echo "torch: 0.1";; *) echo "RuntimeError: too old"; exit 1;; esac';
    await writeFile(broken, `#!/bin/sh\n${answer}\n`);
    await chmod(broken, 0o755);
    const env = { IMDB_TORCH_PYTHON: broken, TMPDIR: folder };
    const result = await runCli(['verify', '--pytorch', '--quiet'], { env });
    expect(result).toMatchObject({ code: 3, stdout: '' });
    expect(result.stderr).toMatch(/with torch 0\.1 to compute the cases but it failed.*\n.*RuntimeError: too old/);
    // The temporary folder with the encoded reviews has gone.
    expect(await readdir(folder)).toEqual(['python']);
  });
});
