// @ts-check
// `imdb-torch predict` on the reviews of the test split through a pipe, one a line: reviews a second of the whole process.
// usage: node bench/predict.mjs ARCHIVE [RUNS]     a section of bench/RESULTS.md on stdout
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { list } from 'tar';
import { measureProcess, median } from './process.mjs';

const cli = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
/** `fasttext predict` with unigrams, labels to stdout, on a machine of this kind (two cores): recorded. */
const fastText = 15_000;
/** So often the reviews are sent for the second figure of memory. */
const repeats = 5;

/**
 * @param {{ archive: string, runs: number, log: (line: string) => void }} options
 * @returns {Promise<{ reviewsPerSecond: number, peakMegabytes: number, peakOfMore: number }>}
 */
export async function predictFigures({ archive, runs, log }) {
  const folder = mkdtempSync(join(tmpdir(), 'imdb-torch-bench-'));
  try {
    log('Training a model to predict with ...');
    const [run, lines] = [join(folder, 'run'), join(folder, 'reviews.txt')];
    const trained = ['train', '--data', archive, '--epochs', '1', '--quiet', '--out', run];
    measureProcess(process.execPath, [cli, ...trained]);
    const reviews = await writeTestReviews(archive, lines);
    /** @param {number} times */
    const predict = (times) => {
      const script = 'for i in $(seq "$1"); do cat "$2"; done | "$3" "$4" predict "$5" -';
      const args = ['-c', script, 'sh', String(times), lines, process.execPath, cli, run];
      const { output, ...figures } = measureProcess('sh', args);
      if (output.split('\n').length !== times * reviews + 1) throw new Error('Expected a line a review.');
      return figures;
    };
    log(`Predicting ${runs} times ...`);
    const measured = Array.from({ length: runs }, () => predict(1));
    return {
      reviewsPerSecond: reviews / median(measured.map(({ seconds }) => seconds)),
      peakMegabytes: Math.max(...measured.map(({ peakMegabytes }) => peakMegabytes)),
      peakOfMore: predict(repeats).peakMegabytes,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {Awaited<ReturnType<typeof predictFigures>>} figures */
export function describePredictions({ reviewsPerSecond, peakMegabytes, peakOfMore }) {
  return `## Predicting

\`predict RUN -\` on the 25,000 test reviews through a pipe, start of Node, libtorch and the model included. fastText: \`predict\`
with unigrams on such a machine, recorded.

| | imdb-torch | fastText | ratio |
|---|---|---|---|
| reviews a second, whole process | ${Math.round(reviewsPerSecond)} | ${fastText} | ${(reviewsPerSecond / fastText).toPrecision(3)}x (1x) |
| peak memory, 25,000 reviews (MB) | ${peakMegabytes.toFixed(0)} | | |
| peak memory, ${(repeats * 25_000).toLocaleString('en')} reviews (MB) | ${peakOfMore.toFixed(0)} | | |
`;
}

/** @param {string} archive @param {string} path @returns {Promise<number>} how many */
export async function writeTestReviews(archive, path) {
  const lines = createWriteStream(path);
  let count = 0;
  await list({
    file: archive,
    onReadEntry: (entry) => {
      if (!/(^|\/)test\/(pos|neg)\/[^/]+\.txt$/.test(entry.path)) {
        entry.resume();
        return;
      }
      /** @type {Buffer[]} */
      const parts = [];
      entry.on('data', (part) => parts.push(part));
      entry.on('end', () => {
        lines.write(
          `${Buffer.concat(parts)
            .toString()
            .replace(/[\r\n]+/g, ' ')}\n`,
        );
        count += 1;
      });
    },
  });
  await new Promise((resolve) => lines.end(resolve));
  return count;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [archive = '', runs = '5'] = process.argv.slice(2);
  const figures = await predictFigures({ archive, runs: Number(runs), log: (line) => console.error(line) });
  console.log(describePredictions(figures));
}
