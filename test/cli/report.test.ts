import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { TrainDocument } from '../../src/storage/run_document.js';
import { withTemporaryFolder } from '../helpers.js';
import { readPage, unescape } from '../report/support/read_page.js';
import { trainRun, writeRunFiles } from '../report/support/runs.js';
import { runCli } from './helpers.js';

const train = ['train', '--data', 'sample', '--device', 'cpu', '--epochs', '2', '--hidden', '8'];

test('when train ends then its report is there, and its command line gives the same numbers again', async () => {
  await withTemporaryFolder(async (cwd) => {
    const env = { LC_ALL: 'C' };
    const first = await runCli([...train, '--out', 'run'], { cwd, env });
    expect(first.stdout).toMatch(/Validation accuracy by epoch:\n[\d. %#:]+\n[ .:#]+\n/);
    expect(first.stdout).toMatch(/\nRun directory: .*run\nReport: .*run.report\.html\n$/);
    const page = await readFile(join(cwd, 'run', 'report.html'), 'utf8');

    const [, line = ''] = /<pre[^>]*><code data-name>([^<]*)<\/code>/.exec(page) ?? [];
    expect(line).toMatch(/^npx imdb-torch train /);
    const again = unescape(line).split(' ').slice(2);
    const repeated = await runCli([...again, '--out', 'again', '--no-report', '--json'], { cwd, env });
    expect(existsSync(join(cwd, 'again', 'report.html'))).toBe(false);
    const { test: tested, epochs } = JSON.parse(repeated.stdout) as TrainDocument;
    const found = new Map(readPage(page).map(({ from, value }) => [from, value]));
    expect(found.get('test.accuracy')).toBe(tested.accuracy);
    expect(found.get('test.loss')).toBe(tested.loss);
    expect(found.get('metrics.2.valid.loss')).toBe(epochs[1]?.valid.loss);

    await writeFile(join(cwd, 'run', 'report.html'), 'spoilt');
    expect(await runCli(['report', 'run'], { cwd })).toMatchObject({ code: 0, stderr: '' });
    expect(await readFile(join(cwd, 'run', 'report.html'), 'utf8')).toBe(page);
  });
});

test('when several runs are given then one report shows them side by side', async () => {
  await withTemporaryFolder(async (cwd) => {
    for (const name of ['a', 'b']) await writeRunFiles(cwd, name, trainRun());
    const { code, stdout } = await runCli(['report', 'a', 'b', '--json'], { cwd });
    expect(code).toBe(0);
    const document = JSON.parse(stdout) as { report: string; bytes: number };
    expect(document).toMatchObject({ command: 'report', runs: ['a', 'b'], report: 'report.html' });
    const page = await readFile(join(cwd, 'report.html'));
    expect(page.length).toBe(document.bytes);
    expect(new Set(readPage(page.toString()).map(({ run }) => run))).toEqual(new Set([0, 1]));
    await runCli(['report', 'a', '--out', 'elsewhere/a.html'], { cwd });
    expect(existsSync(join(cwd, 'elsewhere', 'a.html'))).toBe(true);
  });
});

test('when there is no run, or too many of them, then report says so', async () => {
  await withTemporaryFolder(async (cwd) => {
    expect(await runCli(['report', 'nowhere'], { cwd })).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('nowhere is no complete run directory'),
    });
    const many = new Array<string>(9).fill('a');
    expect(await runCli(['report', ...many], { cwd })).toMatchObject({ code: 2 });
    expect(await runCli(['report'], { cwd })).toMatchObject({ code: 2 });
  });
});
