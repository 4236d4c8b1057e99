// @ts-check
// npm run bench -- portable [--data ARCHIVE] [--runs N]: opens the same models with the native and the portable engine and as
// int8 exports, each time in a process of its own and in turns; prints the figures and puts them into bench/RESULTS.md.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { cli, root } from '../scripts/project.mjs';
import { measureProcess, median } from './process.mjs';
import { dataOption, findArchive } from './reviews.mjs';
import { replaceSection } from './sections.mjs';
import { withTrainedRun } from './trained_run.mjs';

const mostTexts = 3000;
const rounds = 3;
const presets = /** @type {const} */ ({ fast: ['--preset', 'fast'], notebook: ['--epochs', '1'] });

/**
 * @typedef {object} Answers
 * @property {number} openMilliseconds
 * @property {number} firstMilliseconds
 * @property {number} perSecond reviews a second in one thread
 * @property {number} megabytes peak memory of the process, the texts included
 */

/**
 * How each engine is opened; what is returned answers some texts.
 * @type {Record<string, (path: string) => Promise<(texts: string[]) => unknown>>}
 */
const engines = {
  native: async (path) => {
    const { TextClassifier } = await import('../dist/index.js');
    const classifier = await TextClassifier.open(join(path, 'run'), { threads: 1 });
    return (texts) => classifier.predict(texts);
  },
  portable: async (path) => {
    const { openPortable } = await import('../dist/model/open_portable.js');
    const classifier = await openPortable(join(path, 'run'));
    return (texts) => classifier.predict(texts);
  },
  'int8 export': async (path) => {
    const folder = join(path, 'export');
    const { load } = await import(pathToFileURL(join(folder, 'classifier.js')).href);
    const model = await load(readFileSync(join(folder, 'model.bin')));
    return (texts) => texts.map((text) => model.predict(text));
  },
};

/** Measures an engine in this process, and prints the figures. @param {string} engine @param {string} path */
async function measureHere(engine, path) {
  const texts = JSON.parse(readFileSync(join(path, 'texts.json'), 'utf8'));
  const begun = performance.now();
  const predict = await /** @type {NonNullable<(typeof engines)[string]>} */ (engines[engine])(path);
  const opened = performance.now();
  predict(texts.slice(0, 1));
  const answered = performance.now();
  const rates = Array.from({ length: rounds }, () => {
    const before = performance.now();
    for (let k = 0; k < texts.length; k += 64) predict(texts.slice(k, k + 64));
    return (1000 * texts.length) / (performance.now() - before);
  });
  /** @type {Answers} */
  const figures = {
    openMilliseconds: opened - begun,
    firstMilliseconds: answered - opened,
    perSecond: median(rates),
    megabytes: process.resourceUsage().maxRSS / 1024,
  };
  console.log(JSON.stringify(figures));
}

/**
 * @param {string} path the folder of a run and its export
 * @param {number} runs
 */
function measureAll(path, runs) {
  /** @type {Map<string, Answers[]>} */
  const measured = new Map(Object.keys(engines).map((engine) => [engine, []]));
  for (let k = 0; k < runs; k += 1) {
    for (const [engine, own] of measured) {
      const args = [fileURLToPath(import.meta.url), '--engine', engine, '--path', path];
      own.push(JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })));
    }
  }
  return measured;
}

/** What has to be there to answer, gzipped as it travels, in MB. @param {string} path @param {string} engine */
function sizesOf(path, engine) {
  const [run, folder] = [join(path, 'run'), join(path, 'export')];
  const files =
    engine === 'int8 export'
      ? ['classifier.js', 'model.bin'].map((name) => join(folder, name))
      : ['model.safetensors', 'model.json', 'vocabulary.txt', 'features.bin'].map((name) => join(run, name));
  const present = files.filter((file) => existsSync(file));
  const sum = (/** @type {(file: string) => number} */ size) =>
    present.reduce((all, file) => all + size(file), 0) / 1e6;
  return [sum((file) => statSync(file).size), sum((file) => gzipSync(readFileSync(file)).length)];
}

/** @param {string} preset @param {Map<string, Answers[]>} measured @param {string} path */
function linesOf(preset, measured, path) {
  return [...measured].map(([engine, own]) => {
    const of = (/** @type {keyof Answers} */ field) => median(own.map((figures) => figures[field]));
    const native = median(measured.get('native')?.map(({ perSecond }) => perSecond) ?? []);
    const cells = [
      `${preset}, ${engine}`,
      of('openMilliseconds').toFixed(0),
      of('firstMilliseconds').toFixed(1),
      of('perSecond').toFixed(0),
      `${(of('perSecond') / native).toFixed(2)}x`,
      of('megabytes').toFixed(0),
      sizesOf(path, engine)
        .map((size) => size.toFixed(1))
        .join(', '),
    ];
    return `| ${cells.join(' | ')} |`;
  });
}

/** @param {string[]} lines */
function describe(lines) {
  const { fastTextPredict: recorded } = JSON.parse(readFileSync(join(root, 'bench/recorded.json'), 'utf8'));
  const peers = ['unigrams', 'bigrams'].map((kind) => {
    const { reviewsPerSecond, peakMegabytes } = recorded[kind];
    return `| fastText, ${kind} (recorded) | | | ${reviewsPerSecond} | | ${peakMegabytes} | |`;
  });
  return `${title}

The same models in a process of their own each time, in turns, in one thread: ${mostTexts.toLocaleString('en')} test reviews, 64 a call; medians.
Opening includes loading the module (and libtorch, which takes 480 MB of disk beside the model's files). Sizes are of the
model's files, as they are and gzipped, and of an export with its code. The machine had ${loadOfMachine()}.
fastText: ${recorded.machine};
measured beside it: ${recorded.beside}.

| | open (ms) | first answer (ms) | reviews a second | to native | memory (MB) | size (MB) |
|---|---|---|---|---|---|---|
${[...lines, ...peers].join('\n')}
`;
}

/** How busy the machine is, since that changes all rates. */
function loadOfMachine() {
  return `${cpus().length} cores with a load of ${loadavg()[1]?.toFixed(0)}, this program included`;
}

const title = '## Engines and exports';

/**
 * Trains a model, exports it and measures all engines with it; returns lines of the table.
 * @param {string} preset
 * @param {string} archive
 * @param {number} runs
 */
function measurePreset(preset, archive, runs) {
  console.error(`Training ${preset} and measuring it ...`);
  return withTrainedRun(
    archive,
    ({ run, texts }) => {
      const path = join(run, '..');
      writeFileSync(join(path, 'texts.json'), JSON.stringify(texts.filter((_, k) => k % 8 === 0).slice(0, mostTexts)));
      const options = ['--precision', 'int8', '--out', join(path, 'export'), '--data', archive, '--quiet'];
      measureProcess(process.execPath, [cli, 'export', run, ...options]);
      return linesOf(preset, measureAll(path, runs), path);
    },
    presets[/** @type {keyof typeof presets} */ (preset)],
  );
}

async function main() {
  const { values } = parseArgs({
    options: {
      data: dataOption,
      runs: { type: 'string', default: '3' },
      engine: { type: 'string' },
      path: { type: 'string', default: '' },
    },
  });
  if (values.engine !== undefined) return measureHere(values.engine, values.path);
  const archive = findArchive(values.data);
  const lines = [];
  for (const preset of Object.keys(presets)) lines.push(...(await measurePreset(preset, archive, Number(values.runs))));
  const section = describe(lines);
  console.log(section);
  const path = join(root, 'bench/RESULTS.md');
  writeFileSync(path, replaceSection(readFileSync(path, 'utf8'), title, section));
}

await main();
