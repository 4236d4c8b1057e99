// @ts-check
// node bench/predict.mjs ARCHIVE [RUNS]: sends the test reviews through a pipe to `imdb-torch predict`, one per line, and
// prints a section of bench/RESULTS.md with the reviews per second of the whole process.
import { fileURLToPath } from 'node:url';
import { measureProcess, median } from './process.mjs';
import { cli } from '../scripts/project.mjs';
import { withTrainedRun } from './trained_run.mjs';

/** The recorded reviews per second of `fasttext predict` with unigrams on a machine of this kind (two cores). */
const fastText = 15_000;
/** The number of times that the reviews are sent for the second figure of memory. */
const repeats = 5;

/**
 * @param {{ archive: string, runs: number, log: (line: string) => void }} options
 * @returns {Promise<{ reviewsPerSecond: number, peakMegabytes: number, peakOfMore: number }>}
 */
export async function predictFigures({ archive, runs, log }) {
  log('Training a model to predict with ...');
  return withTrainedRun(archive, ({ run, texts, path }) => {
    /** @param {number} times */
    const predict = (times) => {
      const script = 'for i in $(seq "$1"); do cat "$2"; done | "$3" "$4" predict "$5" -';
      const args = ['-c', script, 'sh', String(times), path, process.execPath, cli, run];
      const { output, ...figures } = measureProcess('sh', args);
      if (output.split('\n').length !== times * texts.length + 1) throw new Error('Expected a line a review.');
      return figures;
    };
    log(`Predicting ${runs} times ...`);
    const measured = Array.from({ length: runs }, () => predict(1));
    return {
      reviewsPerSecond: texts.length / median(measured.map(({ seconds }) => seconds)),
      peakMegabytes: Math.max(...measured.map(({ peakMegabytes }) => peakMegabytes)),
      peakOfMore: predict(repeats).peakMegabytes,
    };
  });
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

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [archive = '', runs = '5'] = process.argv.slice(2);
  const figures = await predictFigures({ archive, runs: Number(runs), log: (line) => console.error(line) });
  console.log(describePredictions(figures));
}
