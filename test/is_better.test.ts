import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('..', import.meta.url));

beforeAll(() => {
  execFileSync(process.execPath, [join(root, 'scripts', 'compile_examples.mjs')]);
});

/** Runs the example on a document of `runs compare`. */
function judge(document: object): { status: number | null; stdout: string } {
  const { status, stdout } = spawnSync(process.execPath, [join(root, 'build', 'examples', 'is_better.js')], {
    input: JSON.stringify(document),
    encoding: 'utf8',
  });
  return { status, stdout };
}

test('when a comparison is read then the exit code says whether the new run is worse', () => {
  const compared = (midP: number, difference: number): object => ({
    test: { mcNemar: { midP }, differences: [{ metric: 'accuracy', difference, interval: null }] },
  });
  expect(judge(compared(0.01, 0.02))).toEqual({ status: 0, stdout: 'Better\n' });
  expect(judge(compared(0.01, -0.02))).toEqual({ status: 1, stdout: 'Worse\n' });
  expect(judge(compared(0.3, -0.02))).toEqual({ status: 0, stdout: 'No better, no worse\n' });
  expect(judge({ test: null, because: 'Other data.' })).toEqual({ status: 2, stdout: 'Unknown: Other data.\n' });
});
