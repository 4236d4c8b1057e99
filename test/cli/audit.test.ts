import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { PythonRandom } from '../../src/data/numbers/python_random.js';
import { withTemporaryFolder } from '../helpers.js';
import { runCli } from './helpers.js';

const words = { pos: ['good', 'fine', 'great', 'lovely'], neg: ['bad', 'awful', 'poor', 'dull'] } as const;

interface Found {
  reviews: number;
  wrong: { count: number };
  doubtful: { count: number; rows: { file: string; line: number; label: string; suggested: string; text: string }[] };
  repeated: { texts: number; contradicting: number };
}

/**
 * Writes 200 reviews of which each 25th has the label of the other class, and one comes again with another label.
 * @returns the lines of those with a wrong label
 */
async function writeReviews(folder: string): Promise<number[]> {
  const random = new PythonRandom(5);
  const pick = (of: readonly string[]): string => of[random.below(of.length)] ?? '';
  const lines: number[] = [];
  const rows = Array.from({ length: 200 }, (_, row) => {
    const [own, other] = row % 2 === 0 ? (['pos', 'neg'] as const) : (['neg', 'pos'] as const);
    const text = Array.from({ length: 12 }, (_word, place) =>
      place % 3 === 0 ? pick(words[own]) : `w${random.below(99)}`,
    );
    const isWrong = row % 25 === 0;
    if (isWrong) lines.push(row + 2);
    return `${text.join(' ')},${isWrong ? other : own}`;
  });
  const again = rows[1]?.replace(/neg$/, 'pos') ?? '';
  await writeFile(join(folder, 'reviews.csv'), ['text,label', ...rows, again, ''].join('\n'));
  return [...lines, rows.length + 2];
}

test('when labels are wrong then audit names them first, in the terminal, as JSON and as CSV', async () => {
  await withTemporaryFolder(async (cwd) => {
    const lines = await writeReviews(cwd);
    const args = ['audit', 'reviews.csv', '--top', '9', '--out', 'doubtful.csv'];
    const { stdout, ...json } = await runCli([...args, '--json', '--threads', '1'], { cwd });
    expect(json.code).toBe(0);
    const found = JSON.parse(stdout) as Found;
    expect(found).toMatchObject({ command: 'audit', reviews: 201, repeated: { texts: 1, contradicting: 1 } });
    expect(found.doubtful.rows.map(({ line }) => line).sort((one, other) => one - other)).toEqual(lines);
    expect(found.wrong.count).toBeGreaterThan(4);
    const table = await readFile(join(cwd, 'doubtful.csv'), 'utf8');
    const [first] = found.doubtful.rows;
    const start = ['reviews.csv', first?.line, first?.label, first?.suggested].join(',');
    expect(table.split('\r\n')[1]).toMatch(new RegExp(`^${start},0\\.\\d{6},0\\.\\d{6},${first?.text ?? ''}$`));
    expect(table.split('\r\n')).toHaveLength(found.doubtful.count + 2);
    const { code, stdout: said, stderr } = await runCli([...args, '--threads', '2'], { cwd });
    expect(code).toBe(0);
    expect(said).toMatch(/^Of 201 reviews about \d+ \(\d+\.\d\d %\) have a label that is probably wrong\.$/m);
    expect(said).toContain(`reviews.csv:${first?.line ?? ''} `);
    expect(stderr).toMatch(/^Best so far: /m);
    // Whatever the number of threads.
    expect(await readFile(join(cwd, 'doubtful.csv'), 'utf8')).toBe(table);
  });
});

test.each([
  [[], 'none'],
  [['a.csv', '--data', 'b.csv'], 'more than one of these'],
])('when audit is given %j then it says what data it expects', async (args, received) => {
  expect(await runCli(['audit', ...args])).toEqual({
    code: 2,
    stdout: '',
    stderr: `error: Expected the data to look at, as an argument, --data or --train, but received ${received}.\n`,
  });
});

test('when the file of --out is no table of audit then it stays as it is', async () => {
  await withTemporaryFolder(async (cwd) => {
    await writeReviews(cwd);
    const before = await readFile(join(cwd, 'reviews.csv'), 'utf8');
    const { code, stderr } = await runCli(['audit', 'reviews.csv', '--out', 'reviews.csv'], { cwd });
    expect(code).not.toBe(0);
    expect(stderr).toContain('reviews.csv');
    expect(await readFile(join(cwd, 'reviews.csv'), 'utf8')).toBe(before);
  });
});

test('when a first Ctrl-C comes then audit goes on with the best model so far, and at SIGTERM it stops', async () => {
  await withTemporaryFolder(async (cwd) => {
    await writeReviews(cwd);
    const { code, stdout, stderr } = await runCli(['audit', 'reviews.csv', '--json'], {
      cwd,
      onOutput: { when: /Best so far/, then: (child) => child.kill('SIGINT') },
    });
    expect(code).toBe(0);
    expect(stderr).toContain('Taking the best so far; Ctrl-C again stops.');
    expect(JSON.parse(stdout)).toMatchObject({ command: 'audit', reviews: 201 });
    const stopped = await runCli(['audit', 'reviews.csv'], {
      cwd,
      onOutput: { when: /Best so far/, then: (child) => child.kill('SIGTERM') },
    });
    expect(stopped.code).toBe(130);
    expect(stopped.stdout).not.toContain('probably wrong');
  });
});
