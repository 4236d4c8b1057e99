// @ts-check
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from './process.mjs';
import { findPython } from './python.mjs';

/**
 * @typedef {object} Figures seconds, megabytes; medians over the epochs of one run
 * @property {number} epochSeconds
 * @property {number} evaluateSeconds training and validation set
 * @property {number} loraEpochSeconds
 * @property {number} [dataSeconds] reading, counting and encoding
 * @property {number} totalSeconds
 * @property {number} peakMegabytes
 *
 * @typedef {object} Peers
 * @property {Figures} notebook dense PyTorch, as published
 * @property {Figures} sparse PyTorch as its experienced user writes it
 * @property {string} source `measured in this run` or where the figures were recorded
 */

/**
 * Runs both PyTorch scripts where a Python with torch and the scripts are found, else takes the recorded figures.
 * @param {{ archive: string, scripts: string, log: (line: string) => void, between: () => void }} options `between` is
 *   called before and after the long one, which the other script runs before and after too
 * @returns {Peers}
 */
export function peerFigures({ archive, scripts, log, between }) {
  const python = findPython('torch');
  const found = existsSync(join(scripts, 'notebook.py')) && existsSync(join(scripts, 'sparse_torch.py'));
  if (python === null || !found) {
    log(`${python === null ? 'No Python with torch' : `No PyTorch scripts in ${scripts}`}: recorded figures.`);
    return recordedFigures();
  }
  const folder = mkdtempSync(join(tmpdir(), 'imdb-torch-bench-'));
  try {
    log('Unpacking the reviews for PyTorch ...');
    execFileSync('tar', ['xzf', archive, '-C', folder, '--strip-components=1']);
    const runSparse = () => {
      log('Running sparse_torch.py (half a minute) ...');
      return runPeer(python, join(scripts, 'sparse_torch.py'), ['--sparse', '--cache-base'], folder);
    };
    const before = runSparse();
    between();
    log('Running notebook.py (2 to 5 minutes) ...');
    const notebook = runPeer(python, join(scripts, 'notebook.py'), [], folder);
    between();
    return { notebook, sparse: meanOf(before, runSparse()), source: 'measured in this run' };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @returns {Peers} */
function recordedFigures() {
  const { machine, ...figures } = JSON.parse(readFileSync(new URL('recorded.json', import.meta.url), 'utf8'));
  return { ...figures, source: `recorded on ${machine}` };
}

/**
 * @param {Figures} a
 * @param {Figures} b
 * @returns {Figures}
 */
function meanOf(a, b) {
  const fields = /** @type {(keyof Figures)[]} */ (Object.keys(a));
  const means = fields.map((field) => [field, (Number(a[field]) + Number(b[field])) / 2]);
  return Object.fromEntries(means);
}

/**
 * @param {string} python
 * @param {string} script
 * @param {string[]} args
 * @param {string} data
 * @returns {Figures}
 */
function runPeer(python, script, args, data) {
  const out = join(data, 'result.json');
  execFileSync(python, [script, data, ...args, '--json', out], { stdio: 'ignore' });
  const result = JSON.parse(readFileSync(out, 'utf8'));
  /** @type {(tag: string, field: string) => number} */
  const medianOf = (tag, field) =>
    median(
      result.log
        .filter((/** @type {{ tag: string, epoch: number }} */ entry) => entry.tag === tag && entry.epoch > 0)
        .map((/** @type {Record<string, number>} */ entry) => entry[field]),
    );
  return {
    epochSeconds: medianOf('full', 'sec'),
    evaluateSeconds: medianOf('full', 'eval_sec'),
    loraEpochSeconds: medianOf('lora', 'sec'),
    dataSeconds: result.read + result.vocab + result.encode,
    totalSeconds: result.total,
    peakMegabytes: result.peak_rss_mb,
  };
}
