// @ts-check
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cli } from '../scripts/project.mjs';
import { measureProcess } from './process.mjs';

/** @typedef {Record<'epochSeconds' | 'evaluateSeconds' | 'loraEpochSeconds' | 'dataColdSeconds' | 'dataCachedSeconds' | 'totalColdSeconds' | 'totalCachedSeconds' | 'peakMegabytes', number[]>} Samples */

/**
 * Runs both experiments as whole processes, and the reading of the data alone, each without and with cached data. It is
 * called several times, between the peers, because a machine that others share changes its speed: the samples of all
 * calls together are compared.
 * @param {{ archive: string, runs: number, log: (line: string) => void }} options
 * @returns {Samples}
 */
export function ourSamples({ archive, runs, log }) {
  const home = makeHome();
  const env = { ...process.env, IMDB_TORCH_HOME: home };
  const encoded = join(home, 'encoded');
  /** @param {boolean} cold */
  const experiment = (cold) => {
    if (cold) rmSync(encoded, { recursive: true, force: true });
    const out = join(home, 'runs');
    rmSync(out, { recursive: true, force: true });
    const args = [cli, 'experiment', 'notebook', '--data', archive, '--json', '--quiet', '--out', out];
    const { output, ...figures } = measureProcess(process.execPath, args, { env, cwd: home });
    return { ...figures, document: JSON.parse(output) };
  };
  try {
    log(`Running both experiments, ${runs} times without and ${runs} times with cached data ...`);
    const cold = repeat(runs, () => experiment(true));
    const cached = repeat(runs, () => experiment(false));
    const dataScript = fileURLToPath(new URL('data.mjs', import.meta.url));
    const data = JSON.parse(execFileSync(process.execPath, [dataScript, archive, String(runs)], { encoding: 'utf8' }));
    const epochs = cached.flatMap(({ document }) => document.train.epochs);
    const loraEpochs = cached.flatMap(({ document }) => document.lora.lora.epochs);
    return {
      epochSeconds: epochs.map(({ seconds }) => seconds),
      evaluateSeconds: epochs.map(({ evaluateSeconds }) => evaluateSeconds),
      loraEpochSeconds: loraEpochs.map(({ seconds }) => seconds),
      dataColdSeconds: data.uncached.seconds,
      dataCachedSeconds: data.cached.seconds,
      totalColdSeconds: cold.map(({ seconds }) => seconds),
      totalCachedSeconds: cached.map(({ seconds }) => seconds),
      peakMegabytes: [...cold, ...cached].map(({ peakMegabytes }) => peakMegabytes),
    };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** Makes a cache folder that shares the built addon and libtorch with the user's. */
export function makeHome() {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const users = process.env.IMDB_TORCH_HOME || join(cache, 'imdb-torch');
  const home = mkdtempSync(join(tmpdir(), 'imdb-torch-bench-'));
  for (const name of ['addon', 'libtorch']) {
    mkdirSync(join(users, name), { recursive: true });
    if (existsSync(join(users, name))) symlinkSync(join(users, name), join(home, name));
  }
  return home;
}

/**
 * @template T
 * @param {number} count
 * @param {() => T} task
 */
function repeat(count, task) {
  return Array.from({ length: count }, task);
}
