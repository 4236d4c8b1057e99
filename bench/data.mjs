// @ts-check
// node bench/data.mjs [PATH] [REPEATS]: seconds and peak memory from a data set to encoded splits, with nothing cached
// and with a cache, each in a process of its own. JSON on stdout; the seconds do not count the start of Node. Build
// first (`npm run build`).
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [data = process.env.IMDB_TORCH_DATA ?? 'imdb', repeats = '3', cacheFolder] = process.argv.slice(2);

if (cacheFolder === undefined) measure();
else await loadOnce();

/** @typedef {{ seconds: number, fromCache: boolean, peakMegabytes: number }} Loading */

async function loadOnce() {
  const { readDataset } = await import('../dist/data/dataset.js');
  const options = { data, vocab: 20_000, seed: 123, valid: 5_000 };
  const { seconds, fromCache } = await readDataset({ ...options, cacheFolder: cacheFolder || null });
  const peakMegabytes = process.resourceUsage().maxRSS / 1024;
  process.stdout.write(JSON.stringify({ seconds, fromCache, peakMegabytes }));
}

function measure() {
  const folder = mkdtempSync(join(tmpdir(), 'imdb-torch-bench-'));
  try {
    const uncached = Array.from({ length: Number(repeats) }, () => run(''));
    run(folder);
    const cached = Array.from({ length: Number(repeats) }, () => run(folder));
    process.stdout.write(`${JSON.stringify({ uncached: summary(uncached), cached: summary(cached) }, null, 2)}\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} folder for the cache; empty: none
 * @returns {Loading}
 */
function run(folder) {
  const child = spawnSync(process.execPath, [fileURLToPath(import.meta.url), data, repeats, folder], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (child.status !== 0) process.exit(child.status ?? 1);
  return JSON.parse(child.stdout);
}

/** @param {Loading[]} loadings */
function summary(loadings) {
  return {
    seconds: loadings.map((one) => one.seconds),
    peakMegabytes: Math.round(Math.max(...loadings.map((one) => one.peakMegabytes))),
    fromCache: loadings.every((one) => one.fromCache),
  };
}
