// @ts-check
// npm run bench [-- --data ARCHIVE] [--scripts FOLDER] [--runs N]: compares the package, measured N times before, between
// and after the peers, with two PyTorch scripts on the real reviews. Prints a table of ratios and writes it to
// bench/RESULTS.md.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { cli, root } from '../scripts/project.mjs';
import { describeNgrams, ngramFigures } from './ngrams.mjs';
import { ourSamples } from './ours.mjs';
import { peerFigures } from './peers.mjs';
import { describePredictions, predictFigures } from './predict.mjs';
import { median } from './process.mjs';
import { dataOption, findArchive } from './reviews.mjs';
import { sectionOf } from './sections.mjs';
import { describeService, serviceFigures } from './serve.mjs';

const { values } = parseArgs({
  options: {
    data: dataOption,
    scripts: { type: 'string', default: join(root, '../shared/reference') },
    runs: { type: 'string', default: '3' },
  },
});
const archive = findArchive(values.data);
/** @param {string} line */
const log = (line) => console.error(line);
/** @type {import('./ours.mjs').Samples[]} */
const samples = [];
const measure = () => samples.push(ourSamples({ archive, runs: Number(values.runs), log }));
measure();
const peers = peerFigures({ archive, scripts: resolve(values.scripts), log, between: measure });
const ngrams = ngramFigures({ archive, runs: Number(values.runs), log });
const predictions = await predictFigures({ archive, runs: Number(values.runs), log });
const service = await serviceFigures({ archive, requests: 200_000, log });
const text = [
  describe(samples, peers),
  describeNgrams(ngrams),
  describePredictions(predictions),
  describeService(service),
].join('\n');
console.log(text);
// These sections are measured by scripts of their own, and kept.
const results = join(root, 'bench/RESULTS.md');
const before = readFileSync(results, 'utf8');
const kept = ['## Quality', '## Tasks', '## Texts one by one', '## Engines and exports'].map((heading) =>
  sectionOf(before, heading).trim(),
);
writeFileSync(results, `${[text.trim(), ...kept.filter((section) => section !== '')].join('\n\n')}\n`);

/**
 * @param {import('./ours.mjs').Samples[]} samples
 * @param {import('./peers.mjs').Peers} peers
 */
function describe(samples, { notebook, sparse, source }) {
  /** @param {keyof import('./ours.mjs').Samples} field */
  const all = (field) => samples.flatMap((sample) => sample[field]);
  /** what, ours, field of the peers, least ratios asked for @type {[string, number, keyof typeof notebook, number, number?][]} */
  const rows = [
    ['full training epoch, 20,000 reviews (s)', median(all('epochSeconds')), 'epochSeconds', 25, 6],
    ['evaluation of train + validation (s)', median(all('evaluateSeconds')), 'evaluateSeconds', 30, 2.5],
    ['LoRA epoch (s)', median(all('loraEpochSeconds')), 'loraEpochSeconds', 300, 15],
    ['archive to encoded splits, nothing cached (s)', median(all('dataColdSeconds')), 'dataSeconds', 8],
    ['archive to encoded splits, cached (s)', median(all('dataCachedSeconds')), 'dataSeconds', 100],
    ['both experiments, whole process, nothing cached (s)', median(all('totalColdSeconds')), 'totalSeconds', 25],
    ['both experiments, whole process, cached (s)', median(all('totalCachedSeconds')), 'totalSeconds', 40],
    ['peak memory of the whole process (MB)', Math.max(...all('peakMegabytes')), 'peakMegabytes', 10],
  ];
  const lines = rows.map(([what, own, field, ...goals]) =>
    [what, format(own), ...[notebook, sparse].flatMap((peer, i) => against(own, peer[field], goals[i]))].join(' | '),
  );
  return `# Speed and memory

Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}. Machine: ${machine()}.
PyTorch: ${source}. Times are medians; imdb-torch is measured three times, the
sparse script twice, in turns, for the machine's speed changes. A ratio says how many times as much PyTorch needs. Goals in brackets.

| | imdb-torch | notebook | ratio | sparse PyTorch | ratio |
|---|---|---|---|---|---|
${lines.map((line) => `| ${line} |`).join('\n')}

*notebook*: the published notebook as a script, dense PyTorch. *sparse PyTorch*: the same numbers as an experienced
user writes them (\`EmbeddingBag\`, sparse gradients, kept base activations). The whole process of imdb-torch includes
starting Node, loading libtorch and writing both run directories.
`;
}

/**
 * @param {number} own
 * @param {number | undefined} peer
 * @param {number | undefined} goal
 */
function against(own, peer, goal) {
  if (peer === undefined) return ['', ''];
  return [format(peer), `${format(peer / own)}x${goal === undefined ? '' : ` (${goal}x)`}`];
}

/** @param {number} value */
function format(value) {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function machine() {
  const doctor = execFileSync(process.execPath, [cli, 'doctor', '--json'], {
    encoding: 'utf8',
  });
  const { libtorch, addon } = JSON.parse(doctor);
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} cores (${cpus()[0]?.model.trim()}), ${gigabytes} GiB, ${type()} ${release()}, Node ${process.versions.node}, libtorch ${libtorch?.version}, kernels ${addon?.facts?.kernels}`;
}
