/**
 * Seconds and peak memory from a data set to encoded splits, nothing cached and cached, each in a process of its own.
 * Build first (`npm run build`).
 *
 * usage: node bench/data.mjs [PATH] [REPEATS]     JSON on stdout; seconds do not count Node's start
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [data = process.env.IMDB_TORCH_DATA ?? 'imdb', repeats = '3', cacheFolder] = process.argv.slice(2);

if (cacheFolder === undefined) measure();
else await loadOnce();

async function loadOnce() {
  const { loadDataset } = await import('../dist/data/dataset.js');
  const options = { data, vocabularySize: 20_000, seed: 123, validationSize: 5_000 };
  const { seconds, fromCache } = await loadDataset({ ...options, cacheFolder: cacheFolder || null });
  const peakMegabytes = process.resourceUsage().maxRSS / 1024;
  process.stdout.write(JSON.stringify({ seconds, fromCache, peakMegabytes }));
}

function measure() {
  const folder = mkdtempSync(join(tmpdir(), 'imdb-torch-bench-'));
  try {
    const uncached = Array.from({ length: Number(repeats) }, () => run(''));
    run(folder);
    const cached = Array.from({ length: Number(repeats) }, () => run(folder));
    process.stdout.write(
      `${JSON.stringify({ uncached: summary(uncached), cached: summary(cached) }, null, 2)}\n`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(folder) {
  const child = spawnSync(process.execPath, [fileURLToPath(import.meta.url), data, repeats, folder], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (child.status !== 0) process.exit(child.status ?? 1);
  return JSON.parse(child.stdout);
}

function summary(runs) {
  return {
    seconds: runs.map((one) => one.seconds),
    peakMegabytes: Math.round(Math.max(...runs.map((one) => one.peakMegabytes))),
    fromCache: runs.every((one) => one.fromCache),
  };
}
