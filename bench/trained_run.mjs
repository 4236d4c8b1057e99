// @ts-check
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cli } from '../scripts/project.mjs';
import { measureProcess } from './process.mjs';
import { readReviews } from './reviews.mjs';

/**
 * Calls `use` with a run directory that was trained for an epoch and with the test reviews, one per line, in memory and
 * in a file; they are gone afterwards.
 * @template T
 * @param {string} archive
 * @param {(given: { run: string, texts: string[], path: string }) => T | Promise<T>} use
 * @param {readonly string[]} options of `train`
 * @returns {Promise<T>}
 */
export async function withTrainedRun(archive, use, options = ['--epochs', '1']) {
  const folder = mkdtempSync(join(tmpdir(), 'imdb-torch-bench-'));
  try {
    const [run, path] = [join(folder, 'run'), join(folder, 'reviews.txt')];
    const args = ['train', '--data', archive, ...options, '--quiet', '--out', run];
    measureProcess(process.execPath, [cli, ...args]);
    const reviews = await readReviews(archive, 'test');
    const texts = reviews.map((review) => review.toString().replace(/[\r\n]+/g, ' '));
    writeFileSync(path, texts.map((text) => `${text}\n`).join(''));
    return await use({ run, texts, path });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
