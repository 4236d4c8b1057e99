// @ts-check
// npm run build && node bench/quality.mjs [--data ARCHIVE] [--seeds N]: trains each preset on the real reviews with N
// seeds, with the first seed once with nothing cached and once with encoded reviews, and writes the section Quality of
// bench/RESULTS.md.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cli, root } from '../scripts/project.mjs';
import { makeHome } from './ours.mjs';
import { measureProcess } from './process.mjs';
import { dataOption, findArchive } from './reviews.mjs';
import { replaceSection } from './sections.mjs';

const { summarize } = await import('../dist/training/statistics.js');
const heading = '## Quality';

/** The figures of other programs on the same reviews and the same kind of machine, from an earlier time. */
const recorded = [
  ['Vowpal Wabbit 9.11.2, bigrams, 5 passes', '90.98', '21 MB', '2.0-2.6 from prepared lines', '310'],
  ['fastText, bigrams, dim 10, 10 epochs', '90.0', '86 MB', '9.1 from prepared lines', '214'],
  ['scikit-learn, tf-idf of bigrams, LinearSVC', '90.64', '', '35.2', '730'],
  ['scikit-learn, NB-SVM, 1- to 2-grams', '91.42-91.61', '', '39-47', '690-900'],
  ['scikit-learn, NB-SVM, 1- to 3-grams', '91.73', '', '114.9', '1714'],
];

const presets = [
  { name: 'fixed', command: 'train' },
  { name: 'fast', command: 'train' },
  { name: 'best', command: 'train' },
  { name: 'stable', command: 'lora' },
];

const { values } = parseArgs({
  options: {
    data: dataOption,
    seeds: { type: 'string', default: '3' },
  },
});
const archive = findArchive(values.data);
const seeds = Array.from({ length: Number(values.seeds) }, (_, index) => 123 + index);
const text = describe(presets.map(measure));
console.log(text);
const results = join(root, 'bench/RESULTS.md');
writeFileSync(results, replaceSection(readFileSync(results, 'utf8'), heading, text));

/**
 * @typedef {object} Run
 * @property {number} accuracy on the test reviews, calibrated as `predict` is
 * @property {number} calibrationError
 * @property {number} bytes of the model, or of the adapter
 * @property {number} seconds of the whole process
 * @property {number} peakMegabytes
 */

/** @param {(typeof presets)[number]} preset */
function measure({ name, command }) {
  const folder = mkdtempSync(join(tmpdir(), 'imdb-torch-quality-'));
  const home = makeHome();
  try {
    /** @param {number} seed @param {string} out */
    const run = (seed, out) => {
      console.error(`${command} --preset ${name} --seed ${seed} ...`);
      const args = [command, '--preset', name, '--data', archive, '--seed', String(seed)];
      return measureRun([...args, '--out', join(folder, out), '--json', '--quiet'], join(folder, out), home);
    };
    const [first = NaN, ...others] = seeds;
    const cold = run(first, 'cold');
    const cached = run(first, 'cached');
    return { name, command, cold, cached, runs: [cold, ...others.map((seed) => run(seed, String(seed)))] };
  } finally {
    for (const path of [folder, home]) rmSync(path, { recursive: true });
  }
}

/**
 * @param {string[]} args of the command line
 * @param {string} out the run directory
 * @param {string} home
 * @returns {Run}
 */
function measureRun(args, out, home) {
  const env = { ...process.env, IMDB_TORCH_HOME: home };
  const { output, seconds, peakMegabytes } = measureProcess(process.execPath, [cli, ...args], { env });
  const { calibration, evaluation, test } = JSON.parse(output);
  const { accuracy } = calibration?.test.after ?? test;
  const calibrationError = evaluation.calibration.error;
  const file = args[0] === 'lora' ? 'adapter/adapter_model.safetensors' : 'model.safetensors';
  return { accuracy, calibrationError, bytes: statSync(join(out, file)).size, seconds, peakMegabytes };
}

/** @param {ReturnType<typeof measure>[]} measured */
function describe(measured) {
  const own = measured.map(({ name, command, cold, cached, runs }) => {
    const { mean, standardDeviation } = summarize(runs.map(({ accuracy }) => 100 * accuracy));
    const errors = runs.map(({ calibrationError }) => 100 * calibrationError);
    const peak = Math.max(...runs.map(({ peakMegabytes }) => peakMegabytes));
    return [
      `\`${command} --preset ${name}\``,
      `${mean.toFixed(2)} ± ${standardDeviation.toFixed(2)}`,
      `${summarize(errors).mean.toFixed(2)} (${Math.max(...errors).toFixed(2)})`,
      cold.bytes < 1e6 ? `${(cold.bytes / 1e3).toFixed(0)} kB` : `${(cold.bytes / 1e6).toFixed(1)} MB`,
      cold.seconds.toFixed(1),
      cached.seconds.toFixed(1),
      peak.toFixed(0),
    ];
  });
  const others = recorded.map(([what, accuracy, size, seconds, peak]) => [
    `${what} (recorded)`,
    accuracy,
    '',
    size,
    seconds,
    '',
    peak,
  ]);
  const rows = [...own, ...others].map((cells) => `| ${cells.join(' | ')} |`);
  return `${heading}

Written by \`node bench/quality.mjs\` on ${new Date().toISOString().slice(0, 10)}. Accuracy on the 25,000 test reviews, mean and standard deviation of
${seeds.length} seeds; the mean and the largest of their calibration errors (15 bins, after calibration where there is one); the size of the model, for \`lora\` of the
adapter; seconds of the whole process, from the archive to the saved model and its test, with nothing cached and with
the encoded reviews kept. *recorded*: measured once, earlier, on a machine of the same kind; not run again here.

| | test accuracy (%) | calibration error (%) | size | cold (s) | cached (s) | peak (MB) |
|---|---|---|---|---|---|---|
${rows.join('\n')}
`;
}
