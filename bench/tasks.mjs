// @ts-check
// npm run bench -- tasks [FOLDER] [--seeds 123,1,2,3] [--only NAME]...: learns each task of FOLDER, or of
// IMDB_TORCH_TASKS, with `train` as a whole process and with scikit-learn where a Python has it, in turns. Prints a table
// and writes it to the section Tasks of bench/RESULTS.md.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cli, root } from '../scripts/project.mjs';
import { makeHome } from './ours.mjs';
import { measureProcess } from './process.mjs';
import { findPython } from './python.mjs';
import { replaceSection } from './sections.mjs';

const heading = '## Tasks';

/**
 * @typedef {object} Peer
 * @property {'accuracy' | 'f1_macro'} metric
 * @property {number} accuracy
 * @property {number} f1_macro
 * @property {number} seconds of the whole process; where they are recorded without the start of Python
 * @property {number | null} peakMegabytes
 * @property {string} version
 *
 * @typedef {object} Own
 * @property {number} accuracy on the test texts, as `predict` decides
 * @property {number} macroF1
 * @property {number} seconds of the whole process
 * @property {number} peakMegabytes
 */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: 'string', default: '123' },
    only: { type: 'string', multiple: true },
  },
});
const folder = resolve(positionals[0] ?? process.env.IMDB_TORCH_TASKS ?? '');
const tasks = findTasks().filter((name) => values.only?.includes(name) ?? true);
const seeds = values.seeds.split(',');
const python = findPython('sklearn');
if (python === null) console.error('No Python with scikit-learn: IMDB_TORCH_PYTHON names one. Recorded figures.');
const text = describe(tasks.map(measure));
console.log(text);
// What is measured of a few tasks says nothing of all.
if (values.only === undefined) {
  const results = join(root, 'bench/RESULTS.md');
  writeFileSync(results, replaceSection(readFileSync(results, 'utf8'), heading, text));
}

function findTasks() {
  const isNamed = positionals.length > 0 || process.env.IMDB_TORCH_TASKS !== undefined;
  const names = isNamed && existsSync(folder) ? readdirSync(folder).sort() : [];
  const found = names.filter((name) => ['train.csv', 'test.csv'].every((file) => existsSync(join(folder, name, file))));
  if (found.length > 0) return found;
  console.error(
    'Expected a folder of tasks, each a folder with train.csv and test.csv (columns text and label), but found none; ' +
      'name it behind `npm run bench -- tasks`, or with IMDB_TORCH_TASKS.',
  );
  process.exit(4);
}

/** @param {string} name */
function measure(name) {
  const [first = '123', ...others] = seeds;
  const before = train(name, first);
  const peer = peerOf(name);
  return { name, peer, runs: [before, ...others.map((seed) => train(name, seed))] };
}

/**
 * Trains with nothing cached.
 * @param {string} name
 * @param {string} seed
 * @returns {Own}
 */
function train(name, seed) {
  console.error(`${name}: train --seed ${seed} ...`);
  const home = makeHome();
  const out = mkdtempSync(join(tmpdir(), 'imdb-torch-tasks-'));
  try {
    const files = ['--train', join(folder, name, 'train.csv'), '--test', join(folder, name, 'test.csv')];
    const args = [cli, 'train', ...files, '--seed', seed, '--out', join(out, 'run'), '--json', '--quiet'];
    const env = { ...process.env, IMDB_TORCH_HOME: home };
    const { output, ...figures } = measureProcess(process.execPath, args, { env, cwd: out });
    const { calibration, evaluation, test } = JSON.parse(output);
    const { accuracy } = calibration?.test.after ?? test;
    return { accuracy, macroF1: evaluation.macro.f1, ...figures };
  } finally {
    for (const path of [home, out]) rmSync(path, { recursive: true, force: true });
  }
}

/**
 * @param {string} name
 * @returns {Peer | null}
 */
function peerOf(name) {
  if (python === null) {
    const { tasks: recorded } = JSON.parse(readFileSync(new URL('recorded.json', import.meta.url), 'utf8'));
    return recorded[name] === undefined ? null : { ...recorded[name], peakMegabytes: null, version: '' };
  }
  console.error(`${name}: scikit-learn ...`);
  const script = fileURLToPath(new URL('tasks.py', import.meta.url));
  const files = ['train.csv', 'test.csv'].map((file) => join(folder, name, file));
  const { output, ...figures } = measureProcess(python, [script, ...files]);
  return { ...JSON.parse(output), ...figures };
}

/** @param {readonly ReturnType<typeof measure>[]} measured */
function describe(measured) {
  let [ours, theirs] = [0, 0];
  const rows = measured.map(({ name, peer, runs }) => {
    const metric = peer?.metric ?? 'accuracy';
    const seconds = mean(runs.map((run) => run.seconds));
    const peak = Math.max(...runs.map(({ peakMegabytes }) => peakMegabytes));
    if (peer !== null) {
      ours += seconds;
      theirs += peer.seconds;
    }
    return [
      name,
      metric === 'accuracy' ? 'accuracy' : 'macro-F1',
      percent(mean(runs.map((run) => (metric === 'accuracy' ? run.accuracy : run.macroF1)))),
      peer === null ? '' : percent(peer[metric]),
      seconds.toFixed(1),
      peer === null ? '' : peer.seconds.toFixed(1),
      peer === null ? '' : `${(peer.seconds / seconds).toFixed(1)}x`,
      peak.toFixed(0),
      peer?.peakMegabytes?.toFixed(0) ?? '',
    ];
  });
  const total = ['all', '', '', '', ours.toFixed(1), theirs.toFixed(1), `${(theirs / ours).toFixed(1)}x (6x)`, '', ''];
  const version = measured.map(({ peer }) => peer?.version).find((each) => each);
  const source = version
    ? `scikit-learn ${version}, measured in turns with imdb-torch on the same cores`
    : 'scikit-learn: recorded earlier on a machine of the same kind, without the start of Python';
  return `${heading}

Written by \`npm run bench -- tasks\` on ${new Date().toISOString().slice(0, 10)}. \`train\` without another option, as a whole process with nothing
cached, mean of seeds ${seeds.join(', ')}, on the test texts of each task. ${source}: tf-idf of 1- and 2-grams
(sublinear), LinearSVC, C and class weight by 3-fold cross-validation. A ratio says how many times as long scikit-learn
takes; the goal for all tasks in brackets. Peaks are the largest.

| task | metric | imdb-torch (%) | scikit-learn (%) | seconds | scikit-learn | ratio | peak (MB) | scikit-learn |
|---|---|---|---|---|---|---|---|---|
${[...rows, total].map((cells) => `| ${cells.join(' | ')} |`).join('\n')}
`;
}

/** @param {readonly number[]} numbers */
function mean(numbers) {
  return numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
}

/** @param {number} share */
function percent(share) {
  return (100 * share).toFixed(1);
}
